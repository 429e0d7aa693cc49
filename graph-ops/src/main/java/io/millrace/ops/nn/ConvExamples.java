package io.millrace.ops.nn;

import io.millrace.op.Example;
import io.millrace.op.Op;
import io.millrace.ops.ConvOptions;
import io.millrace.ops.nn.ConvFamily.Part;
import io.millrace.ops.nn.ConvolutionOps.Conv;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Uses of convolutions and their gradients. */
final class ConvExamples {
  private static final ConvOptions VALID = ConvOptions.valid();
  private static final ConvOptions SAME = ConvOptions.same();

  private final List<Example> examples = new ArrayList<>();
  private final ConvFamily family;

  private ConvExamples(ConvFamily family) {
    this.family = family;
  }

  static List<Example> all() {
    List<Example> examples = new ArrayList<>(conv2d());
    examples.addAll(depthwise());
    return examples;
  }

  private static List<Example> conv2d() {
    ConvExamples of = new ConvExamples(ConvFamily.CONV_2D);
    of.accepts(VALID, DType.FLOAT64, dims(2, 5, 6, 3), dims(3, 2, 3, 4));
    of.accepts(SAME.strides(2, 2), DType.FLOAT64, dims(1, 5, 6, 2), dims(3, 3, 2, 2));
    of.accepts(SAME.strides(3, 1), DType.FLOAT64, dims(1, 7, 4, 1), dims(2, 5, 1, 2));
    of.accepts(VALID.dilations(2, 1), DType.FLOAT64, dims(1, 6, 5, 2), dims(3, 3, 2, 1));
    ConvOptions padded = ConvOptions.explicit(1, 2, 0, 1);
    of.accepts(padded, DType.FLOAT64, dims(1, 4, 4, 1), dims(3, 3, 1, 2));
    of.accepts(VALID.nchw(), DType.FLOAT64, dims(2, 3, 5, 4), dims(2, 3, 3, 2));
    of.accepts(SAME, DType.FLOAT64, dims(1, 4, 4, 4), dims(3, 3, 2, 6));
    of.accepts(SAME, DType.FLOAT64, dims(1, 2, 2, 1), dims(5, 5, 1, 1));
    of.accepts(VALID, DType.FLOAT32, dims(2, 4, 4, 3), dims(1, 1, 3, 5));
    of.accepts(VALID, DType.FLOAT32, dims(0, 4, 4, 3), dims(3, 3, 3, 2));
    of.accepts(SAME.strides(2, 1), DType.INT32, dims(1, 4, 5, 4), dims(2, 2, 2, 6));
    of.rejects(
        "the images have 3 channels, but the filter is for 2",
        VALID,
        dims(1, 4, 4, 3),
        dims(3, 3, 2, 4));
    of.rejects(
        "which makes 2 groups, and its 3 outputs do not",
        VALID,
        dims(1, 4, 4, 4),
        dims(3, 3, 2, 3));
    of.rejects(
        "a window of 5 does not fit spatial axis 1 of 3",
        VALID,
        dims(1, 4, 3, 1),
        dims(3, 5, 1, 1));
    of.rejects("input 0 must have 4 axes", VALID, dims(4, 4, 1), dims(3, 3, 1, 1));
    of.rejects(
        "strides must be 2 positive numbers", VALID.strides(2), dims(1, 4, 4, 1), dims(3, 3, 1, 1));
    of.rejects(
        "dilations must be 2 positive", VALID.dilations(1, 0), dims(1, 4, 4, 1), dims(3, 3, 1, 1));
    of.gradients(VALID, dims(2, 5, 4, 3), dims(3, 2, 3, 2), dims(2, 3, 3, 2));
    of.gradients(SAME.strides(2, 2), dims(1, 5, 4, 2), dims(3, 3, 2, 2), dims(1, 3, 2, 2));
    of.gradients(VALID.nchw(), dims(1, 4, 4, 4), dims(2, 2, 2, 4), dims(1, 4, 3, 3));
    of.misfits();
    return of.examples;
  }

  private static List<Example> depthwise() {
    ConvExamples of = new ConvExamples(ConvFamily.DEPTHWISE_2D);
    of.accepts(VALID, DType.FLOAT64, dims(2, 5, 4, 3), dims(3, 2, 3, 2));
    of.accepts(SAME.strides(2, 2), DType.FLOAT64, dims(1, 5, 6, 2), dims(3, 3, 2, 1));
    of.accepts(VALID.dilations(2, 2), DType.FLOAT64, dims(1, 6, 5, 2), dims(3, 2, 2, 1));
    of.accepts(SAME.nchw(), DType.FLOAT32, dims(2, 3, 4, 5), dims(3, 3, 3, 2));
    of.rejects(
        "the images have 3 channels, but the filter is for 2",
        VALID,
        dims(1, 4, 4, 3),
        dims(3, 3, 2, 1));
    of.examples.add(
        Example.rejects(of.op(Part.RESULT, VALID), "must be floating, not int32")
            .with(DType.INT32, 1, 4, 4, 3)
            .with(DType.INT32, 3, 3, 3, 1));
    of.gradients(VALID, dims(2, 5, 4, 3), dims(3, 2, 3, 2), dims(2, 3, 3, 6));
    of.gradients(SAME.nchw(), dims(1, 2, 4, 4), dims(2, 2, 2, 1), dims(1, 2, 4, 4));
    of.misfits();
    return of.examples;
  }

  private Op op(Part made, ConvOptions options) {
    return new Conv(family, made, options);
  }

  private void accepts(ConvOptions options, DType dtype, long[] images, long[] filter) {
    examples.add(Example.accepts(op(Part.RESULT, options)).with(dtype, images).with(dtype, filter));
  }

  private void rejects(String message, ConvOptions options, long[] images, long[] filter) {
    examples.add(
        Example.rejects(op(Part.RESULT, options), message)
            .with(DType.FLOAT32, images)
            .with(DType.FLOAT32, filter));
  }

  private void gradients(ConvOptions options, long[] images, long[] filter, long[] result) {
    examples.add(
        Example.accepts(op(Part.IMAGES, options))
            .with(sizes(images))
            .with(DType.FLOAT64, filter)
            .with(DType.FLOAT64, result));
    examples.add(
        Example.accepts(op(Part.FILTER, options))
            .with(DType.FLOAT64, images)
            .with(sizes(filter))
            .with(DType.FLOAT64, result));
  }

  /** Adds gradients of a result that images and filter do not have, and by what is no shape. */
  private void misfits() {
    misfits(
        "gradient of shape [1,2,2,1] does not fit a result of [1,3,3,1]",
        sizes(1, 4, 4, 1),
        sizes(2, 2, 1, 1));
    misfits("must be a vector of 4 sizes", sizes(4, 4), sizes(2, 2));
  }

  private void misfits(String message, Literal images, Literal filter) {
    examples.add(
        Example.rejects(op(Part.IMAGES, VALID), message)
            .with(images)
            .with(DType.FLOAT32, 2, 2, 1, 1)
            .with(DType.FLOAT32, 1, 2, 2, 1));
    examples.add(
        Example.rejects(op(Part.FILTER, VALID), message)
            .with(DType.FLOAT32, 1, 4, 4, 1)
            .with(filter)
            .with(DType.FLOAT32, 1, 2, 2, 1));
  }

  private static long[] dims(long... dims) {
    return dims;
  }

  private static Literal sizes(long... dims) {
    return Literal.ofInts(Arrays.stream(dims).mapToInt(Math::toIntExact).toArray());
  }
}
