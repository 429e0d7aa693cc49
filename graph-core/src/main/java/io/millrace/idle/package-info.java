/** The device that does nothing, for measuring the engine itself. */
@NullMarked
package io.millrace.idle;

import org.jspecify.annotations.NullMarked;
