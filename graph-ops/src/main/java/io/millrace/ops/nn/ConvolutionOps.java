package io.millrace.ops.nn;

import io.millrace.Output;
import io.millrace.ir.Primitive;
import io.millrace.ir.Value;
import io.millrace.ir.WindowAxis;
import io.millrace.op.Arguments;
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
import io.millrace.ops.nn.ConvFamily.Part;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
    return result(new Conv(ConvFamily.CONV_2D, Part.RESULT, options), x, filter);
  }

  /**
   * Returns the transpose of {@link #conv2d}, also called deconvolution. TensorFlow:
   * Conv2DBackpropInput (conv2d_transpose).
   *
   * @param x what {@code conv2d} would return
   * @param outputShape the shape that {@code conv2d} would take, int32
   */
  default Output conv2dTranspose(Object x, Object filter, Object outputShape, ConvOptions options) {
    Arguments.requireEach("x, filter, outputShape, options", x, filter, outputShape, options);
    Output data = operand(x);
    return result(
        new Conv(ConvFamily.CONV_2D, Part.IMAGES, options),
        sizes(outputShape),
        operand(filter, data.dtype()),
        data);
  }

  /**
   * Returns the convolution of each channel with filters of its own. TensorFlow:
   * DepthwiseConv2dNative.
   *
   * @param x {@code [n,h,w,c]}, or {@code [n,c,h,w]} with {@link ConvOptions#nchw}
   * @param filter {@code [h,w,c,m]}: channel k of the images gives channels {@code k * m} to {@code
   *     k * m + m - 1} of the result
   */
  default Output depthwiseConv2d(Object x, Object filter, ConvOptions options) {
    return result(new Conv(ConvFamily.DEPTHWISE_2D, Part.RESULT, options), x, filter);
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
    Arguments.requireEach("x, depthwise, pointwise, options", x, depthwise, pointwise, options);
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

  /**
   * Makes one part of a convolution from the other two: the result from images (input 0) and filter
   * (input 1); or, as gradient by the images or by the filter, these from their shape at their
   * place and the gradient that arrives at the result (input 2).
   */
  record Conv(ConvFamily family, Part made, ConvOptions options) implements Op {
    @Override
    public String type() {
      return family.type(made);
    }

    @Override
    public Signature signature() {
      return family.signature(made);
    }

    @Override
    public List<TensorType> infer(Inference in) {
      if (made == Part.RESULT) {
        return List.of(in.type(0).withShape(result(in, rank(in, 0), rank(in, 1))));
      }
      Shape result = rank(in, 2);
      Shape given = rank(in, made == Part.IMAGES ? 1 : 0);
      DataFormat format = options.format();
      Shape shape =
          made == Part.IMAGES
              ? Sizes.original(
                  in,
                  0,
                  Shape.unknown(family.rank()).with(0, result.dim(0)),
                  images -> result(in, images, given),
                  result)
              : Sizes.original(
                  in,
                  1,
                  family.filter(format.toLast(given).dim(-1), format.toLast(result).dim(-1)),
                  filter -> result(in, given, filter),
                  result);
      return List.of(in.type(2).withShape(shape));
    }

    private Shape rank(Inference in, int input) {
      return in.requireRank(input, family.rank());
    }

    private Shape result(Inference in, Shape images, Shape filter) {
      Shape x = options.format().toLast(images);
      family.requireFit(in, x.dim(-1), filter);
      Shape grouped = family.grouped(filter);
      Shape results = Sliding.of(options, grouped).results(in, x);
      return options.format().fromLast(results.with(results.rank() - 1, grouped.dim(-1)));
    }

    /** Each gradient is a part made from the others, what arrives here standing for its own. */
    @Override
    public Gradients gradient(Gradient call) {
      List<Optional<Output>> perInput = new ArrayList<>();
      for (Part part : made.inputs()) {
        perInput.add(part == made ? Optional.empty() : Optional.of(make(part, call)));
      }
      return Gradients.of(perInput, "it is a shape");
    }

    private Output make(Part wanted, Gradient call) {
      List<Output> inputs = new ArrayList<>();
      for (Part part : wanted.inputs()) {
        Output tensor = part == made ? call.gradient() : call.input(part.input());
        inputs.add(part == wanted ? Broadcasting.shapeOf(tensor) : tensor);
      }
      return Ops.of(call.graph()).result(new Conv(family, wanted, options), inputs.toArray());
    }

    @Override
    public void lower(Lowering to) {
      DataFormat format = options.format();
      Shape images = format.toLast(shape(to, Part.IMAGES));
      Shape filter = family.grouped(shape(to, Part.FILTER));
      List<Value> inputs = new ArrayList<>();
      for (Part part : made.inputs()) {
        if (part != made) {
          Value input = to.input(part.input());
          inputs.add(part == Part.FILTER ? to.reshape(input, filter) : format.toLast(to, input));
        }
      }
      List<WindowAxis> axes = Sliding.of(options, filter).axes(images);
      int groups = ConvFamily.groups(images.dim(-1), filter);
      TensorType type = to.outputType(0);
      Shape shape = made == Part.FILTER ? filter : format.toLast(type.shape());
      Value y =
          type.dtype().isFloating()
              ? to.emit(
                  new Primitive.Convolve(made.kind(), axes, groups), inputs, type.withShape(shape))
              : Windows.convolve(to, inputs.get(0), inputs.get(1), axes, groups);
      to.output(0, made == Part.FILTER ? to.reshape(y, type.shape()) : format.fromLast(to, y));
    }

    private Shape shape(Lowering to, Part part) {
      return (part == made ? to.outputType(0) : to.inputType(part.input())).shape();
    }

    static List<Example> examples() {
      return ConvExamples.all();
    }
  }
}
