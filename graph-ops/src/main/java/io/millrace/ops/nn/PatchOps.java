package io.millrace.ops.nn;

import io.millrace.Output;
import io.millrace.ir.Value;
import io.millrace.ir.View;
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
import io.millrace.ops.Padding;
import io.millrace.ops.math.Broadcasting;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Windows of images as the channels of pixels. */
public interface PatchOps extends Building {

  /**
   * Returns the windows of images {@code [n,h,w,c]}, all pixels of each as channels: {@code
   * [n,windows down,windows across,height*width*c]}. TensorFlow: ExtractImagePatches.
   *
   * @param sizes height and width of a window
   * @param strides distances of neighbouring windows, down and across
   * @param rates distances of neighbouring pixels of a window, down and across
   * @param padding {@link Padding.Kind#SAME} or {@link Padding.Kind#VALID}
   */
  default Output extractImagePatches(
      Object images, int[] sizes, int[] strides, int[] rates, Padding.Kind padding) {
    Arguments.requireEach(
        "images, sizes, strides, rates, padding", images, sizes, strides, rates, padding);
    return result(
        new ExtractImagePatches(perAxis(sizes), perAxis(strides), perAxis(rates), padding), images);
  }

  /** Returns numbers for the height and the width of images as TensorFlow has them for all axes. */
  private static List<Long> perAxis(int... heightAndWidth) {
    List<Long> all = new ArrayList<>(Collections.nCopies(heightAndWidth.length + 2, 1L));
    for (int i = 0; i < heightAndWidth.length; i++) {
      all.set(i + 1, (long) heightAndWidth[i]);
    }
    return all;
  }

  /** All pixels of each window as channels. */
  record ExtractImagePatches(
      List<Long> ksizes, List<Long> strides, List<Long> rates, Padding.Kind padding) implements Op {
    private static final Signature SIGNATURE = Signature.of("images: T");

    public ExtractImagePatches {
      ksizes = List.copyOf(ksizes);
      strides = List.copyOf(strides);
      rates = List.copyOf(rates);
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.require(padding != Padding.Kind.EXPLICIT, "the padding must be SAME or VALID");
      for (List<Long> perAxis : List.of(ksizes, strides, rates)) {
        in.require(
            perAxis.size() == 4
                && perAxis.get(0) == 1
                && perAxis.get(3) == 1
                && perAxis.stream().allMatch(n -> n > 0),
            "windows need numbers [1,down,across,1], not %s",
            perAxis);
      }
      Shape images = in.requireRank(0, 4);
      Shape windows = sliding().results(in, images);
      long pixels = Math.multiplyExact(ksizes.get(1), ksizes.get(2));
      long channels = images.dim(3) < 0 ? -1 : Math.multiplyExact(pixels, images.dim(3));
      return List.of(in.type(0).withShape(windows.with(3, channels)));
    }

    private Sliding sliding() {
      return new Sliding(
          ksizes.subList(1, 3),
          strides.subList(1, 3),
          rates.subList(1, 3),
          padding == Padding.Kind.SAME ? Padding.SAME : Padding.VALID);
    }

    /**
     * Sums what arrives for each pixel, told by the patches of an image of pixels' numbers, in
     * which 0 stands for what is outside.
     */
    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output x = call.input(0);
      List<Output> dims = tf.unstack(tf.reshape(Broadcasting.shapeOf(x), 4));
      Output n = dims.get(0);
      Output pixels = tf.multiply(dims.get(1), dims.get(2));
      Output channels = dims.get(3);
      Output one = tf.constant(1);
      Output numbers =
          tf.reshape(
              tf.range(1, tf.add(pixels, 1)),
              tf.stack(List.of(one, dims.get(1), dims.get(2), one)));
      Output places = tf.reshape(tf.subtract(tf.result(this, numbers), 1), -1);
      Output perPlace =
          tf.reshape(call.gradient(), tf.stack(List.of(n, tf.size(places), channels)));
      Output sums = tf.unsortedSegmentSum(tf.transpose(perPlace, 1, 0, 2), places, pixels);
      return Gradients.of(Broadcasting.reshapeLike(tf.transpose(sums, 1, 0, 2), x));
    }

    @Override
    public void lower(Lowering to) {
      Shape from = to.inputType(0).shape();
      Shape result = to.outputType(0).shape();
      Value padded = Windows.pad(to, to.input(0), sliding().axes(from), 0);
      long[] dense = padded.type().shape().strides();
      Shape windows =
          Shape.of(
              result.dim(0),
              result.dim(1),
              result.dim(2),
              ksizes.get(1),
              ksizes.get(2),
              from.dim(3));
      View walk =
          View.of(
              0,
              dense[0],
              dense[1] * strides.get(1),
              dense[2] * strides.get(2),
              dense[1] * rates.get(1),
              dense[2] * rates.get(2),
              1);
      to.output(0, to.reshape(to.view(padded, windows, walk), result));
    }

    static List<Example> examples() {
      List<Long> ones = List.of(1L, 1L, 1L, 1L);
      List<Long> twos = List.of(1L, 2L, 2L, 1L);
      Op valid = new ExtractImagePatches(twos, ones, ones, Padding.Kind.VALID);
      return List.of(
          Example.accepts(valid).with(DType.FLOAT32, 1, 3, 4, 2),
          Example.accepts(new ExtractImagePatches(twos, twos, twos, Padding.Kind.SAME))
              .with(DType.FLOAT64, 2, 3, 4, 1),
          Example.accepts(valid).with(DType.INT32, 1, 2, 3, 1),
          Example.rejects(
                  new ExtractImagePatches(twos, ones, List.of(1L, 2L), Padding.Kind.SAME),
                  "windows need numbers [1,down,across,1], not [1, 2]")
              .with(DType.FLOAT32, 1, 3, 4, 2),
          Example.rejects(
                  new ExtractImagePatches(twos, ones, ones, Padding.Kind.EXPLICIT),
                  "the padding must be SAME or VALID")
              .with(DType.FLOAT32, 1, 3, 4, 2),
          Example.rejects(valid, "must have 4 axes").with(DType.FLOAT32, 3, 4),
          Example.rejects(
                  new ExtractImagePatches(List.of(1L, 4L, 1L, 1L), ones, ones, Padding.Kind.VALID),
                  "a window of 4 does not fit spatial axis 0 of 2")
              .with(DType.FLOAT32, 1, 2, 4, 1));
    }
  }
}
