package io.millrace.ops.array;

import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.Lowering;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Slices whose place only the run knows: plans are made for extents, and the place is data.
 *
 * <p>Axes at the end that are taken whole make blocks, which are put by their numbers. Blocks that
 * lie side by side are picked together, by the number of the first.
 */
final class FedSlices {
  private final Lowering to;
  private final Shape shape;
  private final Shape extents;
  private final long[] strides;

  /** How many axes, from the front, are not taken whole from some axis on. */
  private final int split;

  /**
   * Makes it.
   *
   * @param shape of the tensor that is sliced
   * @param extents of the slice, along each axis
   * @param strides along each axis
   */
  FedSlices(Lowering to, Shape shape, Shape extents, long[] strides) {
    this.to = to;
    this.shape = shape;
    this.extents = extents;
    this.strides = strides.clone();
    int axis = shape.rank();
    while (axis > 0 && shape.dim(axis - 1) == extents.dim(axis - 1) && strides[axis - 1] == 1) {
      axis--;
    }
    split = axis;
  }

  private long blocks() {
    return shape.slice(0, split).size();
  }

  private long blockSize() {
    return shape.slice(split, shape.rank()).size();
  }

  private long picked() {
    return extents.slice(0, split).size();
  }

  /**
   * Returns the numbers of blocks of the slice.
   *
   * @param axes of those that are the first along all further axes
   */
  private Value numbers(Value starts, int axes) {
    List<View> views = new ArrayList<>();
    for (int axis = 0; axis < split; axis++) {
      views.add(View.of(axis, new long[axes]));
    }
    return to.mapViews(
        extents.slice(0, axes),
        Collections.nCopies(split, starts),
        views,
        (b, s) -> number(b, s, axes));
  }

  private Scalar number(ScalarBuilder builder, List<Scalar> starts, int axes) {
    long[] walk = shape.slice(0, split).strides();
    Scalar number = builder.literal(DType.INT64, 0);
    for (int axis = 0; axis < split; axis++) {
      Scalar place = starts.get(axis);
      if (axis < axes) {
        place = place.plus(builder.index(axis).times(builder.literal(DType.INT64, strides[axis])));
      }
      number = number.plus(place.times(builder.literal(DType.INT64, walk[axis])));
    }
    return number;
  }

  /**
   * Returns the slice of a tensor.
   *
   * @param starts where it begins along each axis: int64, within the tensor
   */
  Value pick(Value tensor, Value starts) {
    if (split == 0) {
      return tensor;
    }
    Value rows = to.reshape(tensor, Shape.of(1, 1, blocks(), blockSize()));
    int axes = strides[split - 1] == 1 ? split - 1 : split;
    long windows = extents.slice(0, axes).size();
    Value numbers = to.reshape(numbers(starts, axes), Shape.of(1, windows));
    long together = extents.slice(axes, split).size();
    TensorType type = tensor.type().withShape(Shape.of(1, 1, windows, together * blockSize()));
    return to.reshape(to.emit(new Primitive.Gather(), List.of(rows, numbers), type), extents);
  }

  /** Returns zeros with a slice put at a place. */
  Value put(Value slice, Value starts) {
    if (split == 0) {
      return to.reshape(slice, shape);
    }
    Shape flat = Shape.of(blocks(), blockSize());
    Value zeros =
        to.view(to.scalar(slice.type().dtype(), 0), flat, View.of(0, new long[flat.rank()]));
    Value changes = to.reshape(slice, Shape.of(picked(), blockSize()));
    Value put =
        to.emit(
            new Primitive.Scatter(Primitive.Scatter.Combine.SET),
            List.of(zeros, to.reshape(numbers(starts, split), Shape.of(picked())), changes),
            zeros.type());
    return to.reshape(put, shape);
  }

  /** Makes the run fail unless a slice that begins there lies within a tensor. */
  static void requireWithin(Lowering to, Value starts, Shape shape, Shape extents) {
    long[] room = new long[shape.rank()];
    for (int axis = 0; axis < room.length; axis++) {
      room[axis] = shape.dim(axis) - extents.dim(axis);
    }
    Value within =
        to.map(
            starts,
            to.literal(Literal.ofLongs(room)),
            (start, last) -> start.ge(start.constant(0)).and(start.le(last)));
    to.check(
        to.reduceAll(Reduction.ALL, within, x -> x),
        new Primitive.Check(
            "a slice of extents "
                + extents
                + " does not lie in shape "
                + shape
                + " where it begins",
            -1),
        List.of(starts));
  }
}
