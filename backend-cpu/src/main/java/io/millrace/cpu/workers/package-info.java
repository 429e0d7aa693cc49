/** Who works: the pool of threads, what each has of its own, and what a kernel is. */
@NullMarked
package io.millrace.cpu.workers;

import org.jspecify.annotations.NullMarked;
