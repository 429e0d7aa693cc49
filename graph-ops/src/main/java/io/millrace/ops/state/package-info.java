/** Operations that keep, read and write variables. */
@NullMarked
package io.millrace.ops.state;

import org.jspecify.annotations.NullMarked;
