package io.millrace.compiler.passes;

import io.millrace.ir.Instruction;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What Map and Reduce share: a scalar function of operands walked over a domain. */
record Nest(Shape domain, List<Value> operands, List<View> views, ScalarFunction function) {

  /** Returns the loop of a Map or Reduce, nothing for other instructions. */
  static Optional<Nest> of(Instruction instruction) {
    return instruction.primitive() instanceof Primitive.LoopNest nest
        ? Optional.of(new Nest(nest.domain(), instruction.inputs(), nest.views(), nest.function()))
        : Optional.empty();
  }

  /** Returns an instruction that does what the given one does, but with this loop. */
  Instruction in(Instruction instruction, Origin origin) {
    Primitive primitive =
        instruction.primitive() instanceof Primitive.Reduce reduce
            ? new Primitive.Reduce(reduce.reduction(), function, domain, reduce.kept(), views)
            : new Primitive.Map(function, domain, views);
    return new Instruction(primitive, operands, instruction.outputs(), origin);
  }

  /** Returns the axes whose coordinates the function uses. */
  Set<Integer> indexed() {
    return function.nodes().stream()
        .filter(n -> n instanceof ScalarFunction.Index)
        .map(n -> ((ScalarFunction.Index) n).axis())
        .collect(Collectors.toSet());
  }
}
