/** Lists of tensors, which grow and change element by element. */
@NullMarked
package io.millrace.ops.list;

import org.jspecify.annotations.NullMarked;
