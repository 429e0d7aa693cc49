/** What steps do: one class a way of doing a primitive. */
@NullMarked
package io.millrace.cpu.kernels;

import org.jspecify.annotations.NullMarked;
