package io.millrace.ir;

import io.millrace.type.DType;
import java.util.List;

/**
 * A scalar expression in static single assignment form: what an element-wise loop computes for each
 * element.
 *
 * <p>Nodes refer to earlier nodes by position, so that sharing is explicit, equality is linear and
 * a backend can emit one flat loop body. Built with {@link ScalarBuilder}, which keeps nodes
 * unique.
 *
 * @param parameters the element types of the operands
 * @param nodes in the order of computation
 * @param results the positions of the nodes whose values are stored, one an output
 */
public record ScalarFunction(List<DType> parameters, List<Node> nodes, List<Integer> results) {

  public ScalarFunction {
    parameters = List.copyOf(parameters);
    nodes = List.copyOf(nodes);
    results = List.copyOf(results);
  }

  /** One value of the expression. */
  public sealed interface Node {
    /** Returns the element type of the value. */
    DType type();

    /** Calls the visitor's method for this kind of node. */
    <R> R accept(Visitor<R> visitor);
  }

  /** The element of an operand. */
  public record Parameter(int index, DType type) implements Node {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.parameter(this);
    }
  }

  /**
   * A literal, given by its bits as {@link DType} says them. Other bits are wrapped to the type, so
   * that equal values are equal constants.
   */
  public record Constant(DType type, long bits) implements Node {
    /** Wraps the bits to the type. */
    public Constant {
      bits = type.wrap(bits);
    }

    /** Returns the value as a double; exact but for large int64 values. */
    public double asDouble() {
      return type.toDouble(bits);
    }

    /**
     * Returns whether code need not be written for this value: it is a floating number, but not
     * zero, infinite, NaN or a power of two, with which processors compute in shorter ways.
     */
    private boolean isAnyNumber() {
      double value = asDouble();
      boolean isPower = Double.doubleToRawLongBits(value) << 12 == 0;
      return type.isFloating() && Double.isFinite(value) && !isPower;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.constant(this);
    }
  }

  /** The coordinate of the element along an axis of the loop's domain, as int64. */
  public record Index(int axis) implements Node {
    @Override
    public DType type() {
      return DType.INT64;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.index(this);
    }
  }

  /** A function of one earlier node. */
  public record Unary(UnaryFn fn, int x, DType type) implements Node {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.unary(this);
    }
  }

  /** A function of two earlier nodes of one type. */
  public record Binary(BinaryFn fn, int x, int y, DType type) implements Node {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.binary(this);
    }
  }

  /** {@code condition ? x : y}; both sides are computed. */
  public record Select(int condition, int x, int y, DType type) implements Node {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.select(this);
    }
  }

  /**
   * A conversion as TensorFlow's Cast: floating to integer truncates, to boolean is "not zero",
   * narrower integers wrap. Floating values beyond the integer's range are undefined there and
   * saturate here.
   */
  public record Cast(int x, DType type) implements Node {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.cast(this);
    }
  }

  /**
   * Handles each kind of node.
   *
   * @param <R> what handling a node gives
   */
  public interface Visitor<R> {
    R parameter(Parameter node);

    R constant(Constant node);

    R index(Index node);

    R unary(Unary node);

    R binary(Binary node);

    R select(Select node);

    R cast(Cast node);
  }

  /** Returns the element type of a result. */
  public DType resultType(int result) {
    return nodes.get(results.get(result)).type();
  }

  /** Returns whether this computes nothing: each result is just a parameter. */
  public boolean isCopy() {
    return results.stream().allMatch(r -> nodes.get(r) instanceof Parameter);
  }

  /**
   * Returns whether some elements make this fail: those that divide integers by zero, or raise them
   * to a negative power.
   */
  public boolean mayFail() {
    return nodes.stream().anyMatch(n -> n instanceof Binary binary && mayFail(binary));
  }

  private boolean mayFail(Binary binary) {
    boolean known = nodes.get(binary.y()) instanceof Constant;
    long bits = known ? ((Constant) nodes.get(binary.y())).bits() : 0;
    return binary.type().isInteger()
        && switch (binary.fn()) {
          case DIV, FLOOR_DIV, FLOOR_MOD, TRUNCATE_MOD -> bits == 0;
          case POW -> !known || bits < 0;
          default -> false;
        };
  }

  /**
   * Returns the constants, each once, that code may take as arguments, as it would be no faster if
   * it were written for them. A mean over any number of elements, or a step of any length, is then
   * the same code.
   */
  public List<Constant> numbers() {
    return nodes.stream()
        .filter(Constant.class::isInstance)
        .map(Constant.class::cast)
        .filter(Constant::isAnyNumber)
        .distinct()
        .toList();
  }

  /** Returns the number of arithmetic nodes, the work for one element. */
  public int operations() {
    return (int)
        nodes.stream()
            .filter(n -> !(n instanceof Parameter || n instanceof Constant || n instanceof Index))
            .count();
  }

  /** Returns the expression as text, results in terms of parameters {@code p0, p1, ...}. */
  @Override
  public String toString() {
    return ScalarPrinter.print(this);
  }
}
