/**
 * How runs are done: calls, keys, plans, state, failures. {@link io.millrace.Session} is the door.
 */
@NullMarked
package io.millrace.session;

import org.jspecify.annotations.NullMarked;
