package io.millrace.ops.array;

import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.Tensor;
import io.millrace.ops.building.Refusal;
import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns what users pass for tensors into outputs. */
public final class Constants {
  private Constants() {}

  /**
   * Returns an output for each value; those that are not operands become constants of the type of
   * the first operand among them, if there is one.
   *
   * @param type the operation that they are for
   * @throws GraphException if one stands for no tensor
   */
  public static List<Output> of(Graph graph, String type, Object... values) {
    Optional<DType> preferred = Optional.empty();
    for (Object value : values) {
      if (value instanceof Operand operand && preferred.isEmpty()) {
        preferred = Optional.of(operand.asOutput().dtype());
      }
    }
    List<Output> outputs = new ArrayList<>();
    for (Object value : values) {
      outputs.add(of(graph, type, value, preferred));
    }
    return outputs;
  }

  /** Returns the output for one value; a constant is of the preferred type where it fits. */
  public static Output of(Graph graph, String type, Object value, Optional<DType> preferred) {
    if (value instanceof Operand operand) {
      return operand.asOutput();
    }
    return made(graph, "Const", type, value, preferred);
  }

  /** Returns the output for one value; a constant gets this name and, where it fits, type. */
  public static Output named(Graph graph, String name, Object value, Optional<DType> dtype) {
    return value instanceof Operand operand
        ? operand.asOutput()
        : made(graph, name, "Const", value, dtype);
  }

  private static Output made(
      Graph graph, String name, String type, Object value, Optional<DType> dtype) {
    if (value == null) {
      throw Refusal.of(type, "null is no tensor");
    }
    if (value instanceof Tensor tensor) {
      return constant(graph, name, tensor);
    }
    try (Tensor made = dtype.isPresent() ? Tensor.of(value, dtype.get()) : Tensor.of(value)) {
      return constant(graph, name, made);
    } catch (IllegalArgumentException e) {
      throw Refusal.of(type, "%s", String.valueOf(e.getMessage()));
    }
  }

  private static Output constant(Graph graph, String name, Tensor value) {
    return graph.add(new CoreOps.Constant(value.toLiteral()), name, List.of()).output(0);
  }
}
