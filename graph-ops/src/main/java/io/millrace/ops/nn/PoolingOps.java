package io.millrace.ops.nn;

import io.millrace.Output;
import io.millrace.ir.Primitive;
import io.millrace.ir.Value;
import io.millrace.ir.WindowAxis;
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
import io.millrace.ops.Padding;
import io.millrace.ops.PoolOptions;
import io.millrace.ops.building.Shapes;
import io.millrace.ops.building.Sizes;
import io.millrace.ops.math.Broadcasting;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Pooling of images: one value for each window. */
public interface PoolingOps extends Building {

  /**
   * Returns the greatest element of each window of {@code [n,h,w,c]}; square windows touch each
   * other, and what does not fill one is left out. TensorFlow: MaxPool.
   */
  default Output maxPool(Object x, int size) {
    return maxPool(x, PoolOptions.window(size, size));
  }

  /** Returns the greatest element of each window of {@code [n,h,w,c]}. TensorFlow: MaxPool. */
  default Output maxPool(Object x, int[] window, int[] strides, Padding padding) {
    return maxPool(x, PoolOptions.of(window, strides, padding));
  }

  /** Returns the greatest element of each window. TensorFlow: MaxPool. */
  default Output maxPool(Object x, PoolOptions options) {
    return result(new Pool(PoolFamily.MAX_2D, 0, options), x);
  }

  /**
   * Returns the mean of each window of {@code [n,h,w,c]}; square windows touch each other, and what
   * does not fill one is left out. TensorFlow: AvgPool.
   */
  default Output avgPool(Object x, int size) {
    return avgPool(x, PoolOptions.window(size, size));
  }

  /**
   * Returns the mean of each window of {@code [n,h,w,c]}, of the elements that exist. TensorFlow:
   * AvgPool.
   */
  default Output avgPool(Object x, int[] window, int[] strides, Padding padding) {
    return avgPool(x, PoolOptions.of(window, strides, padding));
  }

  /** Returns the mean of each window, of the elements that exist. TensorFlow: AvgPool. */
  default Output avgPool(Object x, PoolOptions options) {
    return result(new Pool(PoolFamily.AVERAGE_2D, 0, options), x);
  }

  /**
   * One value for each window of images, or (order 1) the gradient of that by the images, or (order
   * 2) that gradient's own.
   *
   * <p>Maxima and averages have the images as their input. The gradients of maxima have the images,
   * the result and a third tensor: one of the result's shape that arrives, or (order 2) one of the
   * images' shape, of which each window has the element at the place of its greatest. The gradient
   * of averages has the images' shape, and what arrives.
   */
  record Pool(PoolFamily family, int order, PoolOptions options) implements Op {
    @Override
    public String type() {
      return family.type(order);
    }

    @Override
    public Signature signature() {
      return family.signature(order);
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shape shape =
          switch (family.kind(order)) {
            case MAX, AVERAGE -> result(in, rank(in, 0));
            case MAX_GRADIENT -> {
              Shape result = result(in, rank(in, 0));
              Sizes.requireResult(in, result, in.shape(1));
              Sizes.requireResult(in, result, in.shape(2));
              yield rank(in, 0);
            }
            case MAX_GATHER -> {
              Shape result = result(in, Shapes.merge(in, rank(in, 0), in.shape(2)));
              Sizes.requireResult(in, result, in.shape(1));
              yield result;
            }
            case AVERAGE_GRADIENT -> {
              Shape dy = rank(in, 1);
              int channels = options.format().channelAxis(family.rank());
              yield Sizes.original(
                  in,
                  0,
                  Shape.unknown(family.rank()).with(0, dy.dim(0)).with(channels, dy.dim(channels)),
                  images -> result(in, images),
                  dy);
            }
          };
      return List.of(in.type(in.count() - 1).withShape(shape));
    }

    private Shape rank(Inference in, int input) {
      return in.requireRank(input, family.rank());
    }

    private Shape result(Inference in, Shape images) {
      List<Long> window = options.window();
      List<Long> amounts = options.padding().amounts();
      in.require(
          family != PoolFamily.AVERAGE_2D || options.padding().kind() != Padding.Kind.EXPLICIT,
          "averages take SAME or VALID padding, not %s",
          options.padding());
      Sliding.requirePositive(in, "the window", window, family.rank() - 2);
      Shape results = Sliding.of(options).results(in, options.format().toLast(images));
      for (int i = 0; i < amounts.size(); i++) {
        in.require(
            amounts.get(i) < window.get(i / 2),
            "padding %s leaves windows of %s without any element",
            options.padding(),
            window);
      }
      return options.format().fromLast(results);
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output x = call.input(0);
      Output dz = call.gradient();
      return switch (family.kind(order)) {
        case MAX -> Gradients.of(make(tf, 1, x, call.output(0), dz));
        case MAX_GRADIENT, MAX_GATHER ->
            Gradients.of(
                tf.zerosLike(x),
                tf.zerosLike(call.input(1)),
                make(tf, 3 - order, x, call.input(1), dz));
        case AVERAGE -> Gradients.of(make(tf, 1, Broadcasting.shapeOf(x), dz));
        case AVERAGE_GRADIENT ->
            Gradients.of(List.of(Optional.empty(), Optional.of(make(tf, 0, dz))), "it is a shape");
      };
    }

    private Output make(Ops tf, int of, Object... inputs) {
      return tf.result(new Pool(family, of, options), inputs);
    }

    @Override
    public void lower(Lowering to) {
      DataFormat format = options.format();
      Primitive.Pool.Kind kind = family.kind(order);
      boolean sized = kind == Primitive.Pool.Kind.AVERAGE_GRADIENT;
      List<Value> inputs = new ArrayList<>();
      for (int i = sized ? 1 : 0; i < to.inputs(); i += 2) { // all but sizes and the result
        inputs.add(format.toLast(to, to.input(i)));
      }
      TensorType type = to.outputType(0).withShape(format.toLast(to.outputType(0).shape()));
      Shape images = sized ? type.shape() : inputs.get(0).type().shape();
      List<WindowAxis> sliding = Sliding.of(options).axes(images);
      List<WindowAxis> axes = new ArrayList<>();
      for (int i = 0; i < sliding.size(); i++) {
        axes.add(sliding.get(i).trimmed(images.dim(1 + i)));
      }
      Value y =
          type.dtype().isFloating()
              ? to.emit(new Primitive.Pool(kind, axes), inputs, type)
              : Windows.maximum(to, inputs.get(0), axes);
      to.output(0, format.fromLast(to, y));
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      PoolOptions two = PoolOptions.window(2, 2);
      PoolOptions half = PoolOptions.window(3, 3).strides(2, 2).same();
      for (PoolFamily family : PoolFamily.values()) {
        accepts(examples, family, two, 2, 4, 6, 3);
        accepts(examples, family, two.strides(1, 1).same(), 1, 3, 3, 2);
        accepts(examples, family, PoolOptions.window(3, 2).strides(2, 3), 1, 7, 7, 1);
        accepts(examples, family, PoolOptions.window(5, 5).strides(1, 1).same(), 1, 3, 3, 1);
        accepts(examples, family, half, 1, 7, 6, 2);
        accepts(examples, family, two.nchw(), 1, 2, 4, 4);
        Op touching = new Pool(family, 0, two);
        examples.add(Example.accepts(touching).with(DType.FLOAT32, 0, 4, 4, 1));
        examples.add(Example.accepts(touching).with(DType.FLOAT32, 1, 4, 4, 1));
        examples.add(
            Example.rejects(touching, "input 0 must have 4 axes").with(DType.FLOAT32, 4, 4, 1));
        examples.add(
            Example.rejects(
                    new Pool(family, 0, two.strides(0, 1)), "strides must be 2 positive numbers")
                .with(DType.FLOAT32, 1, 4, 4, 1));
        examples.add(
            Example.rejects(
                    new Pool(family, 0, PoolOptions.window(4, 4).strides(1, 1)),
                    "a window of 4 does not fit spatial axis 0 of 2")
                .with(DType.FLOAT32, 1, 2, 4, 1));
      }
      accepts(examples, PoolFamily.MAX_2D, two.padding(Padding.explicit(1, 0, 0, 1)), 1, 5, 5, 1);
      Op overlapping = new Pool(PoolFamily.MAX_2D, 0, two.strides(1, 1).same());
      examples.add(Example.accepts(overlapping).with(DType.INT32, 1, 3, 4, 2));
      examples.add(
          Example.rejects(
                  new Pool(PoolFamily.MAX_2D, 0, two.padding(Padding.explicit(2, 0, 0, 0))),
                  "without any element")
              .with(DType.FLOAT32, 1, 4, 4, 1));
      examples.add(
          Example.rejects(
                  new Pool(PoolFamily.AVERAGE_2D, 0, two.padding(Padding.explicit(1, 0, 0, 0))),
                  "averages take SAME or VALID padding")
              .with(DType.FLOAT32, 1, 4, 4, 1));
      examples.add(
          Example.rejects(new Pool(PoolFamily.AVERAGE_2D, 0, two), "must be floating, not int32")
              .with(DType.INT32, 1, 4, 4, 1));
      examples.addAll(gradientExamples(two, half));
      return examples;
    }

    private static void accepts(
        List<Example> examples, PoolFamily family, PoolOptions options, long... images) {
      examples.add(Example.accepts(new Pool(family, 0, options)).with(DType.FLOAT64, images));
    }

    private static List<Example> gradientExamples(PoolOptions two, PoolOptions half) {
      Op touching = new Pool(PoolFamily.MAX_2D, 1, two);
      Op overlapping = new Pool(PoolFamily.MAX_2D, 1, half);
      Op second = new Pool(PoolFamily.MAX_2D, 2, two);
      Op mean = new Pool(PoolFamily.AVERAGE_2D, 1, half);
      return List.of(
          Example.accepts(touching)
              .with(DType.FLOAT64, 1, 4, 4, 2)
              .with(DType.FLOAT64, 1, 2, 2, 2)
              .with(DType.FLOAT64, 1, 2, 2, 2),
          Example.accepts(overlapping)
              .with(DType.FLOAT64, 1, 5, 5, 2)
              .with(DType.FLOAT64, 1, 3, 3, 2)
              .with(DType.FLOAT64, 1, 3, 3, 2),
          Example.rejects(
                  touching, "gradient of shape [1,3,2,1] does not fit a result of [1,2,2,1]")
              .with(DType.FLOAT32, 1, 4, 4, 1)
              .with(DType.FLOAT32, 1, 2, 2, 1)
              .with(DType.FLOAT32, 1, 3, 2, 1),
          Example.accepts(second)
              .with(DType.FLOAT64, 1, 4, 4, 2)
              .with(DType.FLOAT64, 1, 2, 2, 2)
              .with(DType.FLOAT64, 1, 4, 4, 2),
          Example.rejects(second, "shapes [1,4,4,1] and [1,4,2,1] differ")
              .with(DType.FLOAT32, 1, 4, 4, 1)
              .with(DType.FLOAT32, 1, 2, 2, 1)
              .with(DType.FLOAT32, 1, 4, 2, 1),
          Example.accepts(mean).ints(1, 5, 4, 2).with(DType.FLOAT64, 1, 3, 2, 2),
          Example.rejects(mean, "gradient of shape [1,2,2,1] does not fit a result of [1,3,2,1]")
              .ints(1, 5, 4, 1)
              .with(DType.FLOAT32, 1, 2, 2, 1));
    }
  }
}
