package io.millrace.ops.array;

import io.millrace.ir.View;
import io.millrace.op.RuleException;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a strided slice picks from a tensor, TensorFlow's masks applied: for each axis a first
 * element, a stride and an extent.
 */
final class SliceBox {
  private final long[] first;
  private final long[] strides;
  private final long[] extents;
  private final int[] entries;

  /** For each axis of the result that of the tensor; -1 for a new one. */
  private final List<Integer> kept;

  private SliceBox(
      long[] first, long[] strides, long[] extents, int[] entries, List<Integer> kept) {
    this.first = first;
    this.strides = strides;
    this.extents = extents;
    this.entries = entries;
    this.kept = kept;
  }

  /** Returns the number of the entry for an axis; -1 if the axis is taken whole. */
  int entry(int axis) {
    return entries[axis];
  }

  /** Returns the stride along an axis. */
  long stride(int axis) {
    return strides[axis];
  }

  /** Returns the strides along all axes. */
  long[] strides() {
    return strides.clone();
  }

  /** Returns this with the extents that a run told. */
  SliceBox with(long[] told) {
    return new SliceBox(first, strides, told, entries, kept);
  }

  /** Returns this with the extents that a slice of this shape has. */
  SliceBox of(Shape slice) {
    long[] told = extents.clone();
    for (int i = 0; i < kept.size(); i++) {
      if (kept.get(i) >= 0) {
        told[kept.get(i)] = slice.dim(i);
      }
    }
    return with(told);
  }

  /** Returns whether all extents are known. */
  boolean isKnown() {
    return box().isFullyDefined();
  }

  /** Returns the extents before axes are added and dropped. */
  Shape box() {
    return Shape.of(extents);
  }

  /** Returns the shape of the slice, unknown extents where not enough is known. */
  Shape result() {
    return Shape.of(kept.stream().mapToLong(axis -> axis < 0 ? 1 : extents[axis]).toArray());
  }

  /** Returns how a loop over {@link #box} walks the tensor, all being known. */
  View view(Shape from) {
    long[] dense = from.strides();
    long[] walk = new long[dense.length];
    long offset = 0;
    for (int axis = 0; axis < walk.length; axis++) {
      offset += first[axis] * dense[axis];
      walk[axis] = strides[axis] * dense[axis];
    }
    return View.of(offset, walk);
  }

  /**
   * Returns the box that these entries pick.
   *
   * @param shape the tensor's shape, of known rank
   * @param begin where each entry begins, if known
   * @param end where each entry ends, itself excluded, if known
   * @throws RuleException if the entries break a rule
   */
  static SliceBox of(
      Shape shape, Optional<long[]> begin, Optional<long[]> end, long[] strides, SliceMasks masks) {
    require(Integer.bitCount(masks.ellipsis()) <= 1, "there may be one ellipsis only");
    int rank = shape.rank();
    long[] firsts = new long[rank];
    long[] steps = new long[rank];
    long[] extents = new long[rank];
    int[] entries = new int[rank];
    List<Integer> kept = new ArrayList<>();
    Arrays.fill(entries, -1);
    int axis = 0;
    for (int entry = 0; entry < strides.length; entry++) {
      if (SliceMasks.has(masks.ellipsis(), entry)) {
        int whole = rank - axis - axesAfter(entry, strides.length, masks);
        for (int i = 0; i < whole; i++, axis++) {
          steps[axis] = 1;
          extents[axis] = shape.dim(axis);
          kept.add(axis);
        }
      } else if (SliceMasks.has(masks.newAxis(), entry)) {
        kept.add(-1);
      } else {
        require(axis < rank, "entry %d is for an axis that %s does not have", entry, shape);
        Optional<Long> from = at(begin, entry);
        Optional<Long> to = at(end, entry);
        boolean shrink = SliceMasks.has(masks.shrinkAxis(), entry);
        Range range =
            shrink
                ? Range.element(axis, shape.dim(axis), from, strides[entry])
                : Range.of(
                    axis,
                    shape.dim(axis),
                    from,
                    SliceMasks.has(masks.begin(), entry),
                    to,
                    SliceMasks.has(masks.end(), entry),
                    strides[entry]);
        firsts[axis] = range.first;
        extents[axis] = range.extent;
        steps[axis] = strides[entry];
        entries[axis] = entry;
        if (!shrink) {
          kept.add(axis);
        }
        axis++;
      }
    }
    for (; axis < rank; axis++) {
      steps[axis] = 1;
      extents[axis] = shape.dim(axis);
      kept.add(axis);
    }
    return new SliceBox(firsts, steps, extents, entries, kept);
  }

  /** Returns how many axes the entries after an ellipsis are for. */
  private static int axesAfter(int ellipsis, int entries, SliceMasks masks) {
    int axes = 0;
    for (int entry = ellipsis + 1; entry < entries; entry++) {
      axes += SliceMasks.has(masks.newAxis(), entry) ? 0 : 1;
    }
    return axes;
  }

  private static void require(boolean holds, String rule, Object... arguments) {
    if (!holds) {
      throw new RuleException(String.format(rule, arguments));
    }
  }

  private static Optional<Long> at(Optional<long[]> values, int entry) {
    return values.map(v -> v[entry]);
  }

  /** The elements of an axis that one entry picks: the first and how many; -1 if not known. */
  private record Range(long first, long extent) {

    /** Returns the one element that begin names. */
    static Range element(int axis, long dim, Optional<Long> begin, long stride) {
      require(stride > 0, "axis %d is dropped, so its stride must be 1, not %d", axis, stride);
      if (dim < 0 || begin.isEmpty()) {
        return new Range(0, 1);
      }
      long element = begin.get() < 0 ? begin.get() + dim : begin.get();
      require(
          element >= 0 && element < dim,
          "index %d is out of range: axis %d has %d elements",
          begin.get(),
          axis,
          dim);
      return new Range(element, 1);
    }

    /** Returns the elements from begin, or the axis's start, to end, or the axis's end. */
    static Range of(
        int axis,
        long dim,
        Optional<Long> begin,
        boolean fromStart,
        Optional<Long> end,
        boolean toEnd,
        long stride) {
      require(stride != 0, "the stride of axis %d is 0", axis);
      if (dim < 0 || (!fromStart && begin.isEmpty()) || (!toEnd && end.isEmpty())) {
        return new Range(0, Shape.UNKNOWN);
      }
      boolean forward = stride > 0;
      long first = fromStart ? (forward ? 0 : dim - 1) : clamped(begin.get(), dim, forward);
      long last = toEnd ? (forward ? dim : -1) : clamped(end.get(), dim, forward);
      long span = forward ? last - first : first - last;
      return new Range(first, span <= 0 ? 0 : (span - 1) / Math.abs(stride) + 1);
    }

    private static long clamped(long position, long dim, boolean forward) {
      long fromFront = position < 0 ? position + dim : position;
      long low = forward ? 0 : -1;
      return Math.min(Math.max(fromFront, low), low + dim);
    }
  }
}
