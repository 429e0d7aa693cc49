package io.millrace.spi;

import io.millrace.ir.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Says that a step of a plan failed; the session adds the node's line. */
public class StepException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Origin origin;
  private final String failure;
  private final transient List<Long> turns;

  /**
   * Makes the exception.
   *
   * @param origin the step's origin
   * @param failure what went wrong
   */
  public StepException(Origin origin, String failure) {
    this(origin, failure, List.of());
  }

  /**
   * Makes the exception.
   *
   * @param origin the step's origin
   * @param failure what went wrong
   * @param turns in which turns of the loops around the step, the innermost first, within those of
   *     its origin
   */
  protected StepException(Origin origin, String failure, List<Long> turns) {
    super(failure + in(origin, turns));
    this.origin = origin;
    this.failure = failure;
    this.turns = List.copyOf(turns);
  }

  private static String in(Origin origin, List<Long> turns) {
    return Stream.concat(turns.stream(), origin.turns().stream())
        .map(String::valueOf)
        .reduce((inner, outer) -> inner + " of turn " + outer)
        .map(text -> ", in turn " + text)
        .orElse("");
  }

  /** Returns the operations of the graph that the step does the work of. */
  public final Origin origin() {
    return origin;
  }

  /** Returns what is thrown instead where the step is inside a loop: it names the turn too. */
  public final StepException inTurn(long turn) {
    List<Long> all = new ArrayList<>(turns);
    all.add(turn);
    StepException outer = in(all);
    outer.setStackTrace(getStackTrace());
    for (Throwable suppressed : getSuppressed()) {
      outer.addSuppressed(suppressed);
    }
    return outer;
  }

  /** Returns the same failure in these turns. */
  protected StepException in(List<Long> turns) {
    return new StepException(origin, failure, turns);
  }
}
