package io.millrace.cpu.workers;

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
}
