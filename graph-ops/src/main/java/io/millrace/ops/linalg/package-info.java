/** Operations on matrices: products, diagonals, bands, einsum. */
@NullMarked
package io.millrace.ops.linalg;

import org.jspecify.annotations.NullMarked;
