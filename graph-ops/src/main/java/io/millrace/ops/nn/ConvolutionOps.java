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
import io.millrace.ops.ConvOptions;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Sizes;
import io.millrace.ops.math.Broadcasting;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;

/** Convolutions of images. */
public interface ConvolutionOps extends Building {

  /**
   * Returns the convolution without padding and with strides of 1 of {@code [n,h,w,c]} with a
   * filter {@code [h,w,c,out]}. TensorFlow: Conv2D.
   */
  default Output conv2d(Object x, Object filter) {
    return conv2d(x, filter, ConvOptions.valid());
  }

  /**
   * Returns the convolution (correlation) of images with a filter. TensorFlow: Conv2D.
   *
   * @param x {@code [n,h,w,c]}, or {@code [n,c,h,w]} with {@link ConvOptions#nchw}
   * @param filter {@code [h,w,c/groups,out]}: fewer channels than the images have divide these, and
   *     the output's channels, into groups
   */
  default Output conv2d(Object x, Object filter, ConvOptions options) {
    return result(new Conv2D(options), x, filter);
  }

  /**
   * Returns the transpose of {@link #conv2d}, also called deconvolution. TensorFlow:
   * Conv2DBackpropInput (conv2d_transpose).
   *
   * @param x what {@code conv2d} would return
   * @param outputShape the shape that {@code conv2d} would take, int32
   */
  default Output conv2dTranspose(Object x, Object filter, Object outputShape, ConvOptions options) {
    Output data = operand(x);
    return result(
        new Conv2DBackpropInput(options),
        operand(outputShape),
        operand(filter, data.dtype()),
        data);
  }

  /** Convolution of images (input 0) with a filter (input 1). */
  record Conv2D(ConvOptions options) implements Op {
    @Override
    public String type() {
      return "Conv2D";
    }

    @Override
    public Signature signature() {
      return Signature.of("input: T", "filter: T").ignoring("use_cudnn_on_gpu");
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireCount(2);
      in.requireNumeric(0);
      DType dtype = in.requireSameDType();
      return List.of(
          new TensorType(dtype, forward(in, options, in.requireRank(0, 4), in.requireRank(1, 4))));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output x = call.input(0);
      Output filter = call.input(1);
      Output dy = call.gradient();
      return Gradients.of(
          tf.result(new Conv2DBackpropInput(options), Broadcasting.shapeOf(x), filter, dy),
          tf.result(new Conv2DBackpropFilter(options), x, Broadcasting.shapeOf(filter), dy));
    }

    @Override
    public void lower(Lowering to) {
      Value x = options.format().toLast(to, to.input(0));
      Value filter = to.input(1);
      Shape shape = options.format().toLast(to.outputType(0).shape());
      List<WindowAxis> axes = axes(options, x.type().shape(), filter.type().shape());
      int groups = groups(x.type().shape(), filter.type().shape());
      Value y =
          x.type().dtype().isFloating()
              ? to.emit(
                  new Primitive.Convolve(Primitive.Convolve.Kind.FORWARD, axes, groups),
                  List.of(x, filter),
                  x.type().withShape(shape))
              : Windows.convolve(to, x, filter, axes, groups);
      to.output(0, options.format().fromLast(to, y));
    }

    /** Returns the result's shape from the shapes of the images and the filter. */
    static Shape forward(Inference in, ConvOptions options, Shape images, Shape filter) {
      int spatial = filter.rank() - 2;
      Windows.requirePositive(in, "strides", options.strides(), spatial);
      Windows.requirePositive(in, "dilations", options.dilations(), spatial);
      options.padding().require(in, spatial);
      Shape x = options.format().toLast(images);
      long[] dims = new long[spatial + 2];
      dims[0] = x.dim(0);
      dims[spatial + 1] = filter.dim(-1);
      for (int i = 0; i < spatial; i++) {
        in.require(filter.dim(i) != 0, "the filter's shape %s has no elements", filter);
        dims[i + 1] =
            options
                .padding()
                .windows(
                    in,
                    i,
                    x.dim(i + 1),
                    filter.dim(i),
                    options.strides().get(i),
                    options.dilations().get(i));
      }
      long depth = x.dim(-1);
      long filterDepth = filter.dim(-2);
      in.require(filterDepth != 0, "the filter's shape %s has no elements", filter);
      if (depth >= 0 && filterDepth > 0) {
        in.require(
            depth % filterDepth == 0,
            "input depth must be evenly divisible by filter depth: %d vs %d",
            depth,
            filterDepth);
        long groups = Math.max(1, depth / filterDepth);
        in.require(
            filter.dim(-1) < 0 || filter.dim(-1) % groups == 0,
            "output depth must be evenly divisible by number of groups: %d vs %d",
            filter.dim(-1),
            groups);
      }
      return options.format().fromLast(Shape.of(dims));
    }

    /** Returns how the filter slides over images with their channels last. */
    static List<WindowAxis> axes(ConvOptions options, Shape x, Shape filter) {
      List<WindowAxis> axes = new ArrayList<>();
      for (int i = 0; i < filter.rank() - 2; i++) {
        axes.add(
            options
                .padding()
                .window(
                    i,
                    x.dim(i + 1),
                    filter.dim(i),
                    options.strides().get(i),
                    options.dilations().get(i)));
      }
      return axes;
    }

    static int groups(Shape x, Shape filter) {
      return (int) Math.max(1, x.dim(-1) / filter.dim(-2));
    }

    static List<Example> examples() {
      ConvOptions valid = ConvOptions.valid();
      ConvOptions same = ConvOptions.same();
      return List.of(
          images(valid, 2, 5, 6, 3).with(DType.FLOAT64, 3, 2, 3, 4),
          images(same.strides(2, 2), 1, 5, 6, 2).with(DType.FLOAT64, 3, 3, 2, 2),
          images(same.strides(3, 1), 1, 7, 4, 1).with(DType.FLOAT64, 2, 5, 1, 2),
          images(valid.dilations(2, 1), 1, 6, 5, 2).with(DType.FLOAT64, 3, 3, 2, 1),
          images(ConvOptions.explicit(1, 2, 0, 1), 1, 4, 4, 1).with(DType.FLOAT64, 3, 3, 1, 2),
          images(valid.nchw(), 2, 3, 5, 4).with(DType.FLOAT64, 2, 3, 3, 2),
          images(same, 1, 4, 4, 4).with(DType.FLOAT64, 3, 3, 2, 6),
          images(same, 1, 2, 2, 1).with(DType.FLOAT64, 5, 5, 1, 1),
          Example.accepts(new Conv2D(valid))
              .with(DType.FLOAT32, 2, 4, 4, 3)
              .with(DType.FLOAT32, 1, 1, 3, 5),
          Example.accepts(new Conv2D(valid))
              .with(DType.FLOAT32, 0, 4, 4, 3)
              .with(DType.FLOAT32, 3, 3, 3, 2),
          Example.accepts(new Conv2D(same.strides(2, 1)))
              .with(DType.INT32, 1, 4, 5, 4)
              .with(DType.INT32, 2, 2, 2, 6),
          Example.rejects(new Conv2D(valid), "evenly divisible by filter depth: 3 vs 2")
              .with(DType.FLOAT32, 1, 4, 4, 3)
              .with(DType.FLOAT32, 3, 3, 2, 4),
          Example.rejects(new Conv2D(valid), "evenly divisible by number of groups: 3 vs 2")
              .with(DType.FLOAT32, 1, 4, 4, 4)
              .with(DType.FLOAT32, 3, 3, 2, 3),
          Example.rejects(new Conv2D(valid), "a window of 5 does not fit spatial axis 1 of 3")
              .with(DType.FLOAT32, 1, 4, 3, 1)
              .with(DType.FLOAT32, 3, 5, 1, 1),
          Example.rejects(new Conv2D(valid), "input 0 must have 4 axes")
              .with(DType.FLOAT32, 4, 4, 1)
              .with(DType.FLOAT32, 3, 3, 1, 1),
          Example.rejects(new Conv2D(valid.strides(2)), "strides must be 2 positive numbers")
              .with(DType.FLOAT32, 1, 4, 4, 1)
              .with(DType.FLOAT32, 3, 3, 1, 1),
          Example.rejects(new Conv2D(valid.dilations(1, 0)), "dilations must be 2 positive")
              .with(DType.FLOAT32, 1, 4, 4, 1)
              .with(DType.FLOAT32, 3, 3, 1, 1));
    }

    private static Example images(ConvOptions options, long... dims) {
      return Example.accepts(new Conv2D(options)).with(DType.FLOAT64, dims);
    }
  }

  /**
   * Gradient of {@link Conv2D} by the images; inputs are the images' shape, the filter and the
   * gradient that arrives.
   */
  record Conv2DBackpropInput(ConvOptions options) implements Op {
    @Override
    public String type() {
      return "Conv2DBackpropInput";
    }

    @Override
    public Signature signature() {
      return Signature.of("input_sizes: int32 in index", "filter: T", "out_backprop: T")
          .ignoring("use_cudnn_on_gpu");
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return infer(in, (images, filter) -> Conv2D.forward(in, options, images, filter));
    }

    /** Returns the type of the images; {@code forward} gives a result's shape for a filter's. */
    static List<TensorType> infer(Inference in, BinaryOperator<Shape> forward) {
      in.requireCount(3);
      in.requireIndex(0);
      DType dtype = in.requireFloating(1).dtype();
      in.require(
          dtype == in.dtype(2),
          "filter %s and gradient %s must have one type",
          in.type(1),
          in.type(2));
      Shape filter = in.requireRank(1, 4);
      Shape dy = in.requireRank(2, 4);
      Optional<Literal> sizes = in.constant(0);
      if (sizes.isEmpty()) {
        in.requireRank(0, 1);
        return List.of(new TensorType(dtype, Shape.unknown(4).with(0, dy.dim(0))));
      }
      Shape images = Sizes.read(in, sizes.get(), 4);
      Sizes.requireResult(in, forward.apply(images, filter), dy);
      return List.of(new TensorType(dtype, images));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output ddx = call.gradient();
      Output filter = call.input(1);
      return Gradients.of(
          List.of(
              Optional.empty(),
              Optional.of(
                  tf.result(
                      new Conv2DBackpropFilter(options),
                      ddx,
                      Broadcasting.shapeOf(filter),
                      call.input(2))),
              Optional.of(tf.nn.conv2d(ddx, filter, options))),
          "it is a shape");
    }

    @Override
    public void lower(Lowering to) {
      Value filter = to.input(1);
      Value dy = options.format().toLast(to, to.input(2));
      Shape x = options.format().toLast(to.outputType(0).shape());
      Shape taps = filter.type().shape();
      Value dx =
          to.emit(
              new Primitive.Convolve(
                  Primitive.Convolve.Kind.DATA_GRADIENT,
                  Conv2D.axes(options, x, taps),
                  Conv2D.groups(x, taps)),
              List.of(filter, dy),
              dy.type().withShape(x));
      to.output(0, options.format().fromLast(to, dx));
    }

    static List<Example> examples() {
      ConvOptions same = ConvOptions.same().strides(2, 2);
      Op valid = new Conv2DBackpropInput(ConvOptions.valid());
      return List.of(
          Example.accepts(valid)
              .with(Literal.ofInts(2, 5, 4, 3))
              .with(DType.FLOAT64, 3, 2, 3, 2)
              .with(DType.FLOAT64, 2, 3, 3, 2),
          Example.accepts(new Conv2DBackpropInput(same))
              .with(Literal.ofInts(1, 5, 4, 2))
              .with(DType.FLOAT64, 3, 3, 2, 2)
              .with(DType.FLOAT64, 1, 3, 2, 2),
          Example.accepts(new Conv2DBackpropInput(ConvOptions.valid().nchw()))
              .with(Literal.ofInts(1, 4, 4, 4))
              .with(DType.FLOAT64, 2, 2, 2, 4)
              .with(DType.FLOAT64, 1, 4, 3, 3),
          Example.rejects(valid, "gradient of shape [1,2,2,1] does not fit a result of [1,3,3,1]")
              .with(Literal.ofInts(1, 4, 4, 1))
              .with(DType.FLOAT32, 2, 2, 1, 1)
              .with(DType.FLOAT32, 1, 2, 2, 1),
          Example.rejects(valid, "must be a vector of 4 sizes")
              .with(Literal.ofInts(4, 4))
              .with(DType.FLOAT32, 2, 2, 1, 1)
              .with(DType.FLOAT32, 1, 3, 3, 1));
    }
  }

  /**
   * Gradient of {@link Conv2D} by the filter; inputs are the images, the filter's shape and the
   * gradient that arrives.
   */
  record Conv2DBackpropFilter(ConvOptions options) implements Op {
    @Override
    public String type() {
      return "Conv2DBackpropFilter";
    }

    @Override
    public Signature signature() {
      return Signature.of("input: T", "filter_sizes: int32 in index", "out_backprop: T")
          .ignoring("use_cudnn_on_gpu");
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireCount(3);
      DType dtype = in.requireFloating(0).dtype();
      in.requireIndex(1);
      in.require(
          dtype == in.dtype(2),
          "images %s and gradient %s must have one type",
          in.type(0),
          in.type(2));
      Shape images = in.requireRank(0, 4);
      Shape dy = in.requireRank(2, 4);
      Optional<Literal> sizes = in.constant(1);
      if (sizes.isEmpty()) {
        in.requireRank(1, 1);
        return List.of(
            new TensorType(dtype, Shape.unknown(4).with(3, options.format().toLast(dy).dim(-1))));
      }
      Shape filter = Sizes.read(in, sizes.get(), 4);
      Sizes.requireResult(in, Conv2D.forward(in, options, images, filter), dy);
      return List.of(new TensorType(dtype, filter));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output ddw = call.gradient();
      Output x = call.input(0);
      return Gradients.of(
          List.of(
              Optional.of(
                  tf.result(
                      new Conv2DBackpropInput(options),
                      Broadcasting.shapeOf(x),
                      ddw,
                      call.input(2))),
              Optional.empty(),
              Optional.of(tf.nn.conv2d(x, ddw, options))),
          "it is a shape");
    }

    @Override
    public void lower(Lowering to) {
      Value x = options.format().toLast(to, to.input(0));
      Value dy = options.format().toLast(to, to.input(2));
      Shape filter = to.outputType(0).shape();
      to.output(
          0,
          to.emit(
              new Primitive.Convolve(
                  Primitive.Convolve.Kind.FILTER_GRADIENT,
                  Conv2D.axes(options, x.type().shape(), filter),
                  Conv2D.groups(x.type().shape(), filter)),
              List.of(x, dy),
              x.type().withShape(filter)));
    }

    static List<Example> examples() {
      ConvOptions same = ConvOptions.same().strides(2, 2);
      Op valid = new Conv2DBackpropFilter(ConvOptions.valid());
      return List.of(
          Example.accepts(valid)
              .with(DType.FLOAT64, 2, 5, 4, 3)
              .with(Literal.ofInts(3, 2, 3, 2))
              .with(DType.FLOAT64, 2, 3, 3, 2),
          Example.accepts(new Conv2DBackpropFilter(same))
              .with(DType.FLOAT64, 1, 5, 4, 2)
              .with(Literal.ofInts(3, 3, 2, 2))
              .with(DType.FLOAT64, 1, 3, 2, 2),
          Example.rejects(valid, "gradient of shape [1,2,2,1] does not fit a result of [1,3,3,1]")
              .with(DType.FLOAT32, 1, 4, 4, 1)
              .with(Literal.ofInts(2, 2, 1, 1))
              .with(DType.FLOAT32, 1, 2, 2, 1));
    }
  }
}
