package io.millrace.compiler.lowering;

import io.millrace.GraphException;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.op.Messages;
import io.millrace.op.RuleException;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Says what is wrong with operations that are lowered: the user's fault, or their own. */
final class Faults {
  private Faults() {}

  /** Returns what is thrown when exact types break an operation's rule. */
  static GraphException broken(
      Operation operation, List<TensorType> types, CallPath path, RuleException rule) {
    List<String> inputs =
        IntStream.range(0, types.size())
            .mapToObj(i -> operation.input(i).name() + " " + types.get(i))
            .toList();
    return new GraphException(
        Messages.broken(
                operation.op(),
                operation.name(),
                inputs,
                String.valueOf(rule.getMessage()),
                operation.source())
            + path.lines());
  }

  /** Requires an operation to make of itself what it says. */
  static void requireFit(Output output, Optional<TensorType> made, TensorType inferred) {
    boolean fits = made.filter(inferred::isCompatibleWith).isPresent();
    if (!fits) {
      throw new IllegalStateException(
          "%s infers its output %s as %s but lowers it to %s"
              .formatted(
                  output.operation(),
                  output.index(),
                  inferred,
                  made.map(TensorType::toString).orElse("nothing")));
    }
  }
}
