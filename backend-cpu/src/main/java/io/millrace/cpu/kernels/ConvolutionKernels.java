package io.millrace.cpu.kernels;

import io.millrace.cpu.workers.Kernel;
import io.millrace.ir.Primitive;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import java.util.ArrayList;
import java.util.List;

/** Makes the kernels of {@link Primitive.Convolve}. */
public final class ConvolutionKernels {
  private ConvolutionKernels() {}

  /** Returns a kernel for a step whose primitive is a Convolve. */
  public static Kernel of(Step step) {
    Primitive.Convolve convolve = (Primitive.Convolve) step.primitive();
    Place first = step.inputs().get(0);
    Place second = step.inputs().get(1);
    Place output = step.output();
    if (output.type().shape().size() == 0) {
      return frame -> {};
    }
    if (first.type().shape().size() == 0 || second.type().shape().size() == 0) {
      return frame -> ContractionIntegers.zero(frame, output);
    }
    int groups = convolve.groups();
    boolean byData = convolve.kind() == Primitive.Convolve.Kind.DATA_GRADIENT;
    boolean byFilter = convolve.kind() == Primitive.Convolve.Kind.FILTER_GRADIENT;
    Place data = byData ? output : first;
    Place filter = byData ? first : byFilter ? output : second;
    if (ConvolutionDepthwise.suits(convolve, data, filter)) {
      Place result = byData || byFilter ? second : output;
      return new ConvolutionDepthwise(convolve, data, filter, result);
    }
    return switch (convolve.kind()) {
      case FORWARD ->
          new ConvolutionGather(
              List.of(
                  new ConvolutionPhase(
                      first, second, output, forwardAxes(convolve, first), groups)));
      case DATA_GRADIENT -> new ConvolutionGather(phases(convolve, first, second, output));
      case FILTER_GRADIENT ->
          new ConvolutionFilterGradient(
              first, second, output, forwardAxes(convolve, first), groups);
    };
  }

  private static ConvolutionAxis[] forwardAxes(Primitive.Convolve convolve, Place data) {
    ConvolutionAxis[] axes = new ConvolutionAxis[convolve.axes().size()];
    for (int axis = 0; axis < axes.length; axis++) {
      axes[axis] =
          ConvolutionAxis.forward(convolve.axes().get(axis), data.type().shape().dim(axis + 1));
    }
    return axes;
  }

  /**
   * Divides the data's elements by their coordinates' remainders, each a convolution of its own.
   */
  private static List<ConvolutionPhase> phases(
      Primitive.Convolve convolve, Place filter, Place gradient, Place output) {
    int rank = convolve.axes().size();
    List<List<ConvolutionAxis>> choices = new ArrayList<>();
    int[] strides = new int[rank];
    int count = 1;
    for (int axis = 0; axis < rank; axis++) {
      long extent = output.type().shape().dim(axis + 1);
      choices.add(ConvolutionAxis.backward(convolve.axes().get(axis), extent));
      strides[axis] = ConvolutionAxis.stride(convolve.axes().get(axis), extent);
      count *= choices.get(axis).size();
    }
    List<ConvolutionPhase> phases = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ConvolutionAxis[] axes = new ConvolutionAxis[rank];
      int[] remainders = new int[rank];
      int rest = i;
      for (int axis = rank - 1; axis >= 0; axis--) {
        int size = choices.get(axis).size();
        remainders[axis] = rest % size;
        axes[axis] = choices.get(axis).get(remainders[axis]);
        rest /= size;
      }
      phases.add(
          new ConvolutionPhase(
              gradient, filter, output, axes, convolve.groups(), remainders, strides));
    }
    return phases;
  }
}
