package io.millrace.ops;

import io.millrace.DType;
import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.Tensor;
import io.millrace.ir.Literal;
import java.util.List;
import java.util.Optional;

/** Adds constants under names of their own. */
final class Named {
  private Named() {}

  /** Returns a constant of a tensor, a number, a boolean or a Java array. */
  static Output constant(Graph graph, String name, Object value) {
    return constant(graph, name, value, Optional.empty());
  }

  /** Returns a constant of a number or a Java array, of this type. */
  static Output constant(Graph graph, String name, Object value, DType dtype) {
    return constant(graph, name, value, Optional.of(dtype));
  }

  private static Output constant(Graph graph, String name, Object value, Optional<DType> dtype) {
    return graph.add(new CoreOps.Constant(literal(value, dtype)), name, List.of()).output(0);
  }

  private static Literal literal(Object value, Optional<DType> dtype) {
    if (value instanceof Tensor tensor) {
      return tensor.toLiteral();
    }
    try (Tensor tensor = dtype.isPresent() ? Tensor.of(value, dtype.get()) : Tensor.of(value)) {
      return tensor.toLiteral();
    }
  }
}
