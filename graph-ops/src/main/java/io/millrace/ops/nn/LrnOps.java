package io.millrace.ops.nn;

import io.millrace.Output;
import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.ConvOptions;
import io.millrace.ops.Ops;
import io.millrace.ops.math.Broadcasting;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/** Normalising each element of images by its neighbours in other channels. */
public interface LrnOps extends Building {

  /**
   * Returns {@code x / (bias + alpha * s) ^ beta} of {@code [n,h,w,c]}, s being the sum of the
   * squares in the channels at most {@code depthRadius} away. TensorFlow: LRN.
   */
  default Output localResponseNormalization(
      Object x, int depthRadius, float bias, float alpha, float beta) {
    return result(new LRN(depthRadius, bias, alpha, beta), x);
  }

  /** Images divided by a power of the squares around each element. */
  record LRN(int depthRadius, float bias, float alpha, float beta) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input: T in floating")
            .optional("depth_radius", 5)
            .optional("bias", 1f)
            .optional("alpha", 1f)
            .optional("beta", 0.5f);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.require(depthRadius >= 0, "the radius must not be negative, but is %d", depthRadius);
      return List.of(in.type(0).withShape(in.requireRank(0, 4)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output x = call.input(0);
      Output dy = call.gradient();
      Output norm = tf.add(tf.multiply(around(tf, tf.square(x)), alpha), bias);
      Output power = tf.pow(norm, -beta);
      Output sums = around(tf, tf.multiply(tf.multiply(dy, x), tf.divide(power, norm)));
      return Gradients.of(
          tf.subtract(tf.multiply(dy, power), tf.multiply(tf.multiply(x, 2 * alpha * beta), sums)));
    }

    /** Sums over the channels around each, as a convolution along them. */
    private Output around(Ops tf, Output x) {
      Output shape = Broadcasting.shapeOf(x);
      Output channels = tf.slice(shape, new long[] {3}, new long[] {1});
      Output lines =
          tf.reshape(x, tf.concat(List.of(new int[] {-1}, channels, new int[] {1, 1}), 0));
      Output ones = tf.ones(x.dtype(), 2L * depthRadius + 1, 1, 1, 1);
      ConvOptions options = ConvOptions.explicit(depthRadius, depthRadius, 0, 0);
      return tf.reshape(tf.nn.conv2d(lines, ones, options), shape);
    }

    @Override
    public void lower(Lowering to) {
      Value x = to.input(0);
      Shape shape = x.type().shape();
      long channels = shape.dim(3);
      long radius = Math.min(depthRadius, channels);
      long pixels = channels == 0 ? 0 : shape.size() / channels;
      long line = channels + 2 * radius;
      Shape lines = Shape.of(pixels, line);
      DType dtype = x.type().dtype();
      Value padded =
          to.emit(
              new Primitive.Move(
                  List.of(
                      new Primitive.Move.Piece(
                          0,
                          Shape.of(pixels, channels),
                          View.of(0, channels, 1),
                          View.of(radius, line, 1))),
                  Optional.of(new ScalarFunction.Constant(dtype, 0))),
              List.of(x),
              x.type().withShape(lines));
      ScalarBuilder builder = new ScalarBuilder();
      ScalarFunction square = builder.build(List.of(builder.parameter(dtype).square()));
      Shape kept = Shape.of(pixels, channels);
      Value sums =
          to.emit(
              new Primitive.Reduce(
                  Reduction.SUM,
                  square,
                  kept.concat(Shape.of(2 * radius + 1)),
                  2,
                  List.of(View.of(0, line, 1, 1))),
              List.of(padded),
              x.type().withShape(kept));
      to.output(0, to.map(x, to.reshape(sums, shape), this::divide));
    }

    private Scalar divide(Scalar x, Scalar sum) {
      return x.times(sum.times(alpha).plus(bias).pow(x.constant(-beta)));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new LRN(1, 1, 0.5f, 0.75f)).with(DType.FLOAT64, 1, 2, 2, 5),
          Example.accepts(new LRN(5, 2, 1, 0.5f)).with(DType.FLOAT64, 2, 1, 2, 3),
          Example.accepts(new LRN(0, 1, 1, 0.5f)).with(DType.FLOAT32, 1, 1, 2, 3),
          Example.accepts(new LRN(2, 1, 1, 0.5f)).with(DType.FLOAT32, 0, 1, 2, 3),
          Example.rejects(new LRN(-1, 1, 1, 1), "the radius must not be negative, but is -1")
              .with(DType.FLOAT32, 1, 1, 1, 1),
          Example.rejects(new LRN(1, 1, 1, 1), "input 0 must have 4 axes").with(DType.FLOAT32, 3));
    }
  }
}
