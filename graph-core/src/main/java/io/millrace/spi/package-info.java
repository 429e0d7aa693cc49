/** The contract between the engine and a device: plans, memory, execution. */
@NullMarked
package io.millrace.spi;

import org.jspecify.annotations.NullMarked;
