package io.millrace.ops.nn;

import io.millrace.Output;
import io.millrace.ir.Reduction;
import io.millrace.ir.Value;
import io.millrace.op.Arguments;
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

/** Normalising the channels of images by statistics over a batch. */
public interface NormalizationOps extends Building {

  /**
   * Returns {@code (x - mean) / sqrt(variance + epsilon) * scale + offset}, all broadcast.
   * TensorFlow: Rsqrt, Mul, Sub, AddV2 (batch_normalization).
   *
   * <p>In this order, so that without images nothing arrives at scale and offset: TensorFlow
   * multiplies the scale first, whose gradient is then NaN if mean and variance are of no images.
   */
  default Output batchNormalization(
      Object x, Object mean, Object variance, Object offset, Object scale, Object epsilon) {
    Arguments.requireEach(
        "x, mean, variance, offset, scale, epsilon", x, mean, variance, offset, scale, epsilon);
    return scope(
        "batchnorm",
        () -> {
          Ops tf = tf();
          Output data = operand(x);
          Output spread = operand(variance, data.dtype());
          Output centred = tf.subtract(data, operand(mean, data.dtype()));
          Output normal = tf.multiply(centred, tf.rsqrt(tf.add(spread, epsilon)));
          return tf.add(tf.multiply(normal, scale), offset);
        });
  }

  /**
   * Normalises images by their own mean and variance, for training. TensorFlow: FusedBatchNormV3.
   *
   * @param x {@code [n,h,w,c]}, or {@code [n,c,h,w]} with {@link DataFormat#NCHW}
   * @param scale factor of each channel
   * @param offset added to each channel
   * @return the images, and of each channel the mean and the unbiased variance
   */
  default List<Output> fusedBatchNorm(
      Object x, Object scale, Object offset, float epsilon, DataFormat format) {
    Arguments.requireEach("x, scale, offset, format", x, scale, offset, format);
    Output data = operand(x);
    Output none = tf().constant(new float[0]);
    return apply(
            new FusedBatchNorm(FusedBatchNorm.Version.V3, epsilon, 1, format, true),
            data,
            operand(scale),
            operand(offset),
            none,
            none)
        .outputs()
        .subList(0, 3);
  }

  /** Normalises images by a mean and a variance of each channel. TensorFlow: FusedBatchNormV3. */
  default Output fusedBatchNorm(
      Object x,
      Object scale,
      Object offset,
      Object mean,
      Object variance,
      float epsilon,
      DataFormat format) {
    Arguments.requireEach(
        "x, scale, offset, mean, variance, format", x, scale, offset, mean, variance, format);
    return result(
        new FusedBatchNorm(FusedBatchNorm.Version.V3, epsilon, 1, format, false),
        x,
        scale,
        offset,
        mean,
        variance);
  }

  /**
   * Images (input 0) normalised, scaled (1) and shifted (2), channel by channel: in training by
   * their own mean and variance, else by those given (3 and 4).
   *
   * <p>Outputs are the images, and for each channel the mean and the variance: of training the
   * batch's, the variance unbiased, blended with those given by {@code exponentialAvgFactor} unless
   * that is 1; then the mean and the variance that normalised, and in V3 an empty vector. Of no
   * images mean and variance are NaN in training or not, and those that normalised 0, as in
   * TensorFlow; gradients by scale and offset are 0. Source: arXiv:1502.03167.
   */
  record FusedBatchNorm(
      Version version,
      float epsilon,
      float exponentialAvgFactor,
      DataFormat dataFormat,
      boolean isTraining)
      implements Op {
    /** Lists the operations of this kind; they differ in what else they return. */
    public enum Version {
      V1("FusedBatchNorm", "T"),
      V2("FusedBatchNormV2", "U"),
      V3("FusedBatchNormV3", "U");

      private final String type;
      private final Signature signature;

      Version(String type, String given) {
        this.type = type;
        this.signature =
            Signature.of(
                    "x: T in floating",
                    "scale: " + given,
                    "offset: " + given,
                    "mean: " + given,
                    "variance: " + given)
                .told("version")
                .optional("epsilon", 0.0001f)
                .optional("exponential_avg_factor", 1f)
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

    private boolean usesGiven() {
      return !isTraining || exponentialAvgFactor != 1;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      DType dtype = in.dtype(0);
      in.require(in.dtype(1) == dtype, "x must be %s as the scale is, not %s", in.dtype(1), dtype);
      Shape x = in.requireRank(0, 4);
      long channels = dataFormat.toLast(x).dim(-1);
      for (int i = 1; i < 5; i++) {
        long own = in.requireRank(i, 1).dim(0);
        if (i < 3 || usesGiven()) {
          channels =
              Shapes.equal(
                  in, channels, own, "input %d is for %d channels, not %d", i, own, channels);
        }
      }
      TensorType each = TensorType.of(dtype, channels);
      TensorType images =
          in.type(0).withShape(dataFormat.fromLast(dataFormat.toLast(x).with(-1, channels)));
      List<TensorType> types = new ArrayList<>(List.of(images, each, each, each, each));
      if (version == Version.V3) {
        types.add(TensorType.of(dtype, 0));
      }
      return types;
    }

    /** Returns the axes that statistics run over. */
    private int[] axes() {
      return dataFormat == DataFormat.NHWC ? new int[] {0, 1, 2} : new int[] {0, 2, 3};
    }

    /** Returns a vector of channels in the shape that broadcasts over the images. */
    private Output spread(Output vector) {
      Ops tf = Ops.of(vector.graph());
      return dataFormat == DataFormat.NHWC ? vector : tf.reshape(vector, 1, -1, 1, 1);
    }

    private Output average(Output images, Output size) {
      Ops tf = Ops.of(images.graph());
      return tf.divide(tf.reduceSum(images, axes()), size);
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output x = call.input(0);
      DType dtype = x.dtype();
      Output scale = call.input(1);
      Output dy = call.gradient(0).orElseGet(() -> tf.zerosLike(x));
      // Said again in operations, so that second derivatives see how they depend on the images.
      // Of no images all sums are 0; then nothing may be multiplied by the mean of nothing, NaN.
      Output channels = tf.maximum(tf.size(scale), 1);
      Output size = tf.cast(tf.maximum(tf.floordiv(tf.size(x), channels), 1), dtype);
      Output mean = isTraining ? average(x, size) : call.input(3);
      Output centred = tf.subtract(x, spread(mean));
      Output variance = isTraining ? average(tf.square(centred), size) : call.input(4);
      Output factor = tf.rsqrt(tf.add(variance, epsilon));
      Output dOffset = tf.reduceSum(dy, axes());
      Output product = tf.reduceSum(tf.multiply(dy, centred), axes());
      Output dScale = tf.multiply(product, factor);
      Output dx = tf.multiply(dy, spread(tf.multiply(scale, factor)));
      if (!isTraining) {
        return Gradients.of(
            List.of(Optional.of(dx), Optional.of(dScale), Optional.of(dOffset)),
            "the mean and the variance count as constants");
      }
      Output cube = tf.multiply(factor, tf.square(factor));
      Output dVariance = tf.multiply(tf.multiply(product, scale), tf.multiply(cube, -0.5));
      Output dMean = tf.negative(tf.multiply(dOffset, tf.multiply(scale, factor)));
      if (call.gradient(1).isPresent()) {
        dMean = tf.add(dMean, tf.multiply(call.gradient(1).get(), exponentialAvgFactor));
      }
      if (call.gradient(2).isPresent()) {
        Output unbiased = tf.divide(size, tf.maximum(tf.subtract(size, 1), 1));
        dVariance =
            tf.add(
                dVariance,
                tf.multiply(call.gradient(2).get(), tf.multiply(unbiased, exponentialAvgFactor)));
      }
      if (call.gradient(3).isPresent()) {
        dMean = tf.add(dMean, call.gradient(3).get());
      }
      if (call.gradient(4).isPresent()) {
        dVariance = tf.add(dVariance, call.gradient(4).get());
      }
      Output byMean = spread(tf.divide(dMean, size));
      Output byVariance = tf.multiply(centred, spread(tf.divide(tf.multiply(dVariance, 2), size)));
      return Gradients.of(
          List.of(
              Optional.of(tf.add(dx, tf.add(byMean, byVariance))),
              Optional.of(dScale),
              Optional.of(dOffset)),
          "running statistics count as constants");
    }

    @Override
    public void lower(Lowering to) {
      Value x = to.input(0);
      Shape images = x.type().shape();
      int channelAxis = dataFormat.channelAxis(4);
      long channels = images.dim(channelAxis);
      Shape spread = Shape.of(1, 1, 1, 1).with(channelAxis, channels);
      List<Integer> axes = Arrays.stream(axes()).boxed().toList();
      long size = channels == 0 ? 0 : images.size() / channels;
      Value mean = to.input(3);
      Value variance = to.input(4);
      Value newMean = mean;
      Value newVariance = variance;
      if (isTraining) {
        mean = average(to, to.reduce(Reduction.SUM, x, axes, false), size);
        Value squares =
            to.reduce(
                Reduction.SUM,
                List.of(x, to.reshape(mean, spread)),
                axes,
                false,
                (b, s) -> s.get(0).minus(s.get(1)).square());
        variance = average(to, squares, size);
        newMean = blend(to, 3, mean);
        newVariance = blend(to, 4, average(to, squares, Math.max(1, size - 1)));
      }
      if (size == 0) {
        newMean = to.map(newMean, m -> m.constant(Double.NaN));
        newVariance = newMean;
        mean = to.map(newMean, m -> m.constant(0));
        variance = mean;
      }
      Value y =
          to.map(
              List.of(
                  x,
                  to.reshape(mean, spread),
                  to.reshape(variance, spread),
                  to.reshape(to.input(1), spread),
                  to.reshape(to.input(2), spread)),
              s ->
                  s.get(0)
                      .minus(s.get(1))
                      .times(s.get(2).plus(epsilon).sqrt().reciprocal().times(s.get(3)))
                      .plus(s.get(4)));
      List<Value> outputs = List.of(y, newMean, newVariance, mean, variance);
      for (int i = 0; i < outputs.size(); i++) {
        to.output(i, outputs.get(i));
      }
      if (version == Version.V3) {
        DType dtype = x.type().dtype();
        to.output(5, to.map(Shape.of(0), List.of(to.scalar(dtype, 0)), s -> s.get(0)));
      }
    }

    private static Value average(Lowering to, Value sum, long size) {
      return to.map(sum, s -> s.dividedBy(s.constant((double) size)));
    }

    /** Blends a statistic of the batch with the given one. */
    private Value blend(Lowering to, int given, Value statistic) {
      return exponentialAvgFactor == 1
          ? statistic
          : to.map(
              to.input(given),
              statistic,
              (old, now) ->
                  old.times(1 - exponentialAvgFactor).plus(now.times(exponentialAvgFactor)));
    }

    static List<Example> examples() {
      Op v3 = new FusedBatchNorm(Version.V3, 0.001f, 1, DataFormat.NHWC, true);
      List<Example> examples = new ArrayList<>();
      for (Version version : Version.values()) {
        Op training = new FusedBatchNorm(version, 0.001f, 1, DataFormat.NHWC, true);
        Op blending = new FusedBatchNorm(version, 0.1f, 0.3f, DataFormat.NCHW, true);
        Op inference = new FusedBatchNorm(version, 0.001f, 1, DataFormat.NHWC, false);
        examples.add(batch(Example.accepts(training).with(DType.FLOAT32, 2, 3, 2, 3), 3, 0));
        examples.add(batch(Example.accepts(blending).with(DType.FLOAT32, 3, 2, 2, 2), 2, 2));
        examples.add(batch(Example.accepts(inference).with(DType.FLOAT32, 2, 2, 1, 3), 3, 3));
      }
      examples.add(batch(Example.accepts(v3).with(DType.FLOAT32, 1, 1, 1, 2), 2, 0));
      examples.add(
          batch(
              Example.rejects(v3, "input 1 is for 2 channels, not 3")
                  .with(DType.FLOAT32, 2, 2, 2, 3),
              2,
              0));
      examples.add(
          batch(
              Example.rejects(
                      new FusedBatchNorm(Version.V3, 0.001f, 1, DataFormat.NHWC, false),
                      "input 3 is for 0 channels, not 3")
                  .with(DType.FLOAT32, 2, 2, 2, 3),
              3,
              0));
      return examples;
    }

    private static Example batch(Example images, long channels, long given) {
      return images
          .with(DType.FLOAT32, channels)
          .with(DType.FLOAT32, channels)
          .with(DType.FLOAT32, given)
          .within(0.5, 2, DType.FLOAT32, given);
    }
  }
}
