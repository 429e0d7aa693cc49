package io.millrace.compiler.passes;

import io.millrace.ir.Control;
import io.millrace.ir.Control.Repeat.Walk;
import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Value;
import io.millrace.reference.KnownTurns;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Uses what constants say of a loop's turns: a row that each turn picks by a number that is known
 * becomes one of a tensor that the loop scans, checks that hold in all turns are left out, and what
 * is collected though it is known, or was scanned, is taken from outside.
 */
final class RowsByTurn implements Pass {
  @Override
  public String name() {
    return "rows-by-turn";
  }

  @Override
  public Program apply(Program program) {
    Rewrite rewrite = new Rewrite(program);
    Map<Value, Literal> constants = KnownLoop.constants(program);
    for (Instruction old : program.instructions()) {
      Instruction instruction = rewrite.updated(old);
      if (instruction.primitive() instanceof Control.Repeat && isWorth(instruction)) {
        ControlParts parts = ControlParts.of(instruction);
        Optional<KnownTurns> turns = KnownLoop.turns(parts, constants);
        if (turns.isPresent() && parts.fits(turns.get().count())) {
          instruction = new Run(rewrite, parts, turns.get(), constants).apply();
        }
      }
      rewrite.add(instruction);
    }
    return rewrite.build();
  }

  private static boolean isWorth(Instruction loop) {
    Control.Repeat repeat = (Control.Repeat) loop.primitive();
    return repeat.collected() > 0
        || repeat.turn().instructions().stream()
            .anyMatch(
                i ->
                    i.primitive() instanceof Primitive.Gather
                        || i.primitive() instanceof Primitive.Check);
  }

  /** What is done to one loop. */
  private static final class Run {
    private final Rewrite rewrite;
    private final ControlParts parts;
    private final KnownTurns turns;
    private final Map<Value, Literal> constants;
    private final TurnValues values;
    private final List<ControlParts.Fed> fed;
    private final Set<Value> dropped = new HashSet<>();

    Run(Rewrite rewrite, ControlParts parts, KnownTurns turns, Map<Value, Literal> constants) {
      this.rewrite = rewrite;
      this.parts = parts;
      this.turns = turns;
      this.constants = constants;
      values = new TurnValues(parts);
      fed = new ArrayList<>(parts.fed());
    }

    Instruction apply() {
      Program turn = parts.programs().get(0);
      List<Instruction> inside = new ArrayList<>();
      boolean scans = false;
      for (Instruction inner : turn.instructions()) {
        if (inner.primitive() instanceof Primitive.Check && holds(inner)) {
          dropped.add(inner.output());
        } else if (inner.primitive() instanceof Primitive.Gather) {
          Optional<Instruction> row = row(inner);
          scans |= row.isPresent();
          inside.add(row.orElse(inner));
        } else {
          inside.add(inner);
        }
      }
      Program after =
          new Program(
              turn.feeds(),
              inside,
              turn.fetches(),
              turn.updates(),
              turn.checks().stream().filter(c -> !dropped.contains(c)).toList());
      ControlParts made = parts.withPrograms(List.of(after)).withFed(fed);
      TurnValues now = new TurnValues(made);
      made = made.withGiven(made.given().stream().filter(g -> !isOutside(g, now)).toList());
      return (scans ? made.withCapacity(turns.count()) : made).together();
    }

    private boolean holds(Instruction check) {
      return values.uses(check.output()) == 1
          && turns
              .values(check.inputs().get(0))
              .filter(all -> all.stream().allMatch(v -> v.getLong(0) != 0))
              .isPresent();
    }

    /** Returns what gives the row that is gathered, if it becomes one that is scanned. */
    private Optional<Instruction> row(Instruction gather) {
      Value data = gather.inputs().get(0);
      Shape shape = data.type().shape();
      Optional<ControlParts.Fed> kept = values.kept(data);
      if (kept.isEmpty()
          || gather.inputs().get(1).type().shape().size() != 1
          || shape.dim(0) != 1
          || shape.dim(1) != 1
          || shape.dim(3) != gather.output().type().shape().dim(3)) {
        return Optional.empty();
      }
      Optional<List<Literal>> indices = turns.values(gather.inputs().get(1));
      if (indices.isEmpty()) {
        return Optional.empty();
      }
      long[] numbers = indices.get().stream().mapToLong(i -> i.getLong(0)).toArray();
      Value rows = kept.get().value();
      if (!isAll(numbers, shape.dim(2))) {
        Value index = constant(Literal.ofLongs(numbers), Shape.of(1, numbers.length));
        Value all = reshaped(rows, data.type());
        rows = rewrite.fresh(data.type().withShape(Shape.of(1, 1, numbers.length, shape.dim(3))));
        rewrite.add(
            new Instruction(
                new Primitive.Gather(), List.of(all, index), List.of(rows), gather.origin()));
      }
      TensorType row = gather.output().type();
      int slot = parts.freeSlot() + fed.size();
      TensorType stack = row.withShape(Shape.of(turns.count()).concat(row.shape()));
      fed.add(new ControlParts.Fed(slot, Optional.of(Walk.FORWARD), reshaped(rows, stack)));
      return Optional.of(
          new Instruction(new Primitive.Feed(slot), List.of(), gather.outputs(), gather.origin()));
    }

    private static boolean isAll(long[] numbers, long rows) {
      for (int i = 0; i < numbers.length; i++) {
        if (numbers[i] != i) {
          return false;
        }
      }
      return numbers.length == rows;
    }

    /** Lets what stands outside already take the place of what is collected. */
    private boolean isOutside(ControlParts.Given given, TurnValues now) {
      Value inner = parts.programs().get(0).fetches().get(given.fetch());
      Optional<ControlParts.Fed> scanned =
          now.scanned(inner).filter(s -> s.walk().equals(Optional.of(Walk.FORWARD)));
      if (scanned.isPresent()) {
        rewrite.replaceReshaped(given.value(), scanned.get().value(), parts.instruction().origin());
        return true;
      }
      if (given.value().type().bytes() > FoldConstants.LARGEST) {
        return false;
      }
      Optional<List<Literal>> known = turns.values(inner);
      known.ifPresent(
          rows ->
              rewrite.replace(
                  given.value(),
                  constant(Literal.stack(inner.type(), rows), given.value().type().shape())));
      return known.isPresent();
    }

    private Value constant(Literal literal, Shape shape) {
      Literal shaped = literal.reshape(shape);
      Value value = rewrite.fresh(shaped.type());
      rewrite.add(
          new Instruction(
              new Primitive.Constant(shaped),
              List.of(),
              List.of(value),
              parts.instruction().origin()));
      constants.put(value, shaped);
      return value;
    }

    private Value reshaped(Value value, TensorType type) {
      return rewrite.reshaped(value, type, parts.instruction().origin());
    }
  }
}
