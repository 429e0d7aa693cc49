package io.millrace.cuda.kernels;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.CudaTypes;
import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.command.StepContext;
import io.millrace.ir.Primitive;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.DType;
import io.millrace.type.Shape;

/**
 * A step that convolves: which of its tensors is what, and their sizes.
 *
 * @param filterShape {@code [spatial..., cIn/groups, cOut]}
 * @param data the address of the data, or of their gradient
 * @param filter that of the filters, or of their gradient
 * @param result that of the forward convolution's output, or of the gradient that arrives there
 */
record Convolving(
    StepContext context,
    Primitive.Convolve.Kind kind,
    DType dtype,
    int groups,
    SlidingWindows windows,
    Shape filterShape,
    Address data,
    Address filter,
    Address result) {

  static Convolving of(StepContext context, Primitive.Convolve primitive) {
    Step step = context.step();
    Primitive.Convolve.Kind kind = primitive.kind();
    Place data = kind.data(step.inputs(), step.output());
    Place filter = kind.filter(step.inputs(), step.output());
    Place result = kind.result(step.inputs(), step.output());
    return new Convolving(
        context,
        kind,
        data.type().dtype(),
        primitive.groups(),
        new SlidingWindows(primitive.axes(), data.type().shape(), result.type().shape()),
        filter.type().shape(),
        Address.of(data),
        Address.of(filter),
        Address.of(result));
  }

  /** Returns the input channels of all groups. */
  long inputs() {
    return windows.data().dim(-1);
  }

  /** Returns the output channels of all groups. */
  long outputs() {
    return windows.result().dim(-1);
  }

  long inputsPerGroup() {
    return filterShape.dim(-2);
  }

  long outputsPerGroup() {
    return outputs() / groups;
  }

  /** Returns the filters' elements for one output channel. */
  long filterDepth() {
    return filterShape.size() / outputs();
  }

  long bytes(Shape shape) {
    return shape.size() * dtype.bytes();
  }

  String type() {
    return CudaTypes.of(dtype);
  }

  /** Begins a kernel; its name tells the type and the number of axes too. */
  LaunchBuilder kernel(String name) {
    return context
        .kernel(name + "_" + dtype + "_" + windows.count())
        .wide(windows.isWide() || filterShape.size() >= 1L << 30);
  }
}
