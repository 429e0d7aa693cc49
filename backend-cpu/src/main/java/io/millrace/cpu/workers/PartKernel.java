package io.millrace.cpu.workers;

/**
 * A kernel whose work is divided into parts that may run on any worker, in any order.
 *
 * <p>Results never depend on the number of workers: the division follows from the shapes alone, or
 * no element depends on it.
 */
public interface PartKernel extends Kernel {
  /** Runs one part. The worker is the one whose scratch memory may be used. */
  void part(Frame frame, int part, int worker);
}
