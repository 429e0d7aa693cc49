/** Optimizers and their steps. */
@NullMarked
package io.millrace.ops.train;

import org.jspecify.annotations.NullMarked;
