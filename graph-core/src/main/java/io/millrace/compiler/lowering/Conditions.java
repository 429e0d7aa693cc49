package io.millrace.compiler.lowering;

import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ir.BinaryFn;
import io.millrace.ir.Value;
import io.millrace.op.Loop;
import io.millrace.op.Lowering;
import io.millrace.op.RuleException;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** Runs the conditions of loops, and says what their results mean. */
final class Conditions {
  private Conditions() {}

  /** Runs the condition in a frame, on what stands for the parameters. */
  static Frame run(
      Frame in, Operation operation, Loop loop, long turn, IntFunction<Place> parameters) {
    GraphFunction condition = loop.condition().orElseThrow();
    Map<Output, Place> arguments = new LinkedHashMap<>();
    for (int i = 0; i < condition.parameters().size(); i++) {
      arguments.put(condition.parameters().get(i), parameters.apply(i));
    }
    return in.run(operation, condition, turn, arguments, List.of());
  }

  /** Returns whether what a condition gives means no. */
  static boolean isZero(Literal literal) {
    return literal.type().dtype().isFloating()
        ? literal.getDouble(0) == 0
        : literal.getLong(0) == 0;
  }

  /** Returns what a condition gives as a boolean scalar. */
  static Value isTrue(Lowering to, Value condition) {
    TensorType type = condition.type();
    requireScalar(type);
    return type.dtype().isBoolean()
        ? condition
        : to.map(
            condition,
            to.literal(Literal.scalar(type.dtype(), 0)),
            (x, zero) -> x.apply(BinaryFn.NE, zero));
  }

  /** Requires what a condition gives to be one value. */
  static void requireScalar(TensorType condition) {
    if (condition.shape().rank() > 0) {
      throw new RuleException("the condition must be a scalar, but has shape " + condition.shape());
    }
  }
}
