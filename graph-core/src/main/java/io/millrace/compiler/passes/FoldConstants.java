package io.millrace.compiler.passes;

import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
import io.millrace.reference.ReferenceInterpreter;
import io.millrace.type.Literal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Computes what depends on small constants only, and puts constants of equal elements into the
 * functions of the loops that read them.
 */
final class FoldConstants implements Pass {
  /** Larger results stay instructions, so that programs stay small. */
  static final long LARGEST = 64 * 1024;

  /** Larger tensors of one number stay loops: whatever reads them has the number. */
  private static final long LARGEST_FILL = 1024;

  @Override
  public String name() {
    return "fold-constants";
  }

  @Override
  public Program apply(Program program) {
    Rewrite rewrite = new Rewrite(program);
    Map<Value, Literal> known = new HashMap<>();
    Map<Value, Optional<ScalarFunction.Constant>> equal = new HashMap<>();
    for (Instruction old : program.instructions()) {
      Instruction instruction = rewrite.updated(old);
      if (instruction.primitive() instanceof Primitive.Constant constant) {
        known.put(instruction.output(), constant.literal());
        rewrite.add(instruction);
        continue;
      }
      Optional<ScalarFunction.Constant> fill = fill(instruction);
      if (fill.isPresent()) {
        equal.put(instruction.output(), fill);
        rewrite.add(instruction);
        continue;
      }
      Optional<List<Literal>> results = evaluate(instruction, known);
      if (results.isPresent()) {
        for (int i = 0; i < results.get().size(); i++) {
          Literal literal = results.get().get(i);
          Value output = instruction.outputs().get(i);
          known.put(output, literal);
          rewrite.add(
              new Instruction(
                  new Primitive.Constant(literal),
                  List.of(),
                  List.of(output),
                  instruction.origin()));
        }
        continue;
      }
      rewrite.add(
          Nest.of(instruction)
              .map(l -> inlined(l, known, equal).in(instruction, instruction.origin()))
              .orElse(instruction));
    }
    return rewrite.build();
  }

  /** Returns the number that all elements are which an instruction makes, if they are many. */
  private static Optional<ScalarFunction.Constant> fill(Instruction instruction) {
    if (instruction.primitive() instanceof Primitive.Map map
        && map.function().results().size() == 1
        && map.function().nodes().get(map.function().results().get(0))
            instanceof ScalarFunction.Constant constant
        && instruction.output().type().bytes() > LARGEST_FILL) {
      return Optional.of(constant);
    }
    return Optional.empty();
  }

  private static Optional<List<Literal>> evaluate(
      Instruction instruction, Map<Value, Literal> known) {
    long inputs = 0;
    for (Value input : instruction.inputs()) {
      if (!known.containsKey(input)) {
        return Optional.empty();
      }
      inputs += input.type().bytes();
    }
    long outputs = instruction.outputs().stream().mapToLong(o -> o.type().bytes()).sum();
    long work = Nest.of(instruction).map(l -> l.domain().size()).orElse(0L);
    if (!instruction.primitive().isFoldable()
        || inputs > LARGEST
        || outputs > LARGEST
        || work > LARGEST) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          ReferenceInterpreter.evaluate(
              instruction.primitive(),
              instruction.inputs().stream().map(known::get).toList(),
              instruction.outputs().stream().map(Value::type).toList()));
    } catch (ArithmeticException e) {
      // An integer division by zero: it has to fail in the run.
      return Optional.empty();
    }
  }

  private static Nest inlined(
      Nest nest, Map<Value, Literal> known, Map<Value, Optional<ScalarFunction.Constant>> equal) {
    NestBuilder builder = new NestBuilder(nest.domain());
    List<FunctionCopy.Item> arguments = new ArrayList<>();
    for (int i = 0; i < nest.operands().size(); i++) {
      Value operand = nest.operands().get(i);
      FunctionCopy.Item element = builder.operand(operand, nest.views().get(i));
      Optional<ScalarFunction.Constant> constant =
          equal.computeIfAbsent(
              operand, o -> Optional.ofNullable(known.get(o)).flatMap(FoldConstants::onlyElement));
      arguments.add(constant.map(c -> FunctionCopy.Item.of(builder.scalars(), c)).orElse(element));
    }
    return builder.build(builder.copy(nest.function(), arguments, builder::index));
  }

  /** Returns the element that all elements of a small literal are equal to. */
  private static Optional<ScalarFunction.Constant> onlyElement(Literal literal) {
    if (literal.size() == 0 || literal.type().bytes() > LARGEST) {
      return Optional.empty();
    }
    ScalarFunction.Constant first = FunctionCopy.constant(literal, 0);
    for (long i = 1; i < literal.size(); i++) {
      if (!FunctionCopy.constant(literal, i).equals(first)) {
        return Optional.empty();
      }
    }
    return Optional.of(first);
  }
}
