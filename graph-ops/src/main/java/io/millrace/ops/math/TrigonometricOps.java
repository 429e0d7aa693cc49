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
            .derivative((tf, x, y, dy) -> tf.multiply(dy, tf.reciprocal(tf.add(1, tf.square(x)))))),
    SINH(row("Sinh", UnaryFn.SINH).derivative((tf, x, y, dy) -> tf.multiply(dy, tf.cosh(x)))),
    COSH(row("Cosh", UnaryFn.COSH).derivative((tf, x, y, dy) -> tf.multiply(dy, tf.sinh(x)))),
    TANH(
        row("Tanh", UnaryFn.TANH)
            .derivative((tf, x, y, dy) -> tf.result(UnaryGradientOps.Slope.TANH, y, dy))),
    ASINH(row("Asinh", UnaryFn.ASINH).derivative((tf, x, y, dy) -> tf.divide(dy, tf.cosh(y)))),
    ACOSH(
        row("Acosh", UnaryFn.ACOSH)
            .within(0, 1.25, 4)
            .derivative((tf, x, y, dy) -> tf.divide(dy, tf.sinh(y)))),
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

    private static Output oneMinusSquare(Ops tf, Output x) {
      return tf.subtract(1, tf.square(x));
    }

    static List<Example> examples() {
      return Elementwise.examples(values());
    }
  }
}
