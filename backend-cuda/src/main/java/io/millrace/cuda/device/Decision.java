package io.millrace.cuda.device;

import io.millrace.cuda.command.Address;
import io.millrace.ir.Control;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import java.util.List;

/**
 * What the host has to see before it can go on: bytes that are brought to it.
 *
 * @param from where they are on the device
 * @param at where they go in the memory that is exchanged, beside the status word
 */
record Decision(Address from, long at, long bytes) {
  /** Where a walk backwards begins. */
  static final int ROWS = 8;

  /** Which branch is taken, or whether a turn follows. */
  static final int ANSWER = 16;

  private static Decision of(Place place, int at) {
    return new Decision(Address.of(place), at, place.type().bytes());
  }

  /** Returns what is seen before the branch or the first turn of a step. */
  static List<Decision> before(Step step) {
    Decision answer = of(step.inputs().get(0), ANSWER);
    return step.primitive() instanceof Control.Repeat repeat && repeat.goesBack()
        ? List.of(answer, of(step.inputs().get(1), ROWS))
        : List.of(answer);
  }

  /** Returns what is seen after a branch or a turn. */
  static List<Decision> after(Step step) {
    return step.primitive() instanceof Control.Repeat
        ? List.of(of(step.bodies().get(0).fetches().get(0), ANSWER))
        : List.of();
  }
}
