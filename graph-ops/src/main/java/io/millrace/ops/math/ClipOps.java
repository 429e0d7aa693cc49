package io.millrace.ops.math;

import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Refusal;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Keeping tensors within bounds: element by element, or by their norm. */
public interface ClipOps extends Building {

  /**
   * Returns x with every element brought between two bounds, which broadcast to its shape.
   * TensorFlow: Minimum and Maximum, as clip_by_value.
   */
  default Output clipByValue(Object x, Object least, Object greatest) {
    Arguments.requireEach("x, least, greatest", x, least, greatest);
    Output input = operand(x);
    Output clipped =
        scope("clip_by_value", () -> tf().maximum(tf().minimum(input, greatest), least));
    if (!clipped.shape().isCompatibleWith(input.shape())) {
      throw Refusal.of(
          "clipByValue", "the bounds broadcast %s to shape %s", input.type(), clipped.shape());
    }
    return clipped;
  }

  /** Returns x scaled down, if need be, to this 2-norm. TensorFlow: clip_by_norm. */
  default Output clipByNorm(Object x, Object norm) {
    Arguments.requireEach("x, norm", x, norm);
    Output input = requireFloating("clipByNorm", operand(x));
    return scope(
        "clip_by_norm",
        () -> scaled(input, tf().reduceEuclideanNorm(input, true), operand(norm, input.dtype())));
  }

  /**
   * Returns x with all its parts along these axes scaled down, if need be, to this 2-norm.
   * TensorFlow: clip_by_norm.
   */
  default Output clipByNorm(Object x, Object norm, int... axes) {
    return clipByNorm(x, norm, (Object) axes);
  }

  /** Returns the same for axes that a tensor or a list may say. TensorFlow: clip_by_norm. */
  default Output clipByNorm(Object x, Object norm, Object axes) {
    Arguments.requireEach("x, norm, axes", x, norm, axes);
    Output input = requireFloating("clipByNorm", operand(x));
    Output along = axes(axes);
    return scope(
        "clip_by_norm",
        () ->
            scaled(
                input, tf().reduceEuclideanNorm(input, true, along), operand(norm, input.dtype())));
  }

  /** Returns x scaled down from its own norm, where that is greater than the wished one. */
  private Output scaled(Output x, Output own, Output wished) {
    Ops tf = tf();
    // NaN is not within: it goes on.
    Output within = tf.lessEqual(own, wished);
    // What is not chosen must have finite slopes: they are multiplied by 0.
    Output from = tf.whereV2(within, tf.onesLike(own), own);
    Output to = tf.whereV2(within, tf.onesLike(own), wished);
    return tf.whereV2(within, x, tf.multiply(tf.divide(x, from), to));
  }

  /**
   * Returns x scaled down, if need be, to this 2-norm divided by the number of elements.
   * TensorFlow: clip_by_average_norm.
   */
  default Output clipByAverageNorm(Object x, Object norm) {
    Arguments.requireEach("x, norm", x, norm);
    Output input = requireFloating("clipByAverageNorm", operand(x));
    Output wished = operand(norm, input.dtype());
    return scope(
        "clip_by_average_norm",
        () -> {
          Ops tf = tf();
          Output elements = tf.cast(tf.size(input), input.dtype());
          Output own = tf.divide(tf.reduceEuclideanNorm(input), elements);
          return scaled(input, own, wished);
        });
  }

  /** Returns the 2-norm of all elements of all tensors, a scalar. TensorFlow: global_norm. */
  default Output globalNorm(List<?> tensors) {
    Arguments.requireAll(tensors, "tensors");
    List<Output> inputs = requireAny("globalNorm", operands(tensors.toArray()));
    return scope(
        "global_norm",
        () -> {
          Ops tf = tf();
          return tf.norm(tf.stack(inputs.stream().map(tf::norm).toList()));
        });
  }

  private static List<Output> requireAny(String operation, List<Output> tensors) {
    if (tensors.isEmpty()) {
      throw Refusal.of(operation, "there are no tensors, so there is no norm");
    }
    tensors.forEach(tensor -> requireFloating(operation, tensor));
    return tensors;
  }

  private static Output requireFloating(String operation, Output tensor) {
    if (!tensor.dtype().isFloating()) {
      throw Refusal.of(operation, "norms are of floating tensors, not of %s", tensor);
    }
    return tensor;
  }

  /**
   * Returns tensors all scaled by one factor that brings their global norm down to this one, if
   * need be; where it is infinite or NaN they become NaN. TensorFlow: clip_by_global_norm.
   */
  default List<Output> clipByGlobalNorm(List<?> tensors, Object norm) {
    Arguments.require(norm, "norm");
    Arguments.requireAll(tensors, "tensors");
    List<Output> inputs = requireAny("clipByGlobalNorm", operands(tensors.toArray()));
    return clipByGlobalNorm(inputs, norm, tf().globalNorm(inputs));
  }

  /** Returns the same where the global norm is known already. TensorFlow: clip_by_global_norm. */
  default List<Output> clipByGlobalNorm(List<?> tensors, Object norm, Object globalNorm) {
    Arguments.requireEach("norm, globalNorm", norm, globalNorm);
    Arguments.requireAll(tensors, "tensors");
    List<Output> inputs = requireAny("clipByGlobalNorm", operands(tensors.toArray()));
    Output own = operand(globalNorm);
    Output wished = operand(norm, own.dtype());
    return scopeOfAll(
        "clip_by_global_norm",
        () -> {
          Ops tf = tf();
          Output one = tf.onesLike(own);
          Output within = tf.lessEqual(own, wished);
          Output factor = tf.divide(tf.whereV2(within, one, wished), tf.whereV2(within, one, own));
          // Own minus own is 0, or NaN where it is not finite: then nothing should go on as if.
          Output scale = tf.add(factor, tf.subtract(own, own));
          return inputs.stream().map(x -> tf.multiply(x, scale)).toList();
        });
  }

  /** Inputs x and its bounds, each of which is a scalar or has the shape of x. */
  record ClipByValue() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("t: T in numeric", "clip_value_min: T", "clip_value_max: T");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shape shape = in.shape(0);
      for (int bound = 1; bound < 3; bound++) {
        Shape own = in.shape(bound);
        boolean scalar = own.isRankKnown() && own.rank() == 0;
        in.require(
            scalar || own.isCompatibleWith(shape),
            "input %d must be a scalar or of shape %s, not %s",
            bound,
            in.shape(0),
            own);
        if (own.isRankKnown() && !scalar) {
          shape = shape.merge(own);
        }
      }
      return List.of(in.type(0).withShape(shape));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output x = call.input(0);
      Output y = call.output(0);
      Output dy = call.gradient();
      Output below = tf.less(x, call.input(1));
      Output above = tf.greater(x, call.input(2));
      Output zeros = tf.zerosLike(dy);
      return Gradients.of(
          tf.whereV2(tf.logicalOr(below, above), zeros, dy),
          Broadcasting.sumTo(tf.whereV2(below, dy, zeros), call.input(1), y, List.of(x)),
          Broadcasting.sumTo(tf.whereV2(above, dy, zeros), call.input(2), y, List.of(x)));
    }

    @Override
    public void lower(Lowering to) {
      to.output(
          0,
          to.map(
              List.of(to.input(0), to.input(1), to.input(2)),
              s -> s.get(0).min(s.get(2)).max(s.get(1))));
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.UINT8}) {
        examples.add(
            Example.accepts(new ClipByValue())
                .within(0, 6, dtype, 4, 3)
                .within(1, 3, dtype)
                .within(3, 5, dtype));
      }
      examples.add(
          Example.accepts(new ClipByValue())
              .with(DType.FLOAT64, 3, 2)
              .within(-1, 0, DType.FLOAT64, 3, 2)
              .within(0, 1, DType.FLOAT64));
      examples.add(
          Example.rejects(new ClipByValue(), "input 1 must be a scalar or of shape [3,2], not [2]")
              .with(DType.FLOAT32, 3, 2)
              .with(DType.FLOAT32, 2)
              .with(DType.FLOAT32));
      return examples;
    }
  }
}
