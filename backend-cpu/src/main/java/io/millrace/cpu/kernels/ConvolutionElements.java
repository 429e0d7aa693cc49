package io.millrace.cpu.kernels;

import io.millrace.cpu.workers.Frame;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.type.DType;
import io.millrace.type.Elements;
import io.millrace.type.Shape;

/**
 * Single elements of a convolution, summed over what windows see and nothing else.
 *
 * <p>Products of matrices multiply padding, and what only neighbours in a block see, by zero. That
 * is nothing as long as all numbers are finite; where a result is not, these are the right ones.
 */
final class ConvolutionElements {
  private final Place source;
  private final ConvolutionAxis[] axes;
  private final int[][] leads;
  private final int[][] leadTaps;
  private final long[] extents;

  /** Knows what the positions of a result see of a tensor {@code [n, spatial..., channels]}. */
  ConvolutionElements(Place source, ConvolutionAxis[] axes) {
    this.source = source;
    this.axes = axes;
    leads = ConvolutionAxis.leadingOffsets(axes);
    leadTaps = ConvolutionAxis.leadingTaps(axes);
    extents = source.type().shape().slice(1, axes.length + 1).dims();
  }

  /** Returns whether any position sees padding. */
  boolean seesPadding() {
    for (int axis = 0; axis < axes.length; axis++) {
      ConvolutionAxis a = axes[axis];
      int[] offsets = a.offsets();
      if (offsets.length > 0
          && a.positions() > 0
          && (offsets[0] < 0
              || (a.positions() - 1L) * a.step() + offsets[offsets.length - 1] >= extents[axis])) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns an element of a result that gathers from the tensor.
   *
   * @param filter {@code [spatial..., in/groups, out]}
   * @param position of the element, counted over images and positions
   * @param transposed whether the tensor's channels are the filter's outputs
   */
  double gathered(
      Frame frame, Place filter, boolean transposed, int groups, long position, long channel) {
    Shape shape = filter.type().shape();
    long filterIn = shape.dim(-2);
    long filterOut = shape.dim(-1);
    long seen = transposed ? filterOut / groups : filterIn;
    long made = transposed ? filterIn : filterOut / groups;
    long group = channel / made;
    ConvolutionAxis last = axes[axes.length - 1];
    double sum = 0;
    for (int lead = 0; lead < leads.length; lead++) {
      for (int t = 0; t < last.taps().length; t++) {
        long pixel = pixel(position, leads[lead], last.offsets()[t]);
        if (pixel < 0) {
          continue;
        }
        long tap = tap(shape, leadTaps[lead], last.taps()[t]);
        long from = pixel * seen * groups + group * seen;
        long weight =
            transposed
                ? (tap * filterIn + channel % made) * filterOut + group * seen
                : tap * filterIn * filterOut + channel;
        long step = transposed ? 1 : filterOut;
        for (long s = 0; s < seen; s++) {
          sum += get(frame, source, from + s) * get(frame, filter, weight + s * step);
        }
        if (Double.isNaN(sum)) {
          return sum;
        }
      }
    }
    return sum;
  }

  /**
   * Returns an element of the gradient by the filter: the tensor's elements that a tap sees, times
   * what arrives.
   *
   * @param gradient what arrives at {@code [n, positions..., out]}
   * @param lead the combination of taps of all axes but the last
   * @param in the input channel, of all groups
   */
  double correlated(Frame frame, Place gradient, int lead, int tap, long in, long out) {
    Shape shape = gradient.type().shape();
    long channels = source.type().shape().dim(-1);
    long outputs = shape.dim(-1);
    long positions = shape.size() / outputs;
    int offset = axes[axes.length - 1].offsets()[tap];
    double sum = 0;
    for (long position = 0; position < positions && !Double.isNaN(sum); position++) {
      long pixel = pixel(position, leads[lead], offset);
      if (pixel >= 0) {
        sum +=
            get(frame, source, pixel * channels + in)
                * get(frame, gradient, position * outputs + out);
      }
    }
    return sum;
  }

  /** Returns the pixel that a position sees at these offsets; -1 for padding. */
  private long pixel(long position, int[] lead, int lastOffset) {
    long pixel = 0;
    long stride = 1;
    long rest = position;
    for (int axis = axes.length - 1; axis >= 0; axis--) {
      ConvolutionAxis a = axes[axis];
      int offset = axis == lead.length ? lastOffset : lead[axis];
      long place = rest % a.positions() * a.step() + offset;
      if (place < 0 || place >= extents[axis]) {
        return -1;
      }
      pixel += place * stride;
      stride *= extents[axis];
      rest /= a.positions();
    }
    return pixel + rest * stride;
  }

  private static long tap(Shape filter, int[] lead, int last) {
    long tap = 0;
    for (int axis = 0; axis < lead.length; axis++) {
      tap = tap * filter.dim(axis) + lead[axis];
    }
    return tap * filter.dim(lead.length) + last;
  }

  /** Returns an element of a tensor as a double. */
  static double get(Frame frame, Place place, long element) {
    DType dtype = place.type().dtype();
    long offset = element * dtype.bytes();
    return Elements.getDouble(dtype, frame.window(place, offset), frame.position(place, offset));
  }

  /** Sets an element of a tensor. */
  static void set(Frame frame, Place place, long element, double value) {
    DType dtype = place.type().dtype();
    long offset = frame.offset(place) + element * dtype.bytes();
    int at = (int) (offset % HostMemory.WINDOW);
    Elements.setDouble(dtype, frame.memory(place).window(offset), at, value);
  }
}
