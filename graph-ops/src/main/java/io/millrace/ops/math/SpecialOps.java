package io.millrace.ops.math;

import static io.millrace.op.TypeSet.FLOATING;

import io.millrace.Output;
import io.millrace.ir.Scalar;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/** Special functions of floating tensors, element by element, computed in double precision. */
public interface SpecialOps extends Building {

  /** Returns the logarithm of the absolute value of the gamma function. TensorFlow: Lgamma. */
  default Output lgamma(Object x) {
    return result(Special.LGAMMA, x);
  }

  /**
   * Returns the derivative of {@link #lgamma}: at 0 the limit from the side that the zero's sign
   * says, an infinity, and NaN at -1, -2, ..., where the limits differ. TensorFlow: Digamma.
   */
  default Output digamma(Object x) {
    return result(Special.DIGAMMA, x);
  }

  /** Returns the inverse of the error function; NaN outside [-1, 1]. TensorFlow: Erfinv. */
  default Output erfinv(Object x) {
    return result(Special.ERFINV, x);
  }

  /**
   * Returns the quantile of the standard normal distribution, the inverse of its distribution
   * function; NaN outside [0, 1]. TensorFlow: Ndtri.
   */
  default Output ndtri(Object p) {
    return result(Special.NDTRI, p);
  }

  /**
   * Returns Hurwitz's zeta function, the sum of {@code (q + k)^-x} over k = 0, 1, ...; NaN for x
   * below 1. TensorFlow: Zeta.
   */
  default Output zeta(Object x, Object q) {
    return result(Series.ZETA, x, q);
  }

  /**
   * Returns the derivative of {@link #digamma} of the order that a says, a whole number.
   * TensorFlow: Polygamma.
   */
  default Output polygamma(Object a, Object x) {
    return result(Series.POLYGAMMA, a, x);
  }

  /**
   * Returns the logarithm of the absolute value of the beta function of vectors along the last
   * axis, which is dropped. TensorFlow: lbeta.
   */
  default Output lbeta(Object x) {
    Output input = operand(x);
    return scope(
        "lbeta",
        () -> {
          Ops tf = tf();
          Output product = tf.reduceSum(tf.lgamma(input), -1);
          return tf.subtract(product, tf.lgamma(tf.reduceSum(input, -1)));
        });
  }

  /** The functions of one tensor. */
  enum Special implements Elementwise {
    LGAMMA(
        row("Lgamma", GammaFunctions::logGamma)
            .within(0, 0.25, 4)
            .derivative((tf, x, y, dy) -> tf.multiply(dy, tf.digamma(x)))),
    DIGAMMA(
        row("Digamma", GammaFunctions::digamma)
            .within(0, 0.5, 4)
            .derivative((tf, x, y, dy) -> tf.multiply(dy, tf.polygamma(tf.onesLike(x), x)))),
    ERFINV(
        Row.unary("Erfinv", FLOATING, Special::inverseErf)
            .within(0, -0.95, 0.95)
            .derivative((tf, x, y, dy) -> bell(tf, Math.sqrt(Math.PI) / 2, tf.square(y), dy))),
    NDTRI(
        row("Ndtri", Special::quantile)
            .within(0, 0.05, 0.95)
            .derivative(
                (tf, x, y, dy) ->
                    bell(tf, Math.sqrt(2 * Math.PI), tf.multiply(tf.square(y), 0.5), dy)));

    private final Row row;

    Special(Row row) {
      this.row = row;
    }

    @Override
    public Row row() {
      return row;
    }

    private static Row row(String type, UnaryOperator<Scalar> value) {
      return Row.unary(type, FLOATING, x -> value.apply(x.cast(DType.FLOAT64)).cast(x.type()));
    }

    /** The error function is the normal distribution function moved and stretched. */
    private static Scalar inverseErf(Scalar x) {
      Scalar wide = x.cast(DType.FLOAT64);
      Scalar outer = wide.abs().negate().plus(1).times(0.5);
      return NormalQuantile.at(wide.times(0.5), outer).times(Math.sqrt(0.5)).cast(x.type());
    }

    private static Scalar quantile(Scalar p) {
      return NormalQuantile.at(p.minus(0.5), p.min(p.negate().plus(1)));
    }

    private static Output bell(Ops tf, double height, Output exponent, Output dy) {
      return tf.multiply(tf.multiply(dy, height), tf.exp(exponent));
    }

    static List<Example> examples() {
      return Elementwise.examples(values());
    }
  }

  /** The functions given by a series, of an order and a point; differentiable by the point. */
  enum Series implements Elementwise {
    ZETA("Zeta", "x", "q", GammaFunctions::zeta),
    POLYGAMMA("Polygamma", "a", "x", GammaFunctions::polygamma);

    private final Row row;

    Series(String type, String order, String point, BinaryOperator<Scalar> value) {
      row =
          Row.binary(
                  type,
                  FLOATING,
                  (x, y) ->
                      value.apply(x.cast(DType.FLOAT64), y.cast(DType.FLOAT64)).cast(x.type()))
              .named(order, point);
    }

    @Override
    public Row row() {
      return row;
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output order = call.input(0);
      Output point = call.input(1);
      Output slope = tf.result(this, tf.add(order, 1), point);
      if (this == ZETA) {
        slope = tf.multiply(tf.negative(order), slope);
      }
      Output full = tf.multiply(call.gradient(), slope);
      return Gradients.of(
          List.of(
              Optional.empty(),
              Optional.of(Broadcasting.sumTo(full, point, call.output(0), List.of(order)))),
          "TensorFlow has no derivative by the order");
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (Series op : values()) {
        Literal order = Literal.scalar(DType.FLOAT64, op == ZETA ? 2.5 : 2);
        Literal single = Literal.scalar(DType.FLOAT32, 3);
        examples.add(Example.accepts(op).with(order).within(0.5, 4, DType.FLOAT64, 2, 3));
        examples.add(Example.accepts(op).with(single).within(-3.5, 4, DType.FLOAT32, 9));
        examples.add(Example.accepts(op).with(order).within(9, 20, DType.FLOAT64));
        examples.add(
            Example.rejects(op, "do not broadcast").with(DType.FLOAT32, 2).with(DType.FLOAT32, 3));
      }
      return examples;
    }
  }
}
