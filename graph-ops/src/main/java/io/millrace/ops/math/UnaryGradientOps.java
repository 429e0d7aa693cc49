package io.millrace.ops.math;

import static io.millrace.op.TypeSet.FLOATING;

import io.millrace.ir.Scalar;
import io.millrace.op.Example;
import io.millrace.op.Inference;
import io.millrace.ops.Building;
import io.millrace.ops.building.Sizes;
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;

/** Gradients that are operations of their own, as functions of a result and what arrives at it. */
public interface UnaryGradientOps extends Building {

  /**
   * For {@code y = f(x)}, the gradient with respect to x as a function of y and of dy. Here a is y,
   * b is dy, and dz arrives at the gradient itself.
   *
   * <p>As in TensorFlow a dy of 0 gives 0 even where the slope of a root or a reciprocal is not
   * finite.
   */
  enum Slope implements Elementwise {
    SQRT(
        root("SqrtGrad", (y, dy) -> dy.times(0.5).dividedBy(y))
            .derivatives(
                (tf, a, b, z, dz) -> {
                  var ratio = tf.divide(dz, a);
                  return List.of(tf.negative(tf.multiply(ratio, z)), tf.multiply(ratio, 0.5));
                })),
    RSQRT(
        root("RsqrtGrad", (y, dy) -> dy.times(y).times(y).times(y).times(-0.5))
            .derivatives(
                (tf, a, b, z, dz) ->
                    List.of(
                        tf.multiply(tf.multiply(dz, -1.5), tf.multiply(b, tf.square(a))),
                        tf.result(rsqrt(), a, dz)))),
    RECIPROCAL(
        root("ReciprocalGrad", (y, dy) -> dy.times(y).times(y).negate())
            .alias("InvGrad")
            .derivatives(
                (tf, a, b, z, dz) ->
                    List.of(
                        tf.multiply(tf.multiply(dz, -2), tf.multiply(b, a)),
                        tf.result(reciprocal(), a, dz)))),
    SIGMOID(
        row("SigmoidGrad", (y, dy) -> dy.times(y).times(y.constant(1).minus(y)))
            .derivatives(
                (tf, a, b, z, dz) -> {
                  var both = tf.multiply(dz, b);
                  return List.of(
                      tf.multiply(both, tf.subtract(1, tf.multiply(a, 2))),
                      tf.result(sigmoid(), a, dz));
                })),
    TANH(
        row("TanhGrad", (y, dy) -> dy.times(y.constant(1).minus(y)).times(y.plus(1)))
            .derivatives(
                (tf, a, b, z, dz) ->
                    List.of(
                        tf.multiply(tf.multiply(dz, -2), tf.multiply(b, a)),
                        tf.result(tanh(), a, dz))));

    private final Row row;

    Slope(Row row) {
      this.row = row;
    }

    @Override
    public Row row() {
      return row;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Sizes.requireResult(in, in.shape(0), in.shape(1));
      return Elementwise.super.infer(in);
    }

    private static Row row(String type, BinaryOperator<Scalar> value) {
      return Row.binary(type, FLOATING, value).named("y", "dy");
    }

    private static Row root(String type, BinaryOperator<Scalar> value) {
      return row(type, (y, dy) -> Elementwise.unlessZero(dy, value.apply(y, dy)));
    }

    // A constant's initializer must not name the constant itself; a method may.

    private static Slope rsqrt() {
      return RSQRT;
    }

    private static Slope reciprocal() {
      return RECIPROCAL;
    }

    private static Slope sigmoid() {
      return SIGMOID;
    }

    private static Slope tanh() {
      return TANH;
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (Slope slope : values()) {
        examples.add(slope.accepts(DType.FLOAT32, 2, 3));
        examples.add(slope.accepts(DType.FLOAT64, 2, 3));
        examples.add(slope.accepts(DType.FLOAT64));
        examples.add(slope.accepts(DType.FLOAT32, 0, 3));
        examples.add(
            Example.rejects(slope, "a gradient of shape [3] does not fit a result of [2,3]")
                .with(DType.FLOAT32, 2, 3)
                .with(DType.FLOAT32, 3));
      }
      return examples;
    }

    private Example accepts(DType dtype, long... dims) {
      return Example.accepts(this).within(0.5, 2, dtype, dims).with(dtype, dims);
    }
  }
}
