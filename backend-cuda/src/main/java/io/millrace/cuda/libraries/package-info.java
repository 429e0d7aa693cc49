/** Calls of cuBLAS and cuDNN. */
@NullMarked
package io.millrace.cuda.libraries;

import org.jspecify.annotations.NullMarked;
