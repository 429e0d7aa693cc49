/** The place of the backend for NVIDIA devices, which holds no code yet. */
@NullMarked
package io.millrace.cuda;

import org.jspecify.annotations.NullMarked;
