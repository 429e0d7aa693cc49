/** Operations on numbers: element by element, reductions, segments. */
@NullMarked
package io.millrace.ops.math;

import org.jspecify.annotations.NullMarked;
