/** Operations that order, check and differentiate others. */
@NullMarked
package io.millrace.ops.flow;

import org.jspecify.annotations.NullMarked;
