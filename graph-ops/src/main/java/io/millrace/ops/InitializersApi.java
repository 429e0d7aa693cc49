package io.millrace.ops;

import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.ops.building.Refusal;
import io.millrace.ops.building.ShapeArguments;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.OptionalLong;

/**
 * The view {@code tf.initializers}: first values of variables, as in {@code
 * tf.variable(tf.initializers.heNormal(Shape.of(784, 10)), "w")}.
 *
 * <p>The variance of those scaled by fans depends on the number of inputs and outputs of a weight:
 * its last two axes, each times the extents before them (the window of a convolution).
 */
public final class InitializersApi extends Facade {
  /** The standard deviation of a standard normal distribution cut off at two. */
  private static final double TRUNCATED_DEVIATION = 0.8796256610342398;

  InitializersApi(Ops ops) {
    super(ops);
  }

  /** Returns a float32 tensor of one value. TensorFlow: constant_initializer. */
  public Output constant(Object value, Object shape) {
    return constant(value, shape, DType.FLOAT32);
  }

  /** Returns a tensor of one value. TensorFlow: constant_initializer. */
  public Output constant(Object value, Object shape, DType dtype) {
    Arguments.requireEach("value, shape, dtype", value, shape, dtype);
    return ops.fill(shape, operand(value, dtype));
  }

  /** Returns float32 numbers from [low, high). TensorFlow: random_uniform_initializer. */
  public Output uniform(Object shape, Object low, Object high) {
    return ops.random.uniform(shape, low, high);
  }

  /** Returns float32 normal numbers. TensorFlow: random_normal_initializer. */
  public Output normal(Object shape, Object deviation) {
    return ops.random.normal(shape, 0, deviation);
  }

  /** Returns float32 normal numbers within two deviations: truncated_normal_initializer. */
  public Output truncatedNormal(Object shape, Object deviation) {
    return ops.random.truncatedNormal(shape, 0, deviation);
  }

  /**
   * Returns float32 uniform numbers of variance {@code 2 / (inputs + outputs)}. TensorFlow:
   * glorot_uniform. Source: Glorot and Bengio, 2010.
   */
  public Output glorotUniform(Object shape) {
    return glorotUniform(shape, DType.FLOAT32, OptionalLong.empty());
  }

  /** Returns uniform numbers of variance {@code 2 / (inputs + outputs)}, from this seed. */
  public Output glorotUniform(Object shape, DType dtype, OptionalLong seed) {
    Arguments.requireEach("shape, dtype, seed", shape, dtype, seed);
    return uniform(
        shape, 1 / Fans.of(ShapeArguments.shape("initializers", shape)).mean(), dtype, seed);
  }

  /** Returns float32 truncated normal numbers of variance {@code 2 / (inputs + outputs)}. */
  public Output glorotNormal(Object shape) {
    return glorotNormal(shape, DType.FLOAT32, OptionalLong.empty());
  }

  /** Returns truncated normal numbers of variance {@code 2 / (inputs + outputs)}. */
  public Output glorotNormal(Object shape, DType dtype, OptionalLong seed) {
    Arguments.requireEach("shape, dtype, seed", shape, dtype, seed);
    return normal(
        shape, 1 / Fans.of(ShapeArguments.shape("initializers", shape)).mean(), dtype, seed);
  }

  /** Returns float32 uniform numbers of variance {@code 2 / inputs}. TensorFlow: he_uniform. */
  public Output heUniform(Object shape) {
    return heUniform(shape, DType.FLOAT32, OptionalLong.empty());
  }

  /** Returns uniform numbers of variance {@code 2 / inputs}, from this seed. */
  public Output heUniform(Object shape, DType dtype, OptionalLong seed) {
    Arguments.requireEach("shape, dtype, seed", shape, dtype, seed);
    return uniform(
        shape, 2 / Fans.of(ShapeArguments.shape("initializers", shape)).in(), dtype, seed);
  }

  /**
   * Returns float32 truncated normal numbers of variance {@code 2 / inputs}. TensorFlow: he_normal.
   * Source: arXiv:1502.01852.
   */
  public Output heNormal(Object shape) {
    return heNormal(shape, DType.FLOAT32, OptionalLong.empty());
  }

  /** Returns truncated normal numbers of variance {@code 2 / inputs}, from this seed. */
  public Output heNormal(Object shape, DType dtype, OptionalLong seed) {
    Arguments.requireEach("shape, dtype, seed", shape, dtype, seed);
    return normal(
        shape, 2 / Fans.of(ShapeArguments.shape("initializers", shape)).in(), dtype, seed);
  }

  private Output uniform(Object shape, double variance, DType dtype, OptionalLong seed) {
    double limit = Math.sqrt(3 * variance);
    return ops.random.uniform(shape, -limit, limit, dtype, seed);
  }

  private Output normal(Object shape, double variance, DType dtype, OptionalLong seed) {
    double deviation = Math.sqrt(variance) / TRUNCATED_DEVIATION;
    return ops.random.truncatedNormal(shape, 0, deviation, dtype, seed);
  }

  /** The number of inputs of each output of a weight, and of outputs of each input. */
  private record Fans(double in, double out) {
    static Fans of(Shape shape) {
      if (!shape.isFullyDefined()) {
        throw Refusal.of(
            "initializers", "a first value needs a fully defined shape, not %s", shape);
      }
      if (shape.rank() < 2) {
        double size = Math.max(1, shape.size());
        return new Fans(size, size);
      }
      double window = 1;
      for (int axis = 0; axis < shape.rank() - 2; axis++) {
        window *= shape.dim(axis);
      }
      return new Fans(Math.max(1, window * shape.dim(-2)), Math.max(1, window * shape.dim(-1)));
    }

    double mean() {
      return (in + out) / 2;
    }
  }
}
