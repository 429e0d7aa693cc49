package io.millrace.ops.array;

import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.Tensor;
import io.millrace.op.Arguments;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Refusal;
import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Turns what users pass for tensors into outputs. */
public final class Constants {
  private Constants() {}

  /**
   * Returns an output for each value; those that are not operands become constants of one type:
   * that of the first operand or tensor among them, or else the one that all of them share. Lists
   * and arrays in which operands stand beside numbers are packed, as in TensorFlow.
   *
   * @param type the operation that they are for
   * @throws GraphException if one stands for no tensor
   */
  public static List<Output> of(Graph graph, String type, Object... values) {
    requireAll(type, values);
    Object[] packed = packedAll(graph, values);
    return all(graph, type, preferred(type, packed), packed);
  }

  /** Returns the same, but float32 if Java values would be integers. */
  public static List<Output> floating(Graph graph, String type, Object... values) {
    requireAll(type, values);
    Object[] packed = packedAll(graph, values);
    boolean open = Stream.of(packed).allMatch(v -> firm(v).isEmpty());
    Optional<DType> own = preferred(type, packed);
    return all(graph, type, own.map(o -> open && o.isInteger() ? DType.FLOAT32 : o), packed);
  }

  private static void requireAll(String type, Object... values) {
    Arguments.require(values, "inputs of " + type);
    for (int i = 0; i < values.length; i++) {
      if (values[i] == null) {
        throw Arguments.missing("input " + i + " of " + type);
      }
    }
  }

  private static Object[] packedAll(Graph graph, Object... values) {
    return Stream.of(values).map(value -> packed(graph, value)).toArray();
  }

  private static Object packed(Graph graph, Object value) {
    if (!holdsOperand(value)) {
      return value;
    }
    return Ops.of(graph).stack(parts(value).map(part -> packed(graph, part)).toList());
  }

  private static boolean holdsOperand(Object value) {
    return parts(value).anyMatch(part -> part instanceof Operand || holdsOperand(part));
  }

  private static Stream<?> parts(Object value) {
    return value instanceof List<?> list
        ? list.stream()
        : value instanceof Object[] array ? Stream.of(array) : Stream.empty();
  }

  private static Optional<DType> preferred(String type, Object... values) {
    Optional<DType> firm =
        Stream.of(values).map(v -> firm(v)).flatMap(Optional::stream).findFirst();
    return firm.isEmpty() && values.length > 1 ? shared(type, values) : firm;
  }

  private static List<Output> all(
      Graph graph, String type, Optional<DType> preferred, Object... values) {
    List<Output> outputs = new ArrayList<>();
    for (Object value : values) {
      outputs.add(of(graph, type, value, preferred));
    }
    return outputs;
  }

  private static Optional<DType> firm(Object value) {
    return value instanceof Operand operand
        ? Optional.of(operand.asOutput().dtype())
        : value instanceof Tensor tensor ? Optional.of(tensor.dtype()) : Optional.empty();
  }

  /**
   * Returns the type that Java values have beside each other: that which holds the numbers of all
   * arrays, to which single numbers and lists add only whether it is floating.
   */
  private static Optional<DType> shared(String type, Object... values) {
    try {
      Optional<DType> arrays = Optional.empty();
      Optional<DType> literals = Optional.empty();
      for (Object value : values) {
        DType own = own(value);
        if (isLiteral(value)) {
          literals = Optional.of(literals.map(own::joined).orElse(own));
        } else {
          arrays = Optional.of(arrays.map(own::joined).orElse(own));
        }
      }
      if (arrays.isEmpty() || literals.isEmpty()) {
        return arrays.isEmpty() ? literals : arrays;
      }
      DType both = arrays.get().joined(literals.get());
      return both.isFloating() && !arrays.get().isFloating() ? Optional.of(both) : arrays;
    } catch (IllegalArgumentException e) {
      throw Refusal.of(type, "%s", String.valueOf(e.getMessage()));
    }
  }

  /** Returns whether a value has no type of its own in TensorFlow: a number, or a list. */
  private static boolean isLiteral(Object value) {
    return value instanceof Number || value instanceof Boolean || value instanceof List<?>;
  }

  /** Returns the type of a value by itself: numbers with a fraction are float32 unless an array. */
  private static DType own(Object value) {
    DType own = Tensor.dtypeOf(value);
    return isLiteral(value) && own.isFloating() ? DType.FLOAT32 : own;
  }

  /** Returns the output for one value; a constant is of the preferred type. */
  public static Output of(Graph graph, String type, Object value, Optional<DType> preferred) {
    requireAll(type, value);
    return packed(graph, value) instanceof Operand operand
        ? operand.asInput()
        : made(graph, "Const", type, value, preferred);
  }

  /** Returns the output for one value; a constant gets this name and, if there is one, type. */
  public static Output named(Graph graph, String name, Object value, Optional<DType> dtype) {
    Arguments.require(value, "value");
    return value instanceof Operand operand
        ? operand.asInput()
        : made(graph, name, "Const", value, dtype);
  }

  private static Output made(
      Graph graph, String name, String type, Object value, Optional<DType> dtype) {
    if (value instanceof Tensor tensor) {
      return constant(graph, name, tensor);
    }
    try {
      DType wanted = own(value);
      if (dtype.isPresent()) {
        wanted = requireKind(wanted, dtype.get());
      }
      try (Tensor made = Tensor.of(value, wanted)) {
        return constant(graph, name, made);
      }
    } catch (IllegalArgumentException e) {
      throw Refusal.of(type, "%s", String.valueOf(e.getMessage()));
    }
  }

  /** Truth is no number beside numbers, as in TensorFlow; only what is fed converts. */
  private static DType requireKind(DType own, DType wanted) {
    if (own.isBoolean() != wanted.isBoolean()) {
      throw new IllegalArgumentException(
          own.isBoolean()
              ? "a bool is no " + wanted + ": cast it"
              : "%s %s is no bool: compare it with something"
                  .formatted(own.isInteger() && own.isSigned() ? "an" : "a", own));
    }
    return wanted;
  }

  private static Output constant(Graph graph, String name, Tensor value) {
    return graph.add(new CoreOps.Constant(value.toLiteral()), name, List.of()).output(0);
  }
}
