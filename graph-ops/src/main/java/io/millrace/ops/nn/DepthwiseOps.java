package io.millrace.ops.nn;

import io.millrace.Output;
import io.millrace.ir.Primitive;
import io.millrace.ir.Value;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.ConvOptions;
import io.millrace.ops.DataFormat;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Sizes;
import io.millrace.ops.math.Broadcasting;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/** Convolutions of each channel of images by itself. */
public interface DepthwiseOps extends Building {

  /**
   * Returns the convolution of each channel with filters of its own. TensorFlow:
   * DepthwiseConv2dNative.
   *
   * @param x {@code [n,h,w,c]}, or {@code [n,c,h,w]} with {@link ConvOptions#nchw}
   * @param filter {@code [h,w,c,m]}: channel k of the images gives channels {@code k * m} to {@code
   *     k * m + m - 1} of the result
   */
  default Output depthwiseConv2d(Object x, Object filter, ConvOptions options) {
    return result(new DepthwiseConv2dNative(options), x, filter);
  }

  /**
   * Returns a depthwise convolution, whose channels are then combined at each place. TensorFlow:
   * DepthwiseConv2dNative, Conv2D (separable_conv2d).
   *
   * @param depthwise {@code [h,w,c,m]}
   * @param pointwise {@code [1,1,c * m,out]}
   */
  default Output separableConv2d(
      Object x, Object depthwise, Object pointwise, ConvOptions options) {
    return scope(
        "separable_conv2d",
        () -> {
          Ops tf = tf();
          ConvOptions plain = ConvOptions.valid();
          return tf.nn.conv2d(
              tf.nn.depthwiseConv2d(x, depthwise, options),
              pointwise,
              options.format() == DataFormat.NCHW ? plain.nchw() : plain);
        });
  }

  /** Convolution of the channels of images (input 0), each with its own filters (input 1). */
  record DepthwiseConv2dNative(ConvOptions options) implements Op {
    @Override
    public String type() {
      return "DepthwiseConv2dNative";
    }

    @Override
    public Signature signature() {
      return Signature.of("input: T", "filter: T");
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireCount(2);
      in.requireFloating(0);
      DType dtype = in.requireSameDType();
      return List.of(
          new TensorType(dtype, forward(in, options, in.requireRank(0, 4), in.requireRank(1, 4))));
    }

    /** Returns the result's shape from the shapes of the images and the filter. */
    static Shape forward(Inference in, ConvOptions options, Shape images, Shape filter) {
      long depth = options.format().toLast(images).dim(-1);
      long channels = filter.dim(2);
      in.require(
          depth < 0 || channels < 0 || depth == channels,
          "the images have %d channels, but the filter is for %d",
          depth,
          channels);
      return ConvolutionOps.Conv2D.forward(in, options, images, grouped(filter));
    }

    /** Returns the shape of the same filters as of a convolution with a group for each channel. */
    static Shape grouped(Shape filter) {
      long channels = filter.dim(2);
      long each = filter.dim(3);
      long all = channels < 0 || each < 0 ? Shape.UNKNOWN : Math.multiplyExact(channels, each);
      return filter.with(2, 1).with(3, all);
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output x = call.input(0);
      Output filter = call.input(1);
      Output dy = call.gradient();
      return Gradients.of(
          tf.result(
              new DepthwiseConv2dNativeBackpropInput(options), Broadcasting.shapeOf(x), filter, dy),
          tf.result(
              new DepthwiseConv2dNativeBackpropFilter(options),
              x,
              Broadcasting.shapeOf(filter),
              dy));
    }

    @Override
    public void lower(Lowering to) {
      Value x = options.format().toLast(to, to.input(0));
      Shape taps = grouped(to.inputType(1).shape());
      Shape shape = options.format().toLast(to.outputType(0).shape());
      Value y =
          to.emit(
              convolve(Primitive.Convolve.Kind.FORWARD, x.type().shape(), taps),
              List.of(x, to.reshape(to.input(1), taps)),
              x.type().withShape(shape));
      to.output(0, options.format().fromLast(to, y));
    }

    Primitive.Convolve convolve(Primitive.Convolve.Kind kind, Shape x, Shape taps) {
      return new Primitive.Convolve(
          kind, ConvolutionOps.Conv2D.axes(options, x, taps), Math.toIntExact(x.dim(-1)));
    }

    static List<Example> examples() {
      ConvOptions valid = ConvOptions.valid();
      ConvOptions same = ConvOptions.same();
      Op op = new DepthwiseConv2dNative(valid);
      return List.of(
          Example.accepts(op).with(DType.FLOAT64, 2, 5, 4, 3).with(DType.FLOAT64, 3, 2, 3, 2),
          Example.accepts(new DepthwiseConv2dNative(same.strides(2, 2)))
              .with(DType.FLOAT64, 1, 5, 6, 2)
              .with(DType.FLOAT64, 3, 3, 2, 1),
          Example.accepts(new DepthwiseConv2dNative(valid.dilations(2, 2)))
              .with(DType.FLOAT64, 1, 6, 5, 2)
              .with(DType.FLOAT64, 3, 2, 2, 1),
          Example.accepts(new DepthwiseConv2dNative(same.nchw()))
              .with(DType.FLOAT32, 2, 3, 4, 5)
              .with(DType.FLOAT32, 3, 3, 3, 2),
          Example.rejects(op, "the images have 3 channels, but the filter is for 2")
              .with(DType.FLOAT32, 1, 4, 4, 3)
              .with(DType.FLOAT32, 3, 3, 2, 1),
          Example.rejects(op, "must be floating, not int32")
              .with(DType.INT32, 1, 4, 4, 3)
              .with(DType.INT32, 3, 3, 3, 1));
    }
  }

  /**
   * Gradient of {@link DepthwiseConv2dNative} by the images; inputs are the images' shape, the
   * filter and the gradient that arrives.
   */
  record DepthwiseConv2dNativeBackpropInput(ConvOptions options) implements Op {
    @Override
    public String type() {
      return "DepthwiseConv2dNativeBackpropInput";
    }

    @Override
    public Signature signature() {
      return Signature.of("input_sizes: int32 in index", "filter: T", "out_backprop: T");
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return ConvolutionOps.Conv2DBackpropInput.infer(
          in, (images, filter) -> DepthwiseConv2dNative.forward(in, options, images, filter));
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
                      new DepthwiseConv2dNativeBackpropFilter(options),
                      ddx,
                      Broadcasting.shapeOf(filter),
                      call.input(2))),
              Optional.of(tf.nn.depthwiseConv2d(ddx, filter, options))),
          "it is a shape");
    }

    @Override
    public void lower(Lowering to) {
      Shape taps = DepthwiseConv2dNative.grouped(to.inputType(1).shape());
      Value dy = options.format().toLast(to, to.input(2));
      Shape x = options.format().toLast(to.outputType(0).shape());
      Value dx =
          to.emit(
              new DepthwiseConv2dNative(options)
                  .convolve(Primitive.Convolve.Kind.DATA_GRADIENT, x, taps),
              List.of(to.reshape(to.input(1), taps), dy),
              dy.type().withShape(x));
      to.output(0, options.format().fromLast(to, dx));
    }

    static List<Example> examples() {
      Op op = new DepthwiseConv2dNativeBackpropInput(ConvOptions.valid());
      return List.of(
          Example.accepts(op)
              .with(Literal.ofInts(2, 5, 4, 3))
              .with(DType.FLOAT64, 3, 2, 3, 2)
              .with(DType.FLOAT64, 2, 3, 3, 6),
          Example.accepts(new DepthwiseConv2dNativeBackpropInput(ConvOptions.same().nchw()))
              .with(Literal.ofInts(1, 2, 4, 4))
              .with(DType.FLOAT64, 2, 2, 2, 1)
              .with(DType.FLOAT64, 1, 2, 4, 4),
          Example.rejects(op, "gradient of shape [1,2,2,1] does not fit a result of [1,3,3,1]")
              .with(Literal.ofInts(1, 4, 4, 1))
              .with(DType.FLOAT32, 2, 2, 1, 1)
              .with(DType.FLOAT32, 1, 2, 2, 1));
    }
  }

  /**
   * Gradient of {@link DepthwiseConv2dNative} by the filter; inputs are the images, the filter's
   * shape and the gradient that arrives.
   */
  record DepthwiseConv2dNativeBackpropFilter(ConvOptions options) implements Op {
    @Override
    public String type() {
      return "DepthwiseConv2dNativeBackpropFilter";
    }

    @Override
    public Signature signature() {
      return Signature.of("input: T", "filter_sizes: int32 in index", "out_backprop: T");
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
            new TensorType(
                dtype, Shape.unknown(4).with(2, options.format().toLast(images).dim(-1))));
      }
      Shape filter = Sizes.read(in, sizes.get(), 4);
      Sizes.requireResult(in, DepthwiseConv2dNative.forward(in, options, images, filter), dy);
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
                      new DepthwiseConv2dNativeBackpropInput(options),
                      Broadcasting.shapeOf(x),
                      ddw,
                      call.input(2))),
              Optional.empty(),
              Optional.of(tf.nn.depthwiseConv2d(x, ddw, options))),
          "it is a shape");
    }

    @Override
    public void lower(Lowering to) {
      Value x = options.format().toLast(to, to.input(0));
      Value dy = options.format().toLast(to, to.input(2));
      Shape filter = to.outputType(0).shape();
      Shape taps = DepthwiseConv2dNative.grouped(filter);
      Value dw =
          to.emit(
              new DepthwiseConv2dNative(options)
                  .convolve(Primitive.Convolve.Kind.FILTER_GRADIENT, x.type().shape(), taps),
              List.of(x, dy),
              x.type().withShape(taps));
      to.output(0, to.reshape(dw, filter));
    }

    static List<Example> examples() {
      Op op = new DepthwiseConv2dNativeBackpropFilter(ConvOptions.valid());
      return List.of(
          Example.accepts(op)
              .with(DType.FLOAT64, 2, 5, 4, 3)
              .with(Literal.ofInts(3, 2, 3, 2))
              .with(DType.FLOAT64, 2, 3, 3, 6),
          Example.accepts(new DepthwiseConv2dNativeBackpropFilter(ConvOptions.same().nchw()))
              .with(DType.FLOAT64, 1, 2, 4, 4)
              .with(Literal.ofInts(2, 2, 2, 1))
              .with(DType.FLOAT64, 1, 2, 4, 4),
          Example.rejects(op, "must be a vector of 4 sizes")
              .with(DType.FLOAT32, 1, 4, 4, 1)
              .with(Literal.ofInts(2, 2))
              .with(DType.FLOAT32, 1, 3, 3, 1));
    }
  }
}
