package io.millrace;

import io.millrace.op.ConstantEvaluator;
import io.millrace.op.ForeignOp;
import io.millrace.op.Inference;
import io.millrace.type.Literal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Finds the values of tensors that follow from constants and static shapes, for type rules. */
final class StaticValues {
  /** Larger tensors are not worth knowing: type rules ask for shapes, axes and paddings. */
  private static final long LARGEST = 1024;

  private final Map<Output, Optional<Literal>> known = new HashMap<>();
  private final Function<Output, Optional<Literal>> given;

  /**
   * Starts without any.
   *
   * @param given gives what is known of a tensor otherwise, such as a function's argument
   */
  StaticValues(Function<Output, Optional<Literal>> given) {
    this.given = given;
  }

  /** Returns the value of a tensor if it can be known before any run. */
  Optional<Literal> of(Output wanted) {
    Deque<Output> open = new ArrayDeque<>(List.of(wanted));
    while (!open.isEmpty()) {
      Output output = open.peek();
      List<Output> missing = known.containsKey(output) ? List.of() : missing(output);
      if (missing.isEmpty()) {
        open.pop();
        if (!known.containsKey(output)) {
          known.put(output, compute(output));
        }
      } else {
        missing.forEach(open::push);
      }
    }
    return get(wanted);
  }

  private Optional<Literal> get(Output output) {
    return known.getOrDefault(output, Optional.empty());
  }

  private static boolean isComputable(Output output) {
    Operation operation = output.operation();
    return output.declared().shape().isFullyDefined()
        && output.declared().shape().size() <= LARGEST
        && !operation.inputs().isEmpty()
        && !operation.op().isStateful();
  }

  /** Returns the inputs whose values are not looked for yet and that may matter. */
  private List<Output> missing(Output output) {
    List<Output> inputs = output.operation().inputs();
    return isComputable(output)
        ? inputs.stream().filter(i -> !known.containsKey(i)).toList()
        : List.of();
  }

  private Optional<Literal> compute(Output output) {
    Operation operation = output.operation();
    List<Output> inputs = operation.inputs();
    Optional<Literal> value =
        output.index() == 0 && !(operation.op() instanceof ForeignOp)
            ? operation
                .op()
                .value(
                    new Inference(
                        inputs.stream().map(Output::type).toList(), i -> get(inputs.get(i))))
            : Optional.empty();
    if (value.isEmpty()) {
      value = given.apply(output);
    }
    if (value.isPresent()
        || !isComputable(output)
        || inputs.stream().anyMatch(i -> get(i).isEmpty())) {
      return value;
    }
    List<Literal> literals = inputs.stream().map(i -> get(i).orElseThrow()).toList();
    return ConstantEvaluator.evaluate(operation.op(), literals)
        .map(results -> results.get(output.index()));
  }
}
