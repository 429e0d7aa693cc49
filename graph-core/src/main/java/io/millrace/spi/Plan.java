package io.millrace.spi;

import io.millrace.ir.Resource;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.List;

/**
 * What a device will do for one run: steps in order, every tensor at a place.
 *
 * <p>Immutable. Places in the arena are aligned to 64 bytes and padded to a multiple of 64, as are
 * feeds, fetches, resources and constants, so that a device may write garbage up to that multiple.
 *
 * @param feeds the types of the fed tensors, by slot
 * @param resources the state that the steps read or write
 * @param constants the constants that the steps read
 * @param fetches the types of the fetched tensors
 * @param arenaBytes the size of the arena that all intermediate tensors share
 * @param unsharedBytes the size that it would have if no two tensors shared memory
 * @param interruptible before how many of the steps, the first ones, a run may be ended: none of
 *     them comes after one that writes state
 */
public record Plan(
    List<Step> steps,
    List<TensorType> feeds,
    List<Resource> resources,
    List<Literal> constants,
    List<TensorType> fetches,
    long arenaBytes,
    long unsharedBytes,
    int interruptible) {

  public Plan {
    steps = List.copyOf(steps);
    feeds = List.copyOf(feeds);
    resources = List.copyOf(resources);
    constants = List.copyOf(constants);
    fetches = List.copyOf(fetches);
  }

  /** Makes a plan that may be interrupted until it writes state. */
  public Plan(
      List<Step> steps,
      List<TensorType> feeds,
      List<Resource> resources,
      List<Literal> constants,
      List<TensorType> fetches,
      long arenaBytes,
      long unsharedBytes) {
    this(
        steps,
        feeds,
        resources,
        constants,
        fetches,
        arenaBytes,
        unsharedBytes,
        untilWrite(steps, resources));
  }

  private static int untilWrite(List<Step> steps, List<Resource> resources) {
    int first = 0;
    while (first < steps.size() && !writesState(steps.get(first), resources)) {
      first++;
    }
    return Math.min(first + 1, steps.size());
  }

  private static boolean writesState(Step step, List<Resource> resources) {
    return step.outputs().stream()
        .anyMatch(
            place ->
                place.space() == Place.Space.RESOURCE && !resources.get(place.index()).passing());
  }

  /** Returns whether a step writes state. */
  public boolean writesState() {
    return steps.stream().anyMatch(step -> writesState(step, resources));
  }

  /** Returns this plan for a run that wrote state before it. */
  public Plan uninterrupted() {
    return new Plan(steps, feeds, resources, constants, fetches, arenaBytes, unsharedBytes, 0);
  }

  /** Returns the plan as text, one step a line, with its cost; equal plans give equal texts. */
  @Override
  public String toString() {
    return PlanPrinter.print(this);
  }
}
