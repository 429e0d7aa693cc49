/**
 * From a program to a better one: one file a pass, and {@link io.millrace.compiler.passes.Passes}
 * is the list.
 */
@NullMarked
package io.millrace.compiler.passes;

import org.jspecify.annotations.NullMarked;
