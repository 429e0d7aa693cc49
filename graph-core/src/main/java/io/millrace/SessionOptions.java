package io.millrace;

/**
 * Says how a session runs: where, on how many threads, and how much it keeps.
 *
 * @param device the device, such as {@code cpu:0}, or {@code cpu} for the first of its kind; empty
 *     for the best one that can be had
 * @param threads the threads that one run may use on the host; 0 leaves it to the device
 * @param planCacheSize how many plans are kept; the one unused for longest goes first
 * @param parallelRuns how many runs of one plan may overlap, each with memory of its own; others
 *     wait
 * @param passes whether programs are optimised; without, a run is slow and easy to follow
 */
public record SessionOptions(
    String device, int threads, int planCacheSize, int parallelRuns, boolean passes) {

  /**
   * Makes the options.
   *
   * @throws IllegalArgumentException if {@code threads} is negative or one of the sizes is not
   *     positive
   */
  public SessionOptions {
    if (threads < 0 || planCacheSize < 1 || parallelRuns < 1) {
      throw new IllegalArgumentException(
          "a session needs threads >= 0, planCacheSize >= 1 and parallelRuns >= 1, not "
              + threads
              + ", "
              + planCacheSize
              + " and "
              + parallelRuns);
    }
  }

  /** Returns the best device, its own choice of threads, 64 plans, and 4 overlapping runs. */
  public static SessionOptions defaults() {
    return new SessionOptions("", 0, 64, 4, true);
  }

  /** Returns these options with another device. */
  public SessionOptions device(String name) {
    return new SessionOptions(name, threads, planCacheSize, parallelRuns, passes);
  }

  /** Returns these options with another number of threads. */
  public SessionOptions threads(int count) {
    return new SessionOptions(device, count, planCacheSize, parallelRuns, passes);
  }

  /** Returns these options with another number of plans that are kept. */
  public SessionOptions planCacheSize(int plans) {
    return new SessionOptions(device, threads, plans, parallelRuns, passes);
  }

  /** Returns these options with another number of runs of one plan that may overlap. */
  public SessionOptions parallelRuns(int runs) {
    return new SessionOptions(device, threads, planCacheSize, runs, passes);
  }

  /** Returns these options with or without optimisation. */
  public SessionOptions passes(boolean on) {
    return new SessionOptions(device, threads, planCacheSize, parallelRuns, on);
  }
}
