package io.millrace.ir;

import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds a {@link ScalarFunction}; equal nodes are made once.
 *
 * <p>Not thread-safe. A builder serves one function.
 */
public final class ScalarBuilder {
  private final List<DType> parameters = new ArrayList<>();
  private final List<ScalarFunction.Node> nodes = new ArrayList<>();
  private final Map<ScalarFunction.Node, Integer> positions = new HashMap<>();

  /** Starts without parameters and nodes. */
  public ScalarBuilder() {}

  /** Adds a parameter, an operand of the loop, and returns its element. */
  public Scalar parameter(DType type) {
    parameters.add(type);
    return add(new ScalarFunction.Parameter(parameters.size() - 1, type));
  }

  /** Returns a literal, converted as {@link DType#ofDouble} does. */
  public Scalar constant(DType type, double value) {
    return literal(type, type.ofDouble(value));
  }

  /** Returns a literal given by its bits, as {@link ScalarFunction.Constant} holds them. */
  public Scalar literal(DType type, long bits) {
    return add(new ScalarFunction.Constant(type, bits));
  }

  /** Returns the coordinate of the element along an axis of the domain, as int64. */
  public Scalar index(int axis) {
    return add(new ScalarFunction.Index(axis));
  }

  /** Returns the function with these results, without the nodes that none of them needs. */
  public ScalarFunction build(List<Scalar> results) {
    results.forEach(this::requireOwn);
    boolean[] needed = new boolean[nodes.size()];
    results.forEach(r -> needed[r.position] = true);
    for (int i = needed.length - 1; i >= 0; i--) {
      if (needed[i]) {
        for (int operand : operands(nodes.get(i))) {
          needed[operand] = true;
        }
      }
    }
    int[] moved = new int[needed.length];
    List<ScalarFunction.Node> kept = new ArrayList<>();
    for (int i = 0; i < needed.length; i++) {
      if (needed[i]) {
        moved[i] = kept.size();
        kept.add(withOperands(nodes.get(i), moved));
      }
    }
    return new ScalarFunction(
        parameters, kept, results.stream().map(r -> moved[r.position]).toList());
  }

  /**
   * Adds another function's nodes, its parameters replaced by values of this one, and returns its
   * results. Index nodes keep their axes.
   *
   * @throws IllegalArgumentException if the arguments' types are not those of the parameters
   */
  public List<Scalar> inline(ScalarFunction function, List<Scalar> arguments) {
    List<DType> types = arguments.stream().map(Scalar::type).toList();
    if (!types.equals(function.parameters())) {
      throw new IllegalArgumentException(
          "arguments " + types + " for parameters " + function.parameters());
    }
    arguments.forEach(this::requireOwn);
    int[] moved = new int[function.nodes().size()];
    for (int i = 0; i < moved.length; i++) {
      ScalarFunction.Node node = function.nodes().get(i);
      moved[i] =
          node instanceof ScalarFunction.Parameter parameter
              ? arguments.get(parameter.index()).position
              : add(withOperands(node, moved)).position;
    }
    return function.results().stream().map(r -> new Scalar(this, moved[r])).toList();
  }

  /** Returns the positions of the nodes that a node uses. */
  public static int[] operands(ScalarFunction.Node node) {
    if (node instanceof ScalarFunction.Unary unary) {
      return new int[] {unary.x()};
    }
    if (node instanceof ScalarFunction.Binary binary) {
      return new int[] {binary.x(), binary.y()};
    }
    if (node instanceof ScalarFunction.Select select) {
      return new int[] {select.condition(), select.x(), select.y()};
    }
    if (node instanceof ScalarFunction.Cast cast) {
      return new int[] {cast.x()};
    }
    return new int[0];
  }

  private static ScalarFunction.Node withOperands(ScalarFunction.Node node, int[] moved) {
    if (node instanceof ScalarFunction.Unary unary) {
      return new ScalarFunction.Unary(unary.fn(), moved[unary.x()], unary.type());
    }
    if (node instanceof ScalarFunction.Binary binary) {
      return new ScalarFunction.Binary(
          binary.fn(), moved[binary.x()], moved[binary.y()], binary.type());
    }
    if (node instanceof ScalarFunction.Select select) {
      return new ScalarFunction.Select(
          moved[select.condition()], moved[select.x()], moved[select.y()], select.type());
    }
    if (node instanceof ScalarFunction.Cast cast) {
      return new ScalarFunction.Cast(moved[cast.x()], cast.type());
    }
    return node;
  }

  Scalar add(ScalarFunction.Node node) {
    Integer known = positions.putIfAbsent(node, nodes.size());
    if (known != null) {
      return new Scalar(this, known);
    }
    nodes.add(node);
    return new Scalar(this, nodes.size() - 1);
  }

  /** Positions mean nothing in another builder, yet would be accepted silently. */
  void requireOwn(Scalar value) {
    if (value.builder != this) {
      throw new IllegalArgumentException("a value of another scalar function's builder");
    }
  }

  ScalarFunction.Node node(int position) {
    return nodes.get(position);
  }
}
