/** Graphs in the form that files can hold. */
@NullMarked
package io.millrace.ops.plain;

import org.jspecify.annotations.NullMarked;
