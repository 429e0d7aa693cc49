/** The driver and the compiler of kernels, as an interface and as NVIDIA makes them. */
@NullMarked
package io.millrace.cuda.driver;

import org.jspecify.annotations.NullMarked;
