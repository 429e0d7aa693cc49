/** Texts of loops over memory for scalar functions. */
@NullMarked
package io.millrace.cuda.loops;

import org.jspecify.annotations.NullMarked;
