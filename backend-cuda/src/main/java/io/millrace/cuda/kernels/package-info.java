/** The commands of each primitive, with the texts of its kernels. */
@NullMarked
package io.millrace.cuda.kernels;

import org.jspecify.annotations.NullMarked;
