package io.millrace.spi;

import io.millrace.ir.Resource;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
 * @param rows memory in the arena for each row that loops have at a turn, by its index
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
    List<Place> rows,
    long arenaBytes,
    long unsharedBytes,
    int interruptible) {

  public Plan {
    steps = List.copyOf(steps);
    feeds = List.copyOf(feeds);
    resources = List.copyOf(resources);
    constants = List.copyOf(constants);
    fetches = List.copyOf(fetches);
    rows = List.copyOf(rows);
  }

  /** Makes a plan that may be interrupted until it writes state. */
  public Plan(
      List<Step> steps,
      List<TensorType> feeds,
      List<Resource> resources,
      List<Literal> constants,
      List<TensorType> fetches,
      List<Place> rows,
      long arenaBytes,
      long unsharedBytes) {
    this(
        settled(steps, untilWrite(steps, resources)),
        feeds,
        resources,
        constants,
        fetches,
        rows,
        arenaBytes,
        unsharedBytes,
        Math.min(untilWrite(steps, resources) + 1, steps.size()));
  }

  /** Returns steps of which these, the first, write no state, so that what is inside may end. */
  private static List<Step> settled(List<Step> steps, int interruptible) {
    return IntStream.range(0, steps.size())
        .mapToObj(i -> i < interruptible ? steps.get(i) : steps.get(i).uninterrupted())
        .toList();
  }

  /** Returns how many of the steps come before all that write state. */
  private static int untilWrite(List<Step> steps, List<Resource> resources) {
    int first = 0;
    while (first < steps.size() && !writesState(steps.get(first), resources)) {
      first++;
    }
    return first;
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
    return new Plan(
        settled(steps, 0),
        feeds,
        resources,
        constants,
        fetches,
        rows,
        arenaBytes,
        unsharedBytes,
        0);
  }

  /** Returns this plan for a device that copies rows: each is in the memory for it. */
  public Plan withRowsInMemory() {
    return rows.isEmpty()
        ? this
        : new Plan(
            steps.stream().map(step -> step.at(this::inMemory)).toList(),
            feeds,
            resources,
            constants,
            fetches,
            rows,
            arenaBytes,
            unsharedBytes,
            interruptible);
  }

  private Place inMemory(Place place) {
    if (place.space() != Place.Space.ROW) {
      return place;
    }
    Place row = rows.get(place.index());
    return new Place(row.space(), row.index(), row.offset() + place.offset(), place.type());
  }

  /** Returns the steps, each followed by those inside it. */
  public Stream<Step> allSteps() {
    return steps.stream().flatMap(Step::all);
  }

  /** Returns the plan as text, one step a line, with its cost; equal plans give equal texts. */
  @Override
  public String toString() {
    return PlanPrinter.print(this);
  }
}
