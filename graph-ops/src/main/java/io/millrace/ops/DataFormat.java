package io.millrace.ops;

import io.millrace.ir.Value;
import io.millrace.op.Lowering;
import io.millrace.ops.array.Axes;
import io.millrace.type.Shape;

/** Lists the orders of the axes of images and other spatial data. */
public enum DataFormat {
  /** Examples, spatial axes, channels. */
  NHWC,
  /** Examples, channels, spatial axes. */
  NCHW;

  /** Returns the axis of the channels of a tensor of this rank. */
  public int channelAxis(int rank) {
    return this == NHWC ? rank - 1 : 1;
  }

  /** Returns a shape of this format with the channels last. */
  public Shape toLast(Shape shape) {
    return this == NHWC ? shape : permute(shape, Axes.channelsLast(shape.rank()));
  }

  /** Returns a shape with the channels last in this format. */
  public Shape fromLast(Shape shape) {
    return this == NHWC ? shape : permute(shape, Axes.channelsFirst(shape.rank()));
  }

  /** Returns a tensor of this format with the channels last. */
  public Value toLast(Lowering to, Value x) {
    return this == NHWC ? x : to.transpose(x, Axes.channelsLast(x.type().shape().rank()));
  }

  /** Returns a tensor with the channels last in this format. */
  public Value fromLast(Lowering to, Value x) {
    return this == NHWC ? x : to.transpose(x, Axes.channelsFirst(x.type().shape().rank()));
  }

  private static Shape permute(Shape shape, int... order) {
    long[] dims = new long[order.length];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = shape.dim(order[i]);
    }
    return Shape.of(dims);
  }
}
