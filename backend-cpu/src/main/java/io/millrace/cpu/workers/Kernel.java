package io.millrace.cpu.workers;

import java.util.Arrays;

/**
 * A step made ready for the CPU.
 *
 * <p>Immutable and thread-safe: what changes from run to run is in the frame.
 */
public interface Kernel {
  /**
   * Runs the step once.
   *
   * @throws io.millrace.spi.StepException if the values do not allow it
   */
  void run(Frame frame);

  /** Returns the bytes of scratch memory that each worker needs while this runs. */
  default long scratchBytes() {
    return 0;
  }

  /** Returns how many operands the spans have that a worker computes while this runs. */
  default int operands() {
    return Worker.LEAST_OPERANDS;
  }

  /** Returns the scratch memory that the neediest of some kernels asks for. */
  static long scratchBytes(Kernel[] kernels) {
    return Arrays.stream(kernels).mapToLong(Kernel::scratchBytes).max().orElse(0);
  }

  /** Returns the most operands that the spans of some kernels have. */
  static int operands(Kernel[] kernels) {
    return Arrays.stream(kernels).mapToInt(Kernel::operands).max().orElse(Worker.LEAST_OPERANDS);
  }
}
