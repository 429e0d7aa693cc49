package io.millrace.spi;

import java.util.List;
import java.util.Optional;

/** One place to run a plan at a time, with whatever the device needs for that. */
public interface Execution extends AutoCloseable {
  /**
   * Takes the memory that the next run needs beyond what the execution keeps, so that several can
   * be sure of theirs before any runs; {@link #release} belongs to it. A run by itself does both.
   *
   * @throws io.millrace.DeviceException if the device has too little left
   */
  default void reserve() {}

  /** Gives back what {@link #reserve} took. */
  default void release() {}

  /**
   * Runs the plan once and returns when the fetches hold their values.
   *
   * @param feeds the fed tensors by slot, dense, of exactly the plan's types
   * @param resources the memory of the plan's resources, in the plan's order
   * @param fetches where to put the fetched tensors, in the plan's order
   * @throws StepException if a step fails
   */
  void run(List<HostMemory> feeds, List<DeviceMemory> resources, List<HostMemory> fetches);

  /**
   * Returns where a value for a feed is best put before a run, if the device cares: a run may then
   * be given this memory as that feed. Always the same, and the execution's own: who asks does not
   * close it.
   *
   * @param feed the slot
   */
  default Optional<HostMemory> staging(int feed) {
    return Optional.empty();
  }

  @Override
  void close();
}
