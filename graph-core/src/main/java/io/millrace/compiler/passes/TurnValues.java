package io.millrace.compiler.passes;

import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Says where the values of a loop's turn come from, whatever their shapes. */
final class TurnValues {
  private final ControlParts parts;
  private final Map<Value, Instruction> producers = new HashMap<>();
  private final Map<Value, Integer> uses = new HashMap<>();

  TurnValues(ControlParts parts) {
    this.parts = parts;
    Program turn = parts.programs().get(0);
    for (Instruction instruction : turn.instructions()) {
      instruction.outputs().forEach(o -> producers.put(o, instruction));
      if (!instruction.isReshape()) {
        instruction.inputs().forEach(i -> uses.merge(root(i), 1, Integer::sum));
      }
    }
    turn.fetches().forEach(f -> uses.merge(root(f), 1, Integer::sum));
    turn.checks().forEach(c -> uses.merge(root(c), 1, Integer::sum));
    turn.updates().forEach(u -> uses.merge(root(u.value()), 1, Integer::sum));
  }

  /** Returns the instruction that gives a value. */
  Instruction producer(Value value) {
    return Objects.requireNonNull(producers.get(value));
  }

  /** Returns the value whose elements reshapes only rename. */
  Value root(Value value) {
    Instruction producer = producer(value);
    return producer.isReshape() ? root(producer.inputs().get(0)) : value;
  }

  /** Returns how often a value is used, in any shape. */
  int uses(Value value) {
    return uses.getOrDefault(root(value), 0);
  }

  /** Returns what a value is fed, in some shape. */
  Optional<ControlParts.Fed> fed(Value value) {
    return producer(root(value)).primitive() instanceof Primitive.Feed feed
        ? parts.fed().stream().filter(f -> f.slot() == feed.slot()).findFirst()
        : Optional.empty();
  }

  /** Returns what a value is fed in each turn alike, in some shape. */
  Optional<ControlParts.Fed> kept(Value value) {
    return fed(value).filter(f -> f.walk().isEmpty());
  }

  /** Returns the tensor whose row a value is, in some shape. */
  Optional<ControlParts.Fed> scanned(Value value) {
    return fed(value).filter(f -> f.walk().isPresent());
  }
}
