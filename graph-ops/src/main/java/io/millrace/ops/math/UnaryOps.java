package io.millrace.ops.math;

import static io.millrace.op.TypeSet.BOOLEAN;
import static io.millrace.op.TypeSet.FLOATING;
import static io.millrace.op.TypeSet.NUMERIC;
import static io.millrace.op.TypeSet.SIGNED;

import io.millrace.Output;
import io.millrace.ir.Scalar;
import io.millrace.ir.UnaryFn;
import io.millrace.op.Example;
import io.millrace.op.TypeSet;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import java.util.List;

/** Functions of one tensor, element by element. */
public interface UnaryOps extends Building {

  /** Returns {@code -x}, of a signed type. TensorFlow: Neg. */
  default Output negative(Object x) {
    return result(Unary.NEG, x);
  }

  /** Returns the absolute value, of a signed type. TensorFlow: Abs. */
  default Output abs(Object x) {
    return result(Unary.ABS, x);
  }

  /** Returns -1, 0 or 1, of a signed type; NaN stays NaN. TensorFlow: Sign. */
  default Output sign(Object x) {
    return result(Unary.SIGN, x);
  }

  /** Returns e to the power of x, of a floating type. TensorFlow: Exp. */
  default Output exp(Object x) {
    return result(Unary.EXP, x);
  }

  /** Returns {@code exp(x) - 1}, exact for small x. TensorFlow: Expm1. */
  default Output expm1(Object x) {
    return result(Unary.EXPM1, x);
  }

  /** Returns the natural logarithm, of a floating type. TensorFlow: Log. */
  default Output log(Object x) {
    return result(Unary.LOG, x);
  }

  /** Returns {@code log(1 + x)}, exact for small x. TensorFlow: Log1p. */
  default Output log1p(Object x) {
    return result(Unary.LOG1P, x);
  }

  /** Returns the square root, of a floating type. TensorFlow: Sqrt. */
  default Output sqrt(Object x) {
    return result(Unary.SQRT, x);
  }

  /** Returns one divided by the square root. TensorFlow: Rsqrt. */
  default Output rsqrt(Object x) {
    return result(Unary.RSQRT, x);
  }

  /** Returns {@code 1 / x}, of a floating type. TensorFlow: Reciprocal. */
  default Output reciprocal(Object x) {
    return result(Unary.RECIPROCAL, x);
  }

  /** Returns {@code x * x}. TensorFlow: Square. */
  default Output square(Object x) {
    return result(Unary.SQUARE, x);
  }

  /** Returns {@code 1 / (1 + exp(-x))}, of a floating type. TensorFlow: Sigmoid. */
  default Output sigmoid(Object x) {
    return result(Unary.SIGMOID, x);
  }

  /** Returns {@code log(sigmoid(x))}, exact far below 0. TensorFlow: log_sigmoid. */
  default Output logSigmoid(Object x) {
    Output input = operand(x);
    return scope("LogSigmoid", () -> tf().negative(tf().nn.softplus(tf().negative(input))));
  }

  /** Returns the Gauss error function, of a floating type. TensorFlow: Erf. */
  default Output erf(Object x) {
    return result(Unary.ERF, x);
  }

  /** Returns {@code 1 - erf(x)}, exact for large x. TensorFlow: Erfc. */
  default Output erfc(Object x) {
    return result(Unary.ERFC, x);
  }

  /** Returns the greatest integer not above x, of a floating type. TensorFlow: Floor. */
  default Output floor(Object x) {
    return result(Unary.FLOOR, x);
  }

  /** Returns the least integer not below x, of a floating type. TensorFlow: Ceil. */
  default Output ceil(Object x) {
    return result(Unary.CEIL, x);
  }

  /**
   * Returns the nearest integer, halves to the even one; integers as they are. TensorFlow: Round,
   * which is left out for integers.
   */
  default Output round(Object x) {
    Output input = operand(x);
    return input.dtype().isInteger() ? input : result(Unary.ROUND, input);
  }

  /** Returns the nearest integer, halves to the even one; of a floating type. TensorFlow: Rint. */
  default Output rint(Object x) {
    return result(Unary.RINT, x);
  }

  /** Returns the negation of booleans. TensorFlow: LogicalNot. */
  default Output logicalNot(Object x) {
    return result(Unary.LOGICAL_NOT, x);
  }

  /** Returns where x is not a number, as booleans. TensorFlow: IsNan. */
  default Output isNan(Object x) {
    return result(Unary.IS_NAN, x);
  }

  /** Returns where x is an infinity, as booleans. TensorFlow: IsInf. */
  default Output isInf(Object x) {
    return result(Unary.IS_INF, x);
  }

  /** Returns where x is neither NaN nor an infinity, as booleans. TensorFlow: IsFinite. */
  default Output isFinite(Object x) {
    return result(Unary.IS_FINITE, x);
  }

  /** The functions of one tensor that are not trigonometric or hyperbolic. */
  enum Unary implements Elementwise {
    NEG(Row.unary("Neg", SIGNED, Scalar::negate).derivative((tf, x, y, dy) -> tf.negative(dy))),
    ABS(
        Row.unary("Abs", SIGNED, Scalar::abs)
            .derivative((tf, x, y, dy) -> tf.multiply(dy, tf.sign(x)))),
    SIGN(
        Row.unary("Sign", SIGNED, x -> x.apply(UnaryFn.SIGN))
            .derivative((tf, x, y, dy) -> tf.zerosLike(x))),
    EXP(Row.unary("Exp", FLOATING, Scalar::exp).derivative((tf, x, y, dy) -> tf.multiply(dy, y))),
    EXPM1(
        Row.unary("Expm1", FLOATING, x -> x.apply(UnaryFn.EXPM1))
            .derivative((tf, x, y, dy) -> tf.multiply(dy, tf.exp(x)))),
    LOG(
        Row.unary("Log", FLOATING, Scalar::log)
            .within(0, 0.25, 4)
            .derivative((tf, x, y, dy) -> tf.divide(dy, x))),
    LOG1P(
        Row.unary("Log1p", FLOATING, Scalar::log1p)
            .within(0, -0.75, 3)
            .derivative((tf, x, y, dy) -> tf.divide(dy, tf.add(1, x)))),
    SQRT(
        Row.unary("Sqrt", FLOATING, Scalar::sqrt)
            .within(0, 0.25, 4)
            .derivative((tf, x, y, dy) -> tf.result(UnaryGradientOps.Slope.SQRT, y, dy))),
    RSQRT(
        Row.unary("Rsqrt", FLOATING, x -> x.sqrt().reciprocal())
            .within(0, 0.25, 4)
            .derivative((tf, x, y, dy) -> tf.result(UnaryGradientOps.Slope.RSQRT, y, dy))),
    RECIPROCAL(
        Row.unary("Reciprocal", FLOATING, Scalar::reciprocal)
            .alias("Inv")
            .within(0, 0.25, 4)
            .derivative((tf, x, y, dy) -> tf.result(UnaryGradientOps.Slope.RECIPROCAL, y, dy))),
    SQUARE(
        Row.unary("Square", NUMERIC, Scalar::square)
            .derivative((tf, x, y, dy) -> tf.multiply(dy, tf.multiply(x, 2)))),
    SIGMOID(
        Row.unary("Sigmoid", FLOATING, Scalar::sigmoid)
            .derivative((tf, x, y, dy) -> tf.multiply(dy, slopeOfSigmoid(tf, x, y)))),
    ERF(
        Row.unary("Erf", FLOATING, x -> x.apply(UnaryFn.ERF))
            .derivative((tf, x, y, dy) -> bell(tf, 2 / Math.sqrt(Math.PI), x, dy))),
    ERFC(
        Row.unary("Erfc", FLOATING, x -> x.apply(UnaryFn.ERFC))
            .derivative((tf, x, y, dy) -> bell(tf, -2 / Math.sqrt(Math.PI), x, dy))),
    FLOOR(step("Floor", FLOATING, UnaryFn.FLOOR)),
    CEIL(step("Ceil", FLOATING, UnaryFn.CEIL)),
    /** TensorFlow's operation, though not its function {@code tf.round}, makes integers zeros. */
    ROUND(
        Row.unary(
                "Round", SIGNED, x -> x.type().isFloating() ? x.apply(UnaryFn.RINT) : x.constant(0))
            .notDifferentiable("its result is constant between jumps")),
    RINT(step("Rint", FLOATING, UnaryFn.RINT)),
    LOGICAL_NOT(predicate("LogicalNot", BOOLEAN, UnaryFn.NOT)),
    IS_NAN(predicate("IsNan", FLOATING, UnaryFn.IS_NAN)),
    IS_INF(
        Row.unary(
                "IsInf",
                FLOATING,
                x ->
                    x.apply(UnaryFn.IS_NAN)
                        .apply(UnaryFn.NOT)
                        .and(x.apply(UnaryFn.IS_FINITE).apply(UnaryFn.NOT)))
            .notDifferentiable("its result is boolean")),
    IS_FINITE(predicate("IsFinite", FLOATING, UnaryFn.IS_FINITE));

    private final Row row;

    Unary(Row row) {
      this.row = row;
    }

    @Override
    public Row row() {
      return row;
    }

    private static Row step(String type, TypeSet types, UnaryFn fn) {
      return Row.unary(type, types, x -> x.apply(fn))
          .notDifferentiable("its result is constant between jumps");
    }

    private static Row predicate(String type, TypeSet types, UnaryFn fn) {
      return Row.unary(type, types, x -> x.apply(fn)).notDifferentiable("its result is boolean");
    }

    private static Output bell(Ops tf, double height, Output x, Output dy) {
      // 0 long before 40, also times powers of x, and infinite ones do not spoil it.
      Output near = tf.clipByValue(x, -40, 40);
      return tf.multiply(dy, tf.multiply(height, tf.exp(tf.negative(tf.square(near)))));
    }

    /**
     * Returns the derivative of the sigmoid y: the value of {@code y (1 - y)}, the second factor
     * from x, with the derivatives of what says the same of the hyperbolic tangent. So it keeps its
     * digits in both tails, and its derivatives theirs near 0 too.
     */
    public static Output slopeOfSigmoid(Ops tf, Output x, Output y) {
      Output half = tf.tanh(tf.multiply(x, 0.5));
      Output plain = tf.multiply(0.25, tf.subtract(1, tf.square(half)));
      Output exact = tf.multiply(y, tf.sigmoid(tf.negative(x)));
      return tf.add(plain, tf.stopGradient(tf.subtract(exact, plain)));
    }

    static List<Example> examples() {
      return Elementwise.examples(values());
    }
  }
}
