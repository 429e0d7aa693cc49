package io.millrace.compiler.planning;

import io.millrace.ir.Control;
import io.millrace.ir.Resource;
import io.millrace.spi.Body;
import io.millrace.spi.Place;
import io.millrace.spi.Plan;
import io.millrace.spi.Step;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * The plans of the programs inside a step, and the memory in the arena that they need while it
 * runs: one arena, as only one of them runs at a time; and for a loop the word that says whether
 * another turn follows, and a row of each tensor that is scanned or collected.
 */
final class Inside {
  private final Control control;
  private final List<Plan> plans;
  private final List<TensorType> rows = new ArrayList<>();
  private final long arenaBytes;

  private Inside(Control control) {
    this.control = control;
    plans = control.programs().stream().map(Planner::plan).toList();
    arenaBytes = ArenaPlanner.padded(plans.stream().mapToLong(Plan::arenaBytes).max().orElse(0));
    if (control instanceof Control.Repeat repeat) {
      Plan turn = plans.get(0);
      rows.addAll(turn.feeds().subList(0, repeat.scanned().size()));
      rows.addAll(turn.fetches().subList(1, turn.fetches().size()));
    }
  }

  /** Plans the programs inside. */
  static Inside of(Control control) {
    return new Inside(control);
  }

  /** Returns the constants that the plans read. */
  List<Literal> constants() {
    return plans.stream().flatMap(p -> p.constants().stream()).toList();
  }

  /** Returns the bytes that are needed while the step runs. */
  long bytes() {
    return rowAt(rows.size());
  }

  /** Returns what they would be if no two tensors shared memory. */
  long unsharedBytes() {
    long inside = plans.stream().mapToLong(Plan::unsharedBytes).sum();
    return inside + bytes() - arenaBytes;
  }

  private long rowAt(int row) {
    boolean loop = control instanceof Control.Repeat;
    long at = arenaBytes + (loop ? ArenaPlanner.padded(TensorType.of(DType.BOOL).bytes()) : 0);
    for (TensorType type : rows.subList(0, row)) {
      at += ArenaPlanner.padded(type.bytes());
    }
    return at;
  }

  /**
   * Returns the bodies of the step.
   *
   * @param step the step without them
   * @param base where in the arena its memory begins
   * @param constants the position of a constant in the plan
   * @param known the plan's rows so far, to which the step's are added
   */
  List<Body> bodies(Step step, long base, ToIntFunction<Literal> constants, List<Place> known) {
    int firstRow = known.size();
    for (int i = 0; i < rows.size(); i++) {
      known.add(new Place(Place.Space.ARENA, 0, base + rowAt(i), rows.get(i)));
    }
    List<Body> bodies = new ArrayList<>();
    for (Plan plan : plans) {
      Binding binding = new Binding(plan, step, base, constants, firstRow, known.size());
      bodies.add(
          new Body(
              plan.steps().stream().map(inner -> inner.at(binding::place)).toList(),
              binding.feeds(),
              binding.fetches(),
              true));
      plan.rows().forEach(row -> known.add(binding.place(row)));
    }
    return bodies;
  }

  /** Says where the places of one of the plans are in the plan around it. */
  private final class Binding {
    private final Plan plan;
    private final Step step;
    private final long base;
    private final ToIntFunction<Literal> constants;
    private final int firstRow;
    private final int firstInnerRow;

    Binding(
        Plan plan,
        Step step,
        long base,
        ToIntFunction<Literal> constants,
        int firstRow,
        int firstInnerRow) {
      this.plan = plan;
      this.step = step;
      this.base = base;
      this.constants = constants;
      this.firstRow = firstRow;
      this.firstInnerRow = firstInnerRow;
    }

    Place place(Place inner) {
      int index = inner.index();
      return switch (inner.space()) {
        case ARENA -> new Place(Place.Space.ARENA, 0, base + inner.offset(), inner.type());
        case FEED -> as(feed(index), inner.type());
        case FETCH -> as(fetch(index), inner.type());
        case RESOURCE -> as(carried(plan.resources().get(index)), inner.type());
        case CONSTANT ->
            new Place(
                Place.Space.CONSTANT,
                constants.applyAsInt(plan.constants().get(index)),
                inner.offset(),
                inner.type());
        case ROW -> new Place(Place.Space.ROW, firstInnerRow + index, inner.offset(), inner.type());
      };
    }

    /** Returns the same place for a tensor of as many bytes. */
    private static Place as(Place place, TensorType type) {
      return new Place(place.space(), place.index(), place.offset(), type);
    }

    private Place row(int index) {
      return new Place(Place.Space.ROW, firstRow + index, 0, rows.get(index));
    }

    private Place carried(Resource resource) {
      return step.outputs().get(control.firstOutput() + control.carried().indexOf(resource));
    }

    private Place feed(int slot) {
      if (control instanceof Control.Repeat repeat) {
        int scanned = repeat.scanned().size();
        return slot < scanned ? row(slot) : step.inputs().get(repeat.firstKept() + slot - scanned);
      }
      return step.inputs().get(control.firstInput() + control.carried().size() + slot);
    }

    private Place fetch(int position) {
      if (control instanceof Control.Repeat repeat) {
        return position == 0
            ? new Place(Place.Space.ARENA, 0, base + arenaBytes, TensorType.of(DType.BOOL))
            : row(repeat.scanned().size() + position - 1);
      }
      return step.outputs().get(control.firstOutput() + control.carried().size() + position);
    }

    List<Place> feeds() {
      return IntStream.range(0, plan.feeds().size()).mapToObj(this::feed).toList();
    }

    List<Place> fetches() {
      return IntStream.range(0, plan.fetches().size()).mapToObj(this::fetch).toList();
    }
  }
}
