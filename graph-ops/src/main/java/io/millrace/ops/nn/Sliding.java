package io.millrace.ops.nn;

import io.millrace.ir.WindowAxis;
import io.millrace.op.Inference;
import io.millrace.ops.ConvOptions;
import io.millrace.ops.Padding;
import io.millrace.ops.PoolOptions;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;

/**
 * How windows slide over the spatial axes of data with channels last, by TensorFlow's rules: what
 * convolutions, pooling and taking patches share.
 *
 * @param window extents of a window, -1 where not known yet
 */
record Sliding(List<Long> window, List<Long> strides, List<Long> dilations, Padding padding) {
  /** How far a window and padding may reach: places in them are counted in 32 bits. */
  private static final long FARTHEST = 1 << 29;

  /** Returns how a filter {@code [spatial..., in, out]} slides. */
  static Sliding of(ConvOptions options, Shape filter) {
    List<Long> window = LongStream.of(filter.slice(0, filter.rank() - 2).dims()).boxed().toList();
    return new Sliding(window, options.strides(), options.dilations(), options.padding());
  }

  /** Returns how a window of pooling slides. */
  static Sliding of(PoolOptions options) {
    return new Sliding(
        options.window(),
        options.strides(),
        Collections.nCopies(options.strides().size(), 1L),
        options.padding());
  }

  /** Returns the shape of one result a window and channel, for data of this shape. */
  Shape results(Inference in, Shape data) {
    int spatial = data.rank() - 2;
    requirePositive(in, "strides", strides, spatial);
    requirePositive(in, "dilations", dilations, spatial);
    for (int i = 0; i < spatial; i++) {
      long apart = dilations.get(i);
      in.require(
          apart == 1 || window.get(i) <= 1 || apart <= FARTHEST / (window.get(i) - 1),
          "dilations %s of a window of %s span more than %d elements",
          dilations,
          window,
          FARTHEST);
    }
    in.require(
        padding.kind() != Padding.Kind.EXPLICIT || padding.amounts().size() == 2 * spatial,
        "explicit padding takes %d amounts, not %d",
        2 * spatial,
        padding.amounts().size());
    in.require(
        padding.amounts().stream().allMatch(a -> a >= 0 && a <= FARTHEST),
        "explicit paddings must be 0 or more, up to %d, but are %s",
        FARTHEST,
        padding.amounts());
    long[] dims = data.dims();
    for (int i = 0; i < spatial; i++) {
      dims[i + 1] = windows(in, i, data.dim(i + 1));
    }
    return Shape.of(dims);
  }

  /** Requires one positive number a spatial axis. */
  static void requirePositive(Inference in, String what, List<Long> perAxis, int spatial) {
    in.require(
        perAxis.size() == spatial && perAxis.stream().allMatch(n -> n > 0),
        "%s must be %d positive numbers, not %s",
        what,
        spatial,
        perAxis);
  }

  private long windows(Inference in, int axis, long extent) {
    if (extent < 0 || window.get(axis) < 0) {
      return padding.kind() == Padding.Kind.SAME && extent >= 0 ? sameWindows(axis, extent) : -1;
    }
    WindowAxis slides = axis(axis, extent);
    long padded = Math.addExact(Math.addExact(extent, slides.padBefore()), slides.padAfter());
    // TensorFlow goes on with no windows where less than a stride is missing.
    in.require(
        padding.kind() == Padding.Kind.SAME || padded >= span(axis),
        "a window of %d does not fit spatial axis %d of %d (with padding)",
        span(axis),
        axis,
        padded);
    return slides.windows(extent);
  }

  /** Returns how the window slides along each spatial axis of data of this shape. */
  List<WindowAxis> axes(Shape data) {
    List<WindowAxis> axes = new ArrayList<>();
    for (int i = 0; i < window.size(); i++) {
      axes.add(axis(i, data.dim(i + 1)));
    }
    return axes;
  }

  private WindowAxis axis(int axis, long extent) {
    long stride = strides.get(axis);
    long before = 0;
    long after = 0;
    if (padding.kind() == Padding.Kind.SAME) {
      long spanned = Math.addExact((sameWindows(axis, extent) - 1) * stride, span(axis));
      long total = Math.max(0, spanned - extent);
      before = total / 2;
      after = total - before;
    } else if (padding.kind() == Padding.Kind.EXPLICIT) {
      before = padding.amounts().get(2 * axis);
      after = padding.amounts().get(2 * axis + 1);
    }
    return new WindowAxis(window.get(axis), stride, dilations.get(axis), before, after);
  }

  private long sameWindows(int axis, long extent) {
    return -Math.floorDiv(-extent, strides.get(axis));
  }

  /** Returns the extent of the data that a window stands on. */
  private long span(int axis) {
    return Math.addExact(Math.multiplyExact(window.get(axis) - 1, dilations.get(axis)), 1);
  }
}
