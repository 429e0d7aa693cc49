/** Operations that draw random numbers. */
@NullMarked
package io.millrace.ops.random;

import org.jspecify.annotations.NullMarked;
