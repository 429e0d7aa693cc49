/** The device: plans become kernels, and runs call them. */
@NullMarked
package io.millrace.cpu.device;

import org.jspecify.annotations.NullMarked;
