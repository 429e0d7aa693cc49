/** Runs graphs on NVIDIA devices: cuBLAS, cuDNN and kernels compiled at run time. */
@NullMarked
package io.millrace.cuda;

import org.jspecify.annotations.NullMarked;
