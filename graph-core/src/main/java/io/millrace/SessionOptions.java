package io.millrace;

import io.millrace.spi.DeviceOptions;
import io.millrace.type.Given;

/**
 * Says how a session runs: where, on how much of its devices, and how much it keeps.
 *
 * @param placement where operations run
 * @param devices what the session's devices may use and do
 * @param plans what becomes of compiled runs
 */
public record SessionOptions(Placement placement, DeviceOptions devices, Plans plans) {

  public SessionOptions {
    Given.value(placement, "placement");
    Given.value(devices, "devices");
    Given.value(plans, "plans");
  }

  /**
   * Where operations run.
   *
   * @param device the session's own device, such as {@code cpu:0}, or {@code cpu} for the first of
   *     its kind; empty for the best one that can be had
   * @param soft whether an operation whose device cannot be had runs on the session's instead of
   *     failing the run
   * @param log whether the device of each operation is logged, once for each plan
   */
  public record Placement(String device, boolean soft, boolean log) {
    public Placement {
      Given.value(device, "device");
    }
  }

  /**
   * What becomes of compiled runs.
   *
   * @param kept the most plans that are kept; the one unused for longest goes first. Beyond the
   *     first 16 they are fewer if all together take more than an eighth of the Java heap
   * @param parallelRuns how many runs of one plan may overlap, each with memory of its own; others
   *     wait
   * @param passes whether programs are optimised; without, a run is slow and easy to follow
   */
  public record Plans(int kept, int parallelRuns, boolean passes) {
    /**
     * Makes the group.
     *
     * @throws IllegalArgumentException if a number is not positive
     */
    public Plans {
      if (kept < 1) {
        throw new IllegalArgumentException("planCacheSize must be 1 or more, not " + kept);
      }
      if (parallelRuns < 1) {
        throw new IllegalArgumentException("parallelRuns must be 1 or more, not " + parallelRuns);
      }
    }
  }

  /** Returns the best device, its own choice of threads, 1024 plans, and 4 overlapping runs. */
  public static SessionOptions defaults() {
    return new SessionOptions(
        new Placement("", false, false), DeviceOptions.defaults(), new Plans(1024, 4, true));
  }

  private SessionOptions with(Placement other) {
    return new SessionOptions(other, devices, plans);
  }

  private SessionOptions with(DeviceOptions other) {
    return new SessionOptions(placement, other, plans);
  }

  private SessionOptions with(Plans other) {
    return new SessionOptions(placement, devices, other);
  }

  /** Returns these options with another device; see {@link Placement}. */
  public SessionOptions device(String name) {
    Given.value(name, "name");
    return with(new Placement(name, placement.soft, placement.log));
  }

  /** Returns these options with or without operations on other devices than asked for. */
  public SessionOptions softPlacement(boolean on) {
    return with(new Placement(placement.device, on, placement.log));
  }

  /** Returns these options with or without a log of where operations run. */
  public SessionOptions logPlacement(boolean on) {
    return with(new Placement(placement.device, placement.soft, on));
  }

  /**
   * Returns these options with another number of threads that one run may use on the host; 0 leaves
   * it to the device.
   */
  public SessionOptions threads(int count) {
    return with(new DeviceOptions(count, devices.memoryLimit(), devices.tensorFloat32()));
  }

  /**
   * Returns these options with another number of bytes of its memory that each device may use for
   * the session; 0 for no limit. On the host that are variables, constants, what lies between the
   * steps of runs and what is fed; fetched tensors have to find room too, but do not count once
   * they are the caller's.
   */
  public SessionOptions memoryLimit(long bytes) {
    return with(new DeviceOptions(devices.threads(), bytes, devices.tensorFloat32()));
  }

  /**
   * Returns these options with or without products and convolutions of float32 whose operands are
   * rounded to TensorFloat-32, 10 bits instead of 23, where a device has it: faster, and further
   * from what other devices compute.
   */
  public SessionOptions tensorFloat32(boolean on) {
    return with(new DeviceOptions(devices.threads(), devices.memoryLimit(), on));
  }

  /** Returns these options with another number of plans that are kept. */
  public SessionOptions planCacheSize(int count) {
    return with(new Plans(count, plans.parallelRuns, plans.passes));
  }

  /** Returns these options with another number of runs of one plan that may overlap. */
  public SessionOptions parallelRuns(int count) {
    return with(new Plans(plans.kept, count, plans.passes));
  }

  /** Returns these options with or without optimisation. */
  public SessionOptions passes(boolean on) {
    return with(new Plans(plans.kept, plans.parallelRuns, on));
  }
}
