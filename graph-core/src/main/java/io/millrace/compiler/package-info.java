/** The way from a graph to a plan: lowering, passes, planning. */
@NullMarked
package io.millrace.compiler;

import org.jspecify.annotations.NullMarked;
