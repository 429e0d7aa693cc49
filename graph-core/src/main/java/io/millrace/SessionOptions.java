package io.millrace;

import io.millrace.spi.DeviceOptions;

/**
 * Says how a session runs: where, on how many threads, and how much it keeps.
 *
 * @param device the device, such as {@code cpu:0}, or {@code cpu} for the first of its kind; empty
 *     for the best one that can be had
 * @param threads the threads that one run may use on the host; 0 leaves it to the device
 * @param memoryLimit the bytes of its memory that each device may use for the session; 0 for no
 *     limit. The host's memory is not limited
 * @param tensorFloat32 whether products and convolutions of float32 may round their operands to
 *     TensorFloat-32, 10 bits instead of 23, where a device has it: faster, and further from what
 *     other devices compute
 * @param softPlacement whether an operation whose device cannot be had runs on the session's
 *     instead of failing the run
 * @param logPlacement whether the device of each operation is logged, once for each plan
 * @param planCacheSize how many plans are kept; the one unused for longest goes first
 * @param parallelRuns how many runs of one plan may overlap, each with memory of its own; others
 *     wait
 * @param passes whether programs are optimised; without, a run is slow and easy to follow
 */
public record SessionOptions(
    String device,
    int threads,
    long memoryLimit,
    boolean tensorFloat32,
    boolean softPlacement,
    boolean logPlacement,
    int planCacheSize,
    int parallelRuns,
    boolean passes) {

  /**
   * Makes the options.
   *
   * @throws IllegalArgumentException if {@code threads} or {@code memoryLimit} is negative or one
   *     of the sizes is not positive
   */
  public SessionOptions {
    if (threads < 0 || memoryLimit < 0 || planCacheSize < 1 || parallelRuns < 1) {
      throw new IllegalArgumentException(
          "a session needs threads >= 0, memoryLimit >= 0, planCacheSize >= 1 and parallelRuns >="
              + " 1, not "
              + threads
              + ", "
              + memoryLimit
              + ", "
              + planCacheSize
              + " and "
              + parallelRuns);
    }
  }

  /** Returns the best device, its own choice of threads, 64 plans, and 4 overlapping runs. */
  public static SessionOptions defaults() {
    return new SessionOptions("", 0, 0, false, false, false, 64, 4, true);
  }

  /** Returns what the devices of such a session are opened with. */
  public DeviceOptions deviceOptions() {
    return new DeviceOptions(threads, memoryLimit, tensorFloat32);
  }

  /** Returns these options with another device. */
  public SessionOptions device(String name) {
    return new SessionOptions(
        name,
        threads,
        memoryLimit,
        tensorFloat32,
        softPlacement,
        logPlacement,
        planCacheSize,
        parallelRuns,
        passes);
  }

  /** Returns these options with another number of threads. */
  public SessionOptions threads(int count) {
    return new SessionOptions(
        device,
        count,
        memoryLimit,
        tensorFloat32,
        softPlacement,
        logPlacement,
        planCacheSize,
        parallelRuns,
        passes);
  }

  /** Returns these options with another limit on the memory of the devices. */
  public SessionOptions memoryLimit(long bytes) {
    return new SessionOptions(
        device,
        threads,
        bytes,
        tensorFloat32,
        softPlacement,
        logPlacement,
        planCacheSize,
        parallelRuns,
        passes);
  }

  /** Returns these options with or without products of less precision. */
  public SessionOptions tensorFloat32(boolean on) {
    return new SessionOptions(
        device,
        threads,
        memoryLimit,
        on,
        softPlacement,
        logPlacement,
        planCacheSize,
        parallelRuns,
        passes);
  }

  /** Returns these options with or without operations on other devices than asked for. */
  public SessionOptions softPlacement(boolean on) {
    return new SessionOptions(
        device,
        threads,
        memoryLimit,
        tensorFloat32,
        on,
        logPlacement,
        planCacheSize,
        parallelRuns,
        passes);
  }

  /** Returns these options with or without a log of where operations run. */
  public SessionOptions logPlacement(boolean on) {
    return new SessionOptions(
        device,
        threads,
        memoryLimit,
        tensorFloat32,
        softPlacement,
        on,
        planCacheSize,
        parallelRuns,
        passes);
  }

  /** Returns these options with another number of plans that are kept. */
  public SessionOptions planCacheSize(int plans) {
    return new SessionOptions(
        device,
        threads,
        memoryLimit,
        tensorFloat32,
        softPlacement,
        logPlacement,
        plans,
        parallelRuns,
        passes);
  }

  /** Returns these options with another number of runs of one plan that may overlap. */
  public SessionOptions parallelRuns(int runs) {
    return new SessionOptions(
        device,
        threads,
        memoryLimit,
        tensorFloat32,
        softPlacement,
        logPlacement,
        planCacheSize,
        runs,
        passes);
  }

  /** Returns these options with or without optimisation. */
  public SessionOptions passes(boolean on) {
    return new SessionOptions(
        device,
        threads,
        memoryLimit,
        tensorFloat32,
        softPlacement,
        logPlacement,
        planCacheSize,
        parallelRuns,
        on);
  }
}
