/** Graphs of operations that are built first and run later: tensors, graphs and sessions. */
@NullMarked
package io.millrace;

import org.jspecify.annotations.NullMarked;
