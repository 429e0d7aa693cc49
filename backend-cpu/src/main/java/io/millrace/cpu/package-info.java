/** The backend that runs graphs on the CPU. */
@NullMarked
package io.millrace.cpu;

import org.jspecify.annotations.NullMarked;
