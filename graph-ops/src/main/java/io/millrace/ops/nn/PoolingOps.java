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
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
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
    return maxPool(x, options(window, strides, padding));
  }

  /** Returns the greatest element of each window. TensorFlow: MaxPool. */
  default Output maxPool(Object x, PoolOptions options) {
    return result(new MaxPool(options), x);
  }

  /**
   * Returns the mean of each window of {@code [n,h,w,c]}; square windows touch each other, and what
   * does not fill one is left out. TensorFlow: AvgPool.
   */
  default Output avgPool(Object x, int size) {
    return avgPool(x, PoolOptions.window(size, size));
  }

  /** Returns the mean of each window of {@code [n,h,w,c]}. TensorFlow: AvgPool. */
  default Output avgPool(Object x, int[] window, int[] strides, Padding padding) {
    return avgPool(x, options(window, strides, padding));
  }

  /** Returns the mean of each window, of the elements that exist. TensorFlow: AvgPool. */
  default Output avgPool(Object x, PoolOptions options) {
    return result(new AvgPool(options), x);
  }

  private static PoolOptions options(int[] window, int[] strides, Padding padding) {
    return new PoolOptions(
        Arrays.stream(window).mapToObj(Long::valueOf).toList(),
        Arrays.stream(strides).mapToObj(Long::valueOf).toList(),
        padding,
        DataFormat.NHWC);
  }

  /** The greatest element of each window; any numeric type. */
  record MaxPool(PoolOptions options) implements Op {
    @Override
    public String type() {
      return "MaxPool";
    }

    @Override
    public Signature signature() {
      return Signature.of("input: T");
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireCount(1);
      DType dtype = in.requireNumeric(0).dtype();
      return List.of(new TensorType(dtype, forward(in, options, in.requireRank(0, 4))));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(
          Ops.of(call.graph())
              .result(new MaxPoolGrad(options), call.input(0), call.output(0), call.gradient()));
    }

    @Override
    public void lower(Lowering to) {
      Value x = options.format().toLast(to, to.input(0));
      List<WindowAxis> axes = axes(options, x.type().shape());
      Shape shape = options.format().toLast(to.outputType(0).shape());
      Value y =
          x.type().dtype().isFloating()
              ? pool(to, Primitive.Pool.Kind.MAX, axes, List.of(x), shape)
              : Windows.maximum(to, x, axes);
      to.output(0, options.format().fromLast(to, y));
    }

    /** Returns the result's shape from that of the images. */
    static Shape forward(Inference in, PoolOptions options, Shape images) {
      int spatial = images.rank() - 2;
      Windows.requirePositive(in, "the window", options.window(), spatial);
      Windows.requirePositive(in, "strides", options.strides(), spatial);
      options.padding().require(in, spatial);
      Shape x = options.format().toLast(images);
      long[] dims = x.dims();
      for (int i = 0; i < spatial; i++) {
        long size = options.window().get(i);
        dims[i + 1] =
            options.padding().windows(in, i, x.dim(i + 1), size, options.strides().get(i), 1);
        if (options.padding().kind() == Padding.Kind.EXPLICIT) {
          WindowAxis axis = options.padding().window(i, 0, size, 1, 1);
          in.require(
              axis.padBefore() < size && axis.padAfter() < size,
              "padding %s leaves windows of %s without any element",
              options.padding(),
              options.window());
        }
      }
      return options.format().fromLast(Shape.of(dims));
    }

    /** Returns how the window slides over images with their channels last. */
    static List<WindowAxis> axes(PoolOptions options, Shape x) {
      List<WindowAxis> axes = new ArrayList<>();
      for (int i = 0; i < x.rank() - 2; i++) {
        axes.add(
            options
                .padding()
                .window(i, x.dim(i + 1), options.window().get(i), options.strides().get(i), 1));
      }
      return axes;
    }

    static Value pool(
        Lowering to,
        Primitive.Pool.Kind kind,
        List<WindowAxis> axes,
        List<Value> inputs,
        Shape shape) {
      return to.emit(new Primitive.Pool(kind, axes), inputs, inputs.get(0).type().withShape(shape));
    }

    static List<Example> examples() {
      PoolOptions two = PoolOptions.window(2, 2);
      return List.of(
          images(two, 2, 4, 6, 3),
          images(two.strides(1, 1).same(), 1, 3, 3, 2),
          images(PoolOptions.window(3, 2).strides(2, 3), 1, 7, 7, 1),
          images(PoolOptions.window(3, 3).strides(2, 2).same(), 1, 7, 6, 2),
          images(two.padding(Padding.explicit(1, 0, 0, 1)), 1, 5, 5, 1),
          images(two.nchw(), 1, 2, 4, 4),
          Example.accepts(new MaxPool(two)).with(DType.FLOAT32, 0, 4, 4, 1),
          Example.accepts(new MaxPool(two.strides(1, 1).same())).with(DType.INT32, 1, 3, 4, 2),
          Example.rejects(new MaxPool(two), "input 0 must have 4 axes")
              .with(DType.FLOAT32, 4, 4, 1),
          Example.rejects(
                  new MaxPool(PoolOptions.window(4, 4).strides(1, 1)),
                  "a window of 4 does not fit spatial axis 0 of 2")
              .with(DType.FLOAT32, 1, 2, 4, 1),
          Example.rejects(new MaxPool(two.strides(0, 1)), "strides must be 2 positive numbers")
              .with(DType.FLOAT32, 1, 4, 4, 1),
          Example.rejects(
                  new MaxPool(two.padding(Padding.explicit(2, 0, 0, 0))), "without any element")
              .with(DType.FLOAT32, 1, 4, 4, 1));
    }

    private static Example images(PoolOptions options, long... dims) {
      return Example.accepts(new MaxPool(options)).with(DType.FLOAT64, dims);
    }
  }

  /** Gradient of {@link MaxPool}; inputs are the images, its result and the gradient. */
  record MaxPoolGrad(PoolOptions options) implements Op {
    @Override
    public String type() {
      return "MaxPoolGrad";
    }

    @Override
    public Signature signature() {
      return Signature.of("orig_input: T", "orig_output: T", "grad: T");
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireCount(3);
      in.requireFloating(0);
      in.requireSameDType();
      Shape result = MaxPool.forward(in, options, in.requireRank(0, 4));
      Sizes.requireResult(in, result, in.shape(1));
      Sizes.requireResult(in, result, in.shape(2));
      return List.of(in.type(0).withShape(in.requireRank(0, 4)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      return Gradients.of(
          tf.zerosLike(call.input(0)),
          tf.zerosLike(call.input(1)),
          tf.result(new MaxPoolGradGrad(options), call.input(0), call.input(1), call.gradient()));
    }

    @Override
    public void lower(Lowering to) {
      Value x = options.format().toLast(to, to.input(0));
      Value dy = options.format().toLast(to, to.input(2));
      Value dx =
          MaxPool.pool(
              to,
              Primitive.Pool.Kind.MAX_GRADIENT,
              MaxPool.axes(options, x.type().shape()),
              List.of(x, dy),
              x.type().shape());
      to.output(0, options.format().fromLast(to, dx));
    }

    static List<Example> examples() {
      PoolOptions two = PoolOptions.window(2, 2);
      return List.of(
          three(two, 4, 2),
          three(PoolOptions.window(3, 3).strides(2, 2).same(), 5, 3),
          Example.rejects(
                  new MaxPoolGrad(two),
                  "gradient of shape [1,3,2,1] does not fit a result of [1,2,2,1]")
              .with(DType.FLOAT32, 1, 4, 4, 1)
              .with(DType.FLOAT32, 1, 2, 2, 1)
              .with(DType.FLOAT32, 1, 3, 2, 1));
    }

    private static Example three(PoolOptions options, int extent, int windows) {
      return Example.accepts(new MaxPoolGrad(options))
          .with(DType.FLOAT64, 1, extent, extent, 2)
          .with(DType.FLOAT64, 1, windows, windows, 2)
          .with(DType.FLOAT64, 1, windows, windows, 2);
    }
  }

  /**
   * Gradient of {@link MaxPoolGrad}: for each window the element of input 2 at the place of the
   * greatest one; inputs are the images, the result of MaxPool and a tensor of the images' shape.
   */
  record MaxPoolGradGrad(PoolOptions options) implements Op {
    @Override
    public String type() {
      return "MaxPoolGradGrad";
    }

    @Override
    public Signature signature() {
      return Signature.of("orig_input: T", "orig_output: T", "grad: T");
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireCount(3);
      in.requireFloating(0);
      in.requireSameDType();
      Shape images = Shapes.merge(in, in.requireRank(0, 4), in.shape(2));
      Shape result = MaxPool.forward(in, options, images);
      Sizes.requireResult(in, result, in.shape(1));
      return List.of(in.type(0).withShape(result));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      return Gradients.of(
          tf.zerosLike(call.input(0)),
          tf.zerosLike(call.input(1)),
          tf.result(new MaxPoolGrad(options), call.input(0), call.input(1), call.gradient()));
    }

    @Override
    public void lower(Lowering to) {
      Value x = options.format().toLast(to, to.input(0));
      Value picked = options.format().toLast(to, to.input(2));
      Value y =
          MaxPool.pool(
              to,
              Primitive.Pool.Kind.MAX_GATHER,
              MaxPool.axes(options, x.type().shape()),
              List.of(x, picked),
              options.format().toLast(to.outputType(0).shape()));
      to.output(0, options.format().fromLast(to, y));
    }

    static List<Example> examples() {
      Op two = new MaxPoolGradGrad(PoolOptions.window(2, 2));
      return List.of(
          Example.accepts(two)
              .with(DType.FLOAT64, 1, 4, 4, 2)
              .with(DType.FLOAT64, 1, 2, 2, 2)
              .with(DType.FLOAT64, 1, 4, 4, 2),
          Example.rejects(two, "shapes [1,4,4,1] and [1,4,2,1] differ")
              .with(DType.FLOAT32, 1, 4, 4, 1)
              .with(DType.FLOAT32, 1, 2, 2, 1)
              .with(DType.FLOAT32, 1, 4, 2, 1));
    }
  }

  /** The mean of the elements of each window, not counting the padding. */
  record AvgPool(PoolOptions options) implements Op {
    @Override
    public String type() {
      return "AvgPool";
    }

    @Override
    public Signature signature() {
      return Signature.of("value: T");
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireCount(1);
      requireNotExplicit(in, options);
      DType dtype = in.requireFloating(0).dtype();
      return List.of(new TensorType(dtype, MaxPool.forward(in, options, in.requireRank(0, 4))));
    }

    static void requireNotExplicit(Inference in, PoolOptions options) {
      in.require(
          options.padding().kind() != Padding.Kind.EXPLICIT,
          "averages take SAME or VALID padding, not %s",
          options.padding());
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(
          Ops.of(call.graph())
              .result(
                  new AvgPoolGrad(options), Broadcasting.shapeOf(call.input(0)), call.gradient()));
    }

    @Override
    public void lower(Lowering to) {
      Value x = options.format().toLast(to, to.input(0));
      Value y =
          MaxPool.pool(
              to,
              Primitive.Pool.Kind.AVERAGE,
              MaxPool.axes(options, x.type().shape()),
              List.of(x),
              options.format().toLast(to.outputType(0).shape()));
      to.output(0, options.format().fromLast(to, y));
    }

    static List<Example> examples() {
      PoolOptions two = PoolOptions.window(2, 2);
      return List.of(
          images(two, 2, 4, 6, 3),
          images(two.strides(1, 1).same(), 1, 3, 3, 2),
          images(PoolOptions.window(5, 5).strides(1, 1).same(), 1, 3, 3, 1),
          images(PoolOptions.window(3, 2).strides(2, 3), 1, 7, 7, 1),
          images(two.nchw(), 1, 2, 4, 4),
          Example.accepts(new AvgPool(two)).with(DType.FLOAT32, 1, 4, 4, 1),
          Example.rejects(new AvgPool(two), "must be floating, not int32")
              .with(DType.INT32, 1, 4, 4, 1),
          Example.rejects(
                  new AvgPool(two.padding(Padding.explicit(1, 0, 0, 0))),
                  "averages take SAME or VALID padding")
              .with(DType.FLOAT32, 1, 4, 4, 1));
    }

    private static Example images(PoolOptions options, long... dims) {
      return Example.accepts(new AvgPool(options)).with(DType.FLOAT64, dims);
    }
  }

  /** Gradient of {@link AvgPool}; inputs are the shape of the images and the gradient. */
  record AvgPoolGrad(PoolOptions options) implements Op {
    @Override
    public String type() {
      return "AvgPoolGrad";
    }

    @Override
    public Signature signature() {
      return Signature.of("orig_input_shape: int32 in index", "grad: T");
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireCount(2);
      AvgPool.requireNotExplicit(in, options);
      in.requireIndex(0);
      DType dtype = in.requireFloating(1).dtype();
      Shape dy = in.requireRank(1, 4);
      Optional<Literal> sizes = in.constant(0);
      if (sizes.isEmpty()) {
        in.requireRank(0, 1);
        int channels = options.format().channelAxis(4);
        return List.of(
            new TensorType(
                dtype, Shape.unknown(4).with(0, dy.dim(0)).with(channels, dy.dim(channels))));
      }
      Shape images = Sizes.read(in, sizes.get(), 4);
      Sizes.requireResult(in, MaxPool.forward(in, options, images), dy);
      return List.of(new TensorType(dtype, images));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(
          List.of(
              Optional.empty(),
              Optional.of(Ops.of(call.graph()).nn.avgPool(call.gradient(), options))),
          "it is a shape");
    }

    @Override
    public void lower(Lowering to) {
      Value dy = options.format().toLast(to, to.input(1));
      Shape x = options.format().toLast(to.outputType(0).shape());
      Value dx =
          MaxPool.pool(
              to, Primitive.Pool.Kind.AVERAGE_GRADIENT, MaxPool.axes(options, x), List.of(dy), x);
      to.output(0, options.format().fromLast(to, dx));
    }

    static List<Example> examples() {
      Op same = new AvgPoolGrad(PoolOptions.window(3, 3).strides(2, 2).same());
      return List.of(
          Example.accepts(same).with(Literal.ofInts(1, 5, 4, 2)).with(DType.FLOAT64, 1, 3, 2, 2),
          Example.rejects(same, "gradient of shape [1,2,2,1] does not fit a result of [1,3,2,1]")
              .with(Literal.ofInts(1, 5, 4, 1))
              .with(DType.FLOAT32, 1, 2, 2, 1));
    }
  }
}
