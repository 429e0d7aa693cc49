package io.millrace.ops.math;

import static io.millrace.op.TypeSet.FLOATING;

import io.millrace.Output;
import io.millrace.ir.UnaryFn;
import io.millrace.op.Example;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import java.util.List;

/** Trigonometric and hyperbolic functions of one floating tensor, element by element. */
public interface TrigonometricOps extends Building {

  /** Returns the sine of radians. TensorFlow: Sin. */
  default Output sin(Object x) {
    return result(Trigonometric.SIN, x);
  }

  /** Returns the cosine of radians. TensorFlow: Cos. */
  default Output cos(Object x) {
    return result(Trigonometric.COS, x);
  }

  /** Returns the tangent of radians. TensorFlow: Tan. */
  default Output tan(Object x) {
    return result(Trigonometric.TAN, x);
  }

  /** Returns the angle in radians, within a quarter turn of 0. TensorFlow: Asin. */
  default Output asin(Object x) {
    return result(Trigonometric.ASIN, x);
  }

  /** Returns the angle in radians, from 0 to a half turn. TensorFlow: Acos. */
  default Output acos(Object x) {
    return result(Trigonometric.ACOS, x);
  }

  /** Returns the angle in radians, within a quarter turn of 0. TensorFlow: Atan. */
  default Output atan(Object x) {
    return result(Trigonometric.ATAN, x);
  }

  /** Returns the hyperbolic sine. TensorFlow: Sinh. */
  default Output sinh(Object x) {
    return result(Trigonometric.SINH, x);
  }

  /** Returns the hyperbolic cosine. TensorFlow: Cosh. */
  default Output cosh(Object x) {
    return result(Trigonometric.COSH, x);
  }

  /** Returns the hyperbolic tangent. TensorFlow: Tanh. */
  default Output tanh(Object x) {
    return result(Trigonometric.TANH, x);
  }

  /** Returns the inverse of the hyperbolic sine. TensorFlow: Asinh. */
  default Output asinh(Object x) {
    return result(Trigonometric.ASINH, x);
  }

  /** Returns the inverse of the hyperbolic cosine; NaN below 1. TensorFlow: Acosh. */
  default Output acosh(Object x) {
    return result(Trigonometric.ACOSH, x);
  }

  /** Returns the inverse of the hyperbolic tangent; NaN outside [-1, 1]. TensorFlow: Atanh. */
  default Output atanh(Object x) {
    return result(Trigonometric.ATANH, x);
  }

  /** The trigonometric and hyperbolic functions. */
  enum Trigonometric implements Elementwise {
    SIN(row("Sin", UnaryFn.SIN).derivative((tf, x, y, dy) -> tf.multiply(dy, tf.cos(x)))),
    COS(
        row("Cos", UnaryFn.COS)
            .derivative((tf, x, y, dy) -> tf.negative(tf.multiply(dy, tf.sin(x))))),
    TAN(
        row("Tan", UnaryFn.TAN)
            .within(0, -1, 1)
            .derivative((tf, x, y, dy) -> tf.multiply(dy, tf.square(tf.reciprocal(tf.cos(x)))))),
    ASIN(
        row("Asin", UnaryFn.ASIN)
            .within(0, -0.75, 0.75)
            .derivative((tf, x, y, dy) -> tf.multiply(dy, tf.rsqrt(oneMinusSquare(tf, x))))),
    ACOS(
        row("Acos", UnaryFn.ACOS)
            .within(0, -0.75, 0.75)
            .derivative(
                (tf, x, y, dy) -> tf.negative(tf.multiply(dy, tf.rsqrt(oneMinusSquare(tf, x)))))),
    ATAN(
        row("Atan", UnaryFn.ATAN)
            .derivative(
                (tf, x, y, dy) -> {
                  // 1 / (1 + x^2)
                  Output u = bounded(tf, x);
                  return tf.multiply(dy, tf.divide(tf.square(u), squares(tf, x, u)));
                })),
    SINH(row("Sinh", UnaryFn.SINH).derivative((tf, x, y, dy) -> tf.multiply(dy, tf.cosh(x)))),
    COSH(row("Cosh", UnaryFn.COSH).derivative((tf, x, y, dy) -> tf.multiply(dy, tf.sinh(x)))),
    TANH(
        row("Tanh", UnaryFn.TANH)
            .derivative((tf, x, y, dy) -> tf.multiply(dy, slopeOfTanh(tf, x, y)))),
    ASINH(
        row("Asinh", UnaryFn.ASINH)
            .derivative(
                (tf, x, y, dy) -> {
                  // 1 / sqrt(1 + x^2)
                  Output u = bounded(tf, x);
                  return tf.multiply(dy, tf.multiply(u, tf.rsqrt(squares(tf, x, u))));
                })),
    ACOSH(
        row("Acosh", UnaryFn.ACOSH)
            .within(0, 1.25, 4)
            .derivative(
                (tf, x, y, dy) -> {
                  Output roots = tf.multiply(tf.rsqrt(tf.subtract(x, 1)), tf.rsqrt(tf.add(x, 1)));
                  return tf.multiply(dy, roots);
                })),
    ATANH(
        row("Atanh", UnaryFn.ATANH)
            .within(0, -0.75, 0.75)
            .derivative((tf, x, y, dy) -> tf.multiply(dy, tf.reciprocal(oneMinusSquare(tf, x)))));

    private final Row row;

    Trigonometric(Row row) {
      this.row = row;
    }

    @Override
    public Row row() {
      return row;
    }

    private static Row row(String type, UnaryFn fn) {
      return Row.unary(type, FLOATING, x -> x.apply(fn));
    }

    /**
     * Returns the derivative of the hyperbolic tangent y: the value of the squared secant of x,
     * since where y is rounded to 1, nothing is left of {@code 1 - y^2}; with the derivatives of
     * the latter, which are products with y and overflow nowhere.
     */
    static Output slopeOfTanh(Ops tf, Output x, Output y) {
      Output plain = tf.subtract(1, tf.square(y));
      Output twice = tf.multiply(2, x);
      // The square of the secant: two divisions of one exponential, which does not overflow.
      Output exact = tf.multiply(4, tf.multiply(tf.sigmoid(twice), tf.sigmoid(tf.negative(twice))));
      return tf.add(plain, tf.stopGradient(tf.subtract(exact, plain)));
    }

    /** Returns 1, or beyond 1 the reciprocal of x, positive, whose square does not overflow. */
    private static Output bounded(Ops tf, Output x) {
      return tf.reciprocal(tf.maximum(1, tf.abs(x)));
    }

    /** Returns {@code 1 + x^2}, beyond 1 divided by the square of x. */
    private static Output squares(Ops tf, Output x, Output bounded) {
      return tf.add(tf.square(bounded), tf.square(tf.minimum(tf.abs(x), 1)));
    }

    /**
     * Returns the value of {@code (1 - x) (1 + x)}, which keeps the digits near 1, with the
     * derivatives of {@code 1 - x^2}, which keep them near 0.
     */
    private static Output oneMinusSquare(Ops tf, Output x) {
      Output plain = tf.subtract(1, tf.square(x));
      Output exact = tf.multiply(tf.subtract(1, x), tf.add(1, x));
      return tf.add(plain, tf.stopGradient(tf.subtract(exact, plain)));
    }

    static List<Example> examples() {
      return Elementwise.examples(values());
    }
  }
}
