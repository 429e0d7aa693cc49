/** Operations that make, shape, join, cut and move tensors. */
@NullMarked
package io.millrace.ops.array;

import org.jspecify.annotations.NullMarked;
