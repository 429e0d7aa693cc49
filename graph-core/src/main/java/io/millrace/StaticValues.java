package io.millrace;

import io.millrace.compiler.ConstantEvaluator;
import io.millrace.ir.Literal;
import io.millrace.op.Inference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the values of tensors that follow from constants and static shapes, for type rules. */
final class StaticValues {
  /** Larger tensors are not worth knowing: type rules ask for shapes, axes and paddings. */
  private static final long LARGEST = 1024;

  private final Map<Output, Optional<Literal>> known = new HashMap<>();

  /** Returns the value of a tensor if it can be known before any run. */
  Optional<Literal> of(Output output) {
    Optional<Literal> found = known.get(output);
    if (found == null) {
      found = compute(output);
      known.put(output, found);
    }
    return found;
  }

  private Optional<Literal> compute(Output output) {
    Operation operation = output.operation();
    List<Output> inputs = operation.inputs();
    Optional<Literal> value =
        output.index() == 0
            ? operation
                .op()
                .value(
                    new Inference(
                        inputs.stream().map(Output::type).toList(), i -> of(inputs.get(i))))
            : Optional.empty();
    boolean small = output.shape().isFullyDefined() && output.shape().size() <= LARGEST;
    if (value.isPresent() || !small || inputs.isEmpty() || operation.op().isStateful()) {
      return value;
    }
    if (inputs.stream().anyMatch(i -> of(i).isEmpty())) {
      return Optional.empty();
    }
    List<Literal> literals = inputs.stream().map(i -> of(i).orElseThrow()).toList();
    return Optional.of(ConstantEvaluator.evaluate(operation.op(), literals).get(output.index()));
  }
}
