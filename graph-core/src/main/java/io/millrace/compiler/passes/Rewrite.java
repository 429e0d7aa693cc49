package io.millrace.compiler.passes;

import io.millrace.ir.Instruction;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Value;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Collects the instructions of a program that takes another's place; values keep their numbers. */
final class Rewrite {
  private final Program program;
  private final List<Instruction> instructions = new ArrayList<>();
  private final Map<Value, Value> replaced = new HashMap<>();
  private final List<Value> checks = new ArrayList<>();
  private int nextId;

  Rewrite(Program program) {
    this.program = program;
    for (Instruction instruction : program.instructions()) {
      instruction.outputs().forEach(o -> nextId = Math.max(nextId, o.id() + 1));
    }
  }

  /** Returns what stands for a value of the old program. */
  Value use(Value value) {
    return replaced.getOrDefault(value, value);
  }

  /** Returns an instruction whose inputs are those of the new program. */
  Instruction updated(Instruction instruction) {
    List<Value> inputs = instruction.inputs().stream().map(this::use).toList();
    return inputs.equals(instruction.inputs())
        ? instruction
        : new Instruction(
            instruction.primitive(), inputs, instruction.outputs(), instruction.origin());
  }

  /**
   * Returns an instruction of another program as one of this, with new outputs.
   *
   * @param values what stands here for the other program's values; its outputs are added
   */
  Instruction copy(Instruction other, Map<Value, Value> values) {
    List<Value> inputs =
        other.inputs().stream().map(v -> Objects.requireNonNull(values.get(v))).toList();
    List<Value> outputs = other.outputs().stream().map(v -> fresh(v.type())).toList();
    for (int i = 0; i < outputs.size(); i++) {
      values.put(other.outputs().get(i), outputs.get(i));
    }
    return new Instruction(other.primitive(), inputs, outputs, other.origin());
  }

  /** Adds an instruction of the new program. */
  void add(Instruction instruction) {
    instructions.add(instruction);
  }

  /** Demands that the output of a new check be computed. */
  void check(Value value) {
    checks.add(value);
  }

  /** Lets a value of the new program stand for one of the old. */
  void replace(Value old, Value by) {
    replaced.put(old, by);
  }

  /** Returns a new value. */
  Value fresh(TensorType type) {
    return new Value(nextId++, type);
  }

  /** Returns a value of the new program in another shape, of equal size. */
  Value reshaped(Value value, TensorType type, Origin origin) {
    if (value.type().equals(type)) {
      return value;
    }
    Value reshaped = fresh(type);
    add(new Instruction(new Primitive.Reshape(), List.of(value), List.of(reshaped), origin));
    return reshaped;
  }

  /** Lets a value of the new program, perhaps in another shape, stand for one of the old. */
  void replaceReshaped(Value old, Value by, Origin origin) {
    if (old.type().equals(by.type())) {
      replace(old, by);
    } else {
      add(new Instruction(new Primitive.Reshape(), List.of(by), List.of(old), origin));
    }
  }

  /** Returns the new program. */
  Program build() {
    return new Program(
        program.feeds(),
        instructions,
        program.fetches().stream().map(this::use).toList(),
        program.updates().stream()
            .map(u -> new Program.Update(u.resource(), use(u.value())))
            .toList(),
        Stream.concat(program.checks().stream().map(this::use), checks.stream())
            .distinct()
            .toList());
  }
}
