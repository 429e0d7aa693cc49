/** The device: memory, executables, and runs replayed as one graph. */
@NullMarked
package io.millrace.cuda.device;

import org.jspecify.annotations.NullMarked;
