package io.millrace.ops.nn;

import io.millrace.Output;
import io.millrace.ir.Reduction;
import io.millrace.ir.Value;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.DataFormat;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Shapes;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Normalisations of old graphs, and gradients that training graphs hold as operations. */
public interface NormalizationGradientOps extends Building {

  /** Returns the gradients by images, scale and offset as functions of tensors. */
  private static List<Output> said(FusedBatchNormGrad op, Gradient call) {
    Ops tf = Ops.of(call.graph());
    List<Output> in = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      in.add(tf.identity(call.input(i)));
    }
    in.addAll(op.said(tf, in));
    return in;
  }

  /**
   * The gradients of {@link NormalizationOps.FusedBatchNorm} by images, scale and offset.
   *
   * <p>Inputs are what arrives (0), the images (1), the scale (2), and the mean and the variance
   * that normalised (3 and 4): in training those of the batch. V3 has one input more, which counts
   * for nothing. Outputs 3 and 4 are empty. Source: arXiv:1502.03167.
   */
  record FusedBatchNormGrad(
      Version version, float epsilon, DataFormat dataFormat, boolean isTraining) implements Op {
    /** Lists the operations of this kind; they differ in their inputs. */
    public enum Version {
      V1("FusedBatchNormGrad", "T"),
      V2("FusedBatchNormGradV2", "U"),
      V3("FusedBatchNormGradV3", "U");

      private final String type;
      private final Signature signature;

      Version(String type, String statistics) {
        List<String> inputs =
            new ArrayList<>(
                List.of(
                    "y_backprop: T in floating",
                    "x: T",
                    "scale: " + statistics,
                    "reserve_space_1: " + statistics,
                    "reserve_space_2: " + statistics));
        if (type.endsWith("V3")) {
          inputs.add("reserve_space_3: " + statistics);
        }
        this.type = type;
        this.signature =
            Signature.of(inputs.toArray(String[]::new))
                .told("version")
                .optional("epsilon", 0.0001f)
                .optional("data_format", DataFormat.NHWC)
                .optional("is_training", true);
      }
    }

    @Override
    public String type() {
      return version.type;
    }

    @Override
    public Signature signature() {
      return version.signature;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      DType dtype = in.dtype(1);
      in.require(in.dtype(2) == dtype, "x must be %s as the scale is, not %s", in.dtype(2), dtype);
      in.require(in.dtype(3) == dtype, "x must be %s as the mean is, not %s", in.dtype(3), dtype);
      Shape x = in.requireRank(1, 4);
      in.require(
          x.isCompatibleWith(in.requireRank(0, 4)),
          "what arrives has shape %s, the images %s",
          in.shape(0),
          x);
      long channels = dataFormat.toLast(x).dim(-1);
      for (int i = 2; i < 5; i++) {
        long own = in.requireRank(i, 1).dim(0);
        channels =
            Shapes.equal(
                in, channels, own, "input %d is for %d channels, not %d", i, own, channels);
      }
      TensorType each = TensorType.of(dtype, channels);
      TensorType none = TensorType.of(dtype, 0);
      Shape images = dataFormat.fromLast(dataFormat.toLast(x).with(-1, channels));
      return List.of(in.type(1).withShape(images), each, each, none, none);
    }

    /** Returns the axes that statistics run over. */
    private int[] axes() {
      return dataFormat == DataFormat.NHWC ? new int[] {0, 1, 2} : new int[] {0, 2, 3};
    }

    private List<Output> said(Ops tf, List<Output> in) {
      Output factor = tf.rsqrt(tf.add(in.get(4), epsilon));
      Output centred = tf.subtract(in.get(1), spread(tf, in.get(3)));
      Output product = tf.reduceSum(tf.multiply(in.get(0), centred), axes());
      Output sum = tf.reduceSum(in.get(0), axes());
      Output left = in.get(0);
      if (isTraining) {
        Output each =
            tf.maximum(tf.divide(tf.size(in.get(1)), tf.maximum(tf.size(in.get(2)), 1)), 1);
        Output size = tf.cast(each, in.get(1).dtype());
        Output slope = tf.divide(tf.multiply(product, tf.square(factor)), size);
        left =
            tf.subtract(
                tf.subtract(left, spread(tf, tf.divide(sum, size))),
                tf.multiply(centred, spread(tf, slope)));
      }
      return List.of(
          tf.multiply(left, spread(tf, tf.multiply(in.get(2), factor))),
          tf.multiply(product, factor),
          sum);
    }

    /** Returns a vector of channels in the shape that broadcasts over the images. */
    private Output spread(Ops tf, Output vector) {
      return dataFormat == DataFormat.NHWC ? vector : tf.reshape(vector, 1, -1, 1, 1);
    }

    @Override
    public Gradients gradient(Gradient call) {
      List<Output> nodes = NormalizationGradientOps.said(this, call);
      return throughOperations(call, nodes.subList(0, 5), nodes.subList(5, 8));
    }

    @Override
    public void lower(Lowering to) {
      Value dy = to.input(0);
      Value x = to.input(1);
      Shape images = x.type().shape();
      int axis = dataFormat.channelAxis(4);
      long channels = images.dim(axis);
      Shape spread = Shape.of(1, 1, 1, 1).with(axis, channels);
      List<Integer> axes = Arrays.stream(axes()).boxed().toList();
      double size = Math.max(1, channels == 0 ? 0 : images.size() / channels);
      Value mean = to.reshape(to.input(3), spread);
      Value sum = to.reduce(Reduction.SUM, dy, axes, false);
      Value product =
          to.reduce(
              Reduction.SUM,
              List.of(dy, x, mean),
              axes,
              false,
              (b, s) -> s.get(0).times(s.get(1).minus(s.get(2))));
      Value factor = to.map(to.input(4), s -> s.plus(epsilon).sqrt().reciprocal());
      Value factors = to.reshape(factor, spread);
      Value scales = to.reshape(to.input(2), spread);
      Value dx =
          isTraining
              ? to.map(
                  List.of(
                      dy,
                      x,
                      mean,
                      factors,
                      scales,
                      to.reshape(sum, spread),
                      to.reshape(product, spread)),
                  s -> {
                    var slope =
                        s.get(6).times(s.get(3).square()).dividedBy(s.get(0).constant(size));
                    return s.get(0)
                        .minus(s.get(5).dividedBy(s.get(0).constant(size)))
                        .minus(s.get(1).minus(s.get(2)).times(slope))
                        .times(s.get(4).times(s.get(3)));
                  })
              : to.map(List.of(dy, factors, scales), s -> s.get(0).times(s.get(2).times(s.get(1))));
      to.output(0, dx);
      to.output(1, to.map(product, factor, (p, f) -> p.times(f)));
      to.output(2, sum);
      for (int i = 3; i < 5; i++) {
        to.output(i, to.map(Shape.of(0), List.of(to.scalar(x.type().dtype(), 0)), s -> s.get(0)));
      }
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (Version version : Version.values()) {
        for (boolean training : new boolean[] {true, false}) {
          Op last = new FusedBatchNormGrad(version, 0.1f, DataFormat.NHWC, training);
          Op first = new FusedBatchNormGrad(version, 0.1f, DataFormat.NCHW, training);
          examples.add(
              statistics(
                  Example.accepts(last)
                      .with(DType.FLOAT32, 2, 2, 1, 3)
                      .with(DType.FLOAT32, 2, 2, 1, 3),
                  version,
                  3));
          examples.add(
              statistics(
                  Example.accepts(first)
                      .with(DType.FLOAT32, 2, 2, 1, 3)
                      .with(DType.FLOAT32, 2, 2, 1, 3),
                  version,
                  2));
        }
      }
      Op v3 = new FusedBatchNormGrad(Version.V3, 0.1f, DataFormat.NHWC, true);
      examples.add(
          statistics(
              Example.accepts(v3).with(DType.FLOAT32, 0, 2, 1, 3).with(DType.FLOAT32, 0, 2, 1, 3),
              Version.V3,
              3));
      examples.add(
          statistics(
              Example.rejects(v3, "input 2 is for 2 channels, not 3")
                  .with(DType.FLOAT32, 2, 2, 1, 3)
                  .with(DType.FLOAT32, 2, 2, 1, 3),
              Version.V3,
              2));
      return examples;
    }

    private static Example statistics(Example images, Version version, long channels) {
      Example all =
          images
              .with(DType.FLOAT32, channels)
              .with(DType.FLOAT32, channels)
              .within(0.5, 2, DType.FLOAT32, channels);
      return version == Version.V3 ? all.with(DType.FLOAT32, 0) : all;
    }
  }

  /** Returns the gradients of an operation by copies of its inputs, from results said anew. */
  private static Gradients throughOperations(
      Gradient call, List<Output> inputs, List<Output> results) {
    List<Output> ys = new ArrayList<>();
    List<Output> arriving = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      Optional<Output> gradient = call.gradient(i);
      if (gradient.isPresent()) {
        ys.add(results.get(i));
        arriving.add(gradient.get());
      }
    }
    return Gradients.of(
        Ops.of(call.graph()).gradientsIfConnected(ys, inputs, arriving),
        "the results do not depend on it");
  }

  /**
   * Images (input 0) normalised by a mean (1) and a variance (2) of each channel, with a shift (3)
   * and, if asked for, a scale (4). TensorFlow had it before fused operations.
   */
  record BatchNormWithGlobalNormalization(float varianceEpsilon, boolean scaleAfterNormalization)
      implements Op {
    private static final Signature SIGNATURE =
        Signature.of("t: T in floating", "m: T", "v: T", "beta: T", "gamma: T");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shape x = in.requireRank(0, 4);
      long channels = x.dim(3);
      for (int i = 1; i < 5; i++) {
        long own = in.requireRank(i, 1).dim(0);
        channels =
            Shapes.equal(
                in, channels, own, "input %d is for %d channels, not %d", i, own, channels);
      }
      return List.of(in.type(0).withShape(x.with(-1, channels)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      List<Output> in = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        in.add(tf.identity(call.input(i)));
      }
      Output factor = tf.rsqrt(tf.add(in.get(2), varianceEpsilon));
      Output scale = scaleAfterNormalization ? tf.multiply(factor, in.get(4)) : factor;
      Output y = tf.add(tf.multiply(tf.subtract(in.get(0), in.get(1)), scale), in.get(3));
      return throughOperations(call, in, List.of(y));
    }

    @Override
    public void lower(Lowering to) {
      List<Value> inputs = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        inputs.add(to.input(i));
      }
      to.output(
          0,
          to.map(
              inputs,
              s -> {
                var factor = s.get(2).plus(varianceEpsilon).sqrt().reciprocal();
                return s.get(0)
                    .minus(s.get(1))
                    .times(scaleAfterNormalization ? factor.times(s.get(4)) : factor)
                    .plus(s.get(3));
              }));
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (boolean scaled : new boolean[] {true, false}) {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
          examples.add(
              vectors(
                  Example.accepts(new BatchNormWithGlobalNormalization(0.1f, scaled))
                      .with(dtype, 2, 2, 1, 3),
                  dtype,
                  3));
        }
      }
      examples.add(
          vectors(
              Example.rejects(
                      new BatchNormWithGlobalNormalization(0.1f, true),
                      "input 1 is for 2 channels, not 3")
                  .with(DType.FLOAT32, 2, 2, 1, 3),
              DType.FLOAT32,
              2));
      return examples;
    }

    private static Example vectors(Example images, DType dtype, long channels) {
      return images
          .with(dtype, channels)
          .within(0.5, 2, dtype, channels)
          .with(dtype, channels)
          .with(dtype, channels);
    }
  }
}
