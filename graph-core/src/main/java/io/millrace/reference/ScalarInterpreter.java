package io.millrace.reference;

import io.millrace.ir.BinaryFn;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.View;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import java.util.List;

/**
 * Computes a scalar function at one point of a domain after another.
 *
 * <p>Every node is computed in double precision and rounded to its own type, so that how
 * expressions are joined never changes a result; integers wrap.
 */
final class ScalarInterpreter implements ScalarFunction.Visitor<Number> {
  private final ScalarFunction function;
  private final List<Literal> inputs;
  private final List<View> views;
  private final Number[] values;
  private long[] coordinates = new long[0];

  ScalarInterpreter(ScalarFunction function, List<Literal> inputs, List<View> views) {
    this.function = function;
    this.inputs = inputs;
    this.views = views;
    values = new Number[function.nodes().size()];
  }

  /** Computes all nodes at these coordinates. */
  void compute(long[] at) {
    coordinates = at;
    for (int i = 0; i < values.length; i++) {
      values[i] = function.nodes().get(i).accept(this);
    }
  }

  /** Returns a result of the latest computation. */
  Number result(int index) {
    return values[function.results().get(index)];
  }

  @Override
  public Number parameter(ScalarFunction.Parameter node) {
    View view = views.get(node.index());
    return Numbers.get(inputs.get(node.index()), view.element(coordinates));
  }

  @Override
  public Number constant(ScalarFunction.Constant node) {
    return Numbers.of(node.type(), node.bits());
  }

  @Override
  public Number index(ScalarFunction.Index node) {
    return coordinates[node.axis()];
  }

  @Override
  public Number unary(ScalarFunction.Unary node) {
    DType type = function.nodes().get(node.x()).type();
    Number x = values[node.x()];
    return switch (node.fn()) {
      case IS_NAN -> flag(Double.isNaN(x.doubleValue()));
      case IS_FINITE -> flag(Double.isFinite(x.doubleValue()));
      case NOT -> flag(x.longValue() == 0);
      default ->
          type.isFloating()
              ? (Number) type.round(FloatFunctions.unary(node.fn(), x.doubleValue()))
              : (Number) type.wrap(IntegerFunctions.unary(node.fn(), x.longValue()));
    };
  }

  @Override
  public Number binary(ScalarFunction.Binary node) {
    DType type = function.nodes().get(node.x()).type();
    Number x = values[node.x()];
    Number y = values[node.y()];
    if (type.isFloating()) {
      double a = x.doubleValue();
      double b = y.doubleValue();
      return switch (node.fn()) {
        case EQ -> flag(a == b);
        case NE -> flag(a != b);
        case LT -> flag(a < b);
        case LE -> flag(a <= b);
        case GT -> flag(a > b);
        case GE -> flag(a >= b);
        default -> arithmetic(node.fn(), type, x, y);
      };
    }
    return arithmetic(node.fn(), type, x, y);
  }

  /** Returns a function of two elements of a type, rounded or wrapped to it. */
  static Number arithmetic(BinaryFn fn, DType type, Number x, Number y) {
    return type.isFloating()
        ? (Number) type.round(FloatFunctions.binary(fn, x.doubleValue(), y.doubleValue(), type))
        : (Number)
            type.wrap(IntegerFunctions.binary(fn, x.longValue(), y.longValue(), 8 * type.bytes()));
  }

  @Override
  public Number select(ScalarFunction.Select node) {
    return values[values[node.condition()].longValue() != 0 ? node.x() : node.y()];
  }

  @Override
  public Number cast(ScalarFunction.Cast node) {
    DType from = function.nodes().get(node.x()).type();
    return cast(values[node.x()], from, node.type());
  }

  private static Number cast(Number x, DType from, DType to) {
    return Numbers.of(
        to, from.isFloating() ? to.ofDouble(x.doubleValue()) : to.ofLong(x.longValue()));
  }

  private static Number flag(boolean value) {
    return value ? 1L : 0L;
  }
}
