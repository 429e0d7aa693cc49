package io.millrace.compiler.passes;

import io.millrace.ir.Control;
import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Computes before a loop what is the same in all of its turns.
 *
 * <p>Only what cannot fail and certainly ends, as the loop may have no turn, and no element-wise
 * function whose result is larger than what it reads: to compute that costs less than to read it.
 */
final class Hoist implements Pass {
  @Override
  public String name() {
    return "hoist";
  }

  @Override
  public Program apply(Program program) {
    Rewrite rewrite = new Rewrite(program);
    for (Instruction old : program.instructions()) {
      Instruction instruction = rewrite.updated(old);
      if (instruction.primitive() instanceof Control control) {
        // From the inside out: what comes out of an inner loop may go on.
        ControlParts parts =
            ControlParts.of(instruction)
                .withPrograms(control.programs().stream().map(this::apply).toList());
        instruction =
            (control instanceof Control.Repeat ? hoisted(rewrite, parts) : parts).together();
      }
      rewrite.add(instruction);
    }
    return rewrite.build();
  }

  /** Adds what can be computed before the loop, and returns a loop that is fed it. */
  private static ControlParts hoisted(Rewrite rewrite, ControlParts parts) {
    Program turn = parts.programs().get(0);
    Map<Primitive, Value> fed = new HashMap<>();
    parts.fed().stream()
        .filter(f -> f.walk().isEmpty())
        .forEach(f -> fed.put(new Primitive.Feed(f.slot()), f.value()));
    Map<Value, Value> outside = new HashMap<>();
    Map<Value, Instruction> places = new HashMap<>();
    List<ControlParts.Fed> feeds = new ArrayList<>(parts.fed());
    List<Instruction> inside = new ArrayList<>();
    for (Instruction inner : turn.instructions()) {
      boolean same =
          inner.inputs().stream().allMatch(v -> outside.containsKey(v) || places.containsKey(v));
      if (fed.containsKey(inner.primitive())) {
        outside.put(inner.output(), Objects.requireNonNull(fed.get(inner.primitive())));
      } else if (same && isSamePlace(inner.primitive())) {
        places.put(inner.output(), inner);
      } else if (same && isWorthMoving(inner)) {
        inner.inputs().forEach(v -> bring(rewrite, v, places, outside));
        rewrite.add(rewrite.copy(inner, outside));
        for (Value output : inner.outputs()) {
          int slot = turn.feeds().size() + feeds.size();
          feeds.add(
              new ControlParts.Fed(
                  slot, Optional.empty(), Objects.requireNonNull(outside.get(output))));
          inside.add(
              new Instruction(
                  new Primitive.Feed(slot), List.of(), List.of(output), inner.origin()));
        }
        continue;
      }
      inside.add(inner);
    }
    return parts.withPrograms(List.of(turn.with(inside))).withFed(feeds);
  }

  private static boolean isSamePlace(Primitive primitive) {
    return primitive instanceof Primitive.Constant || primitive instanceof Primitive.Renaming;
  }

  /** Repeats outside, where what moves needs it, what only says where a tensor is. */
  private static void bring(
      Rewrite rewrite, Value value, Map<Value, Instruction> places, Map<Value, Value> outside) {
    Instruction place = places.get(value);
    if (place != null && !outside.containsKey(value)) {
      place.inputs().forEach(v -> bring(rewrite, v, places, outside));
      rewrite.add(rewrite.copy(place, outside));
    }
  }

  private static boolean isWorthMoving(Instruction instruction) {
    Primitive primitive = instruction.primitive();
    if (primitive instanceof Primitive.Source
        || primitive instanceof Control
        || primitive.mayFail()) {
      return false;
    }
    long read = instruction.inputs().stream().mapToLong(v -> v.type().bytes()).max().orElse(0);
    return !(primitive instanceof Primitive.Map)
        || instruction.outputs().stream().allMatch(v -> v.type().bytes() <= read);
  }
}
