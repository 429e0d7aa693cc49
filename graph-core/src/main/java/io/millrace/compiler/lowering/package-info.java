/** From the graph to a program: which operations a run needs, and what they mean. */
@NullMarked
package io.millrace.compiler.lowering;

import org.jspecify.annotations.NullMarked;
