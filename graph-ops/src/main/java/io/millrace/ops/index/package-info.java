/** Operations that look up, write, sort and count by positions. */
@NullMarked
package io.millrace.ops.index;

import org.jspecify.annotations.NullMarked;
