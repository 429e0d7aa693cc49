package io.millrace.cuda.device;

import io.millrace.cuda.program.DeviceProgram;
import io.millrace.ir.Control;
import io.millrace.spi.Step;
import io.millrace.spi.Turns;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The parts of a program as an execution does them: sections, and between them what the host
 * decides.
 */
record Sequence(List<Item> items) {

  /** A section or a fork. */
  sealed interface Item permits Section, Fork {}

  /**
   * Where the host decides which of several sequences follows, and how often.
   *
   * @param begin what is done first in any case
   * @param turns what holds of a loop's turns
   */
  record Fork(DeviceProgram.Part part, Sequence begin, List<Sequence> bodies, Optional<Turns> turns)
      implements Item {}

  Sequence {
    items = List.copyOf(items);
  }

  /** Returns the sequence of a whole run. */
  static Sequence of(List<DeviceProgram.Part> parts) {
    return of(parts, List.of(), true);
  }

  /** Returns the sequence of parts, at whose end the host sees something. */
  private static Sequence of(List<DeviceProgram.Part> parts, List<Decision> atEnd, boolean whole) {
    List<Item> items = new ArrayList<>();
    List<DeviceProgram.Part> section = new ArrayList<>();
    for (DeviceProgram.Part part : parts) {
      if (part.bodies().isEmpty()) {
        section.add(part);
        continue;
      }
      List<Decision> decisions = Decision.before(part.step());
      items.add(new Section(section, decisions, whole && items.isEmpty(), false));
      items.add(fork(part));
      section.clear();
    }
    items.add(new Section(section, atEnd, whole && items.isEmpty(), whole));
    return new Sequence(items);
  }

  private static Fork fork(DeviceProgram.Part part) {
    Step step = part.step();
    List<Decision> after = Decision.after(step);
    Optional<Turns> turns =
        step.primitive() instanceof Control.Repeat repeat
            ? Optional.of(new Turns(repeat, step.origin(), step.bodies().get(0).interruptible()))
            : Optional.empty();
    Section begin = new Section(List.of(part), List.of(), false, false);
    return new Fork(
        part,
        new Sequence(List.of(begin)),
        part.bodies().stream().map(body -> of(body, after, false)).toList(),
        turns);
  }

  /** Forgets what was recorded. */
  void forget() {
    for (Item item : items) {
      if (item instanceof Section section) {
        section.forget();
      } else if (item instanceof Fork fork) {
        fork.begin().forget();
        fork.bodies().forEach(Sequence::forget);
      }
    }
  }
}
