/** Operations of neural networks. */
@NullMarked
package io.millrace.ops.nn;

import org.jspecify.annotations.NullMarked;
