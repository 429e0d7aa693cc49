package io.millrace.spi;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A program inside a step: steps at places of the plan that the step is in.
 *
 * <p>What the program reads and updates of the carried values is at the step's outputs, where they
 * lie from before the first of these steps on: whoever runs the step copies the first values there
 * unless an output has the place of its input.
 *
 * <p>A loop's turn is fed rows of tensors and gives rows of tensors: these are in the space {@link
 * Place.Space#ROW}. A device lets such a place be, from turn to turn, the row itself, if the row's
 * bytes are a multiple of 64; or it lets it be the plan's {@linkplain Plan#rows memory} for the row
 * and copies, before the turn or after it.
 *
 * @param feeds where the program's feeds are: of a turn first the rows, then the step's inputs that
 *     stay the same; of a branch the step's inputs
 * @param fetches where its fetches are when the steps have run: of a turn first whether another one
 *     follows, then the rows; of a branch the step's outputs
 * @param interruptible whether a run may be ended before each turn: nothing has written state yet
 */
public record Body(
    List<Step> steps, List<Place> feeds, List<Place> fetches, boolean interruptible) {
  public Body {
    steps = List.copyOf(steps);
    feeds = List.copyOf(feeds);
    fetches = List.copyOf(fetches);
  }

  /** Returns the same at other places. */
  public Body at(UnaryOperator<Place> places) {
    return new Body(
        steps.stream().map(step -> step.at(places)).toList(),
        feeds.stream().map(places).toList(),
        fetches.stream().map(places).toList(),
        interruptible);
  }

  /** Returns the same for a run that may not be ended meanwhile. */
  public Body uninterrupted() {
    return new Body(steps.stream().map(Step::uninterrupted).toList(), feeds, fetches, false);
  }
}
