/** Loops over memory, generated for scalar functions. */
@NullMarked
package io.millrace.cpu.loops;

import org.jspecify.annotations.NullMarked;
