/** Measurements of Millrace's speed and memory use. */
@NullMarked
package io.millrace.benchmarks;

import org.jspecify.annotations.NullMarked;
