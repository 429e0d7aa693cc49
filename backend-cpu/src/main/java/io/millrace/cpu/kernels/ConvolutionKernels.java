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
    Place output = step.output();
    if (output.type().shape().size() == 0) {
      return frame -> {};
    }
    if (step.inputs().stream().anyMatch(input -> input.type().shape().size() == 0)) {
      return frame -> ContractionIntegers.zero(frame, output);
    }
    Place data = convolve.kind().data(step.inputs(), output);
    Place filter = convolve.kind().filter(step.inputs(), output);
    Place result = convolve.kind().result(step.inputs(), output);
    if (ConvolutionDepthwise.suits(convolve, data, filter)) {
      return new ConvolutionDepthwise(convolve, data, filter, result);
    }
    int groups = convolve.groups();
    return switch (convolve.kind()) {
      case FORWARD ->
          new ConvolutionGather(
              List.of(
                  new ConvolutionPhase(data, filter, result, forwardAxes(convolve, data), groups)));
      case DATA_GRADIENT -> new ConvolutionGather(phases(convolve, filter, result, data));
      case FILTER_GRADIENT ->
          new ConvolutionFilterGradient(data, result, filter, forwardAxes(convolve, data), groups);
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
