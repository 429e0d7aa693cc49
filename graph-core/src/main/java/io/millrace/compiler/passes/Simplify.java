package io.millrace.compiler.passes;

import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Removes what changes nothing: copies, reshapes of reshapes, neutral arithmetic; lets loops read
 * the tensor behind a reshape.
 */
final class Simplify implements Pass {
  @Override
  public String name() {
    return "simplify";
  }

  @Override
  public Program apply(Program program) {
    Rewrite rewrite = new Rewrite(program);
    Map<Value, Value> roots = new HashMap<>();
    for (Instruction old : program.instructions()) {
      Instruction instruction = rewrite.updated(old);
      Optional<Nest> nest = Nest.of(instruction);
      if (nest.isPresent()) {
        instruction = simplified(nest.get(), roots).in(instruction, instruction.origin());
      }
      if (instruction.isReshape() || isCopy(instruction)) {
        Value input = instruction.inputs().get(0);
        Value root = roots.getOrDefault(input, input);
        rewrite.replaceReshaped(instruction.output(), root, instruction.origin());
        roots.put(instruction.output(), root);
      } else {
        rewrite.add(instruction);
      }
    }
    return rewrite.build();
  }

  private static Nest simplified(Nest nest, Map<Value, Value> roots) {
    NestBuilder builder = new NestBuilder(nest.domain());
    List<Value> operands = nest.operands().stream().map(v -> roots.getOrDefault(v, v)).toList();
    return builder.build(
        builder.copy(new Nest(nest.domain(), operands, nest.views(), nest.function())));
  }

  /** Returns whether an instruction gives its only input's elements in their order. */
  private static boolean isCopy(Instruction instruction) {
    if (instruction.inputs().size() != 1 || instruction.outputs().size() != 1) {
      return false;
    }
    Value input = instruction.inputs().get(0);
    Value output = instruction.output();
    if (input.type().shape().size() != output.type().shape().size()
        || input.type().dtype() != output.type().dtype()) {
      return false;
    }
    if (instruction.primitive() instanceof Primitive.Map map) {
      ScalarFunction function = map.function();
      return function.isCopy() && map.views().get(0).isDense(map.domain());
    }
    if (instruction.primitive() instanceof Primitive.Move move && move.pieces().size() == 1) {
      Primitive.Move.Piece piece = move.pieces().get(0);
      return piece.extent().size() == output.type().shape().size()
          && piece.source().isDense(piece.extent())
          && piece.target().isDense(piece.extent());
    }
    return false;
  }
}
