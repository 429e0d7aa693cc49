package io.millrace.cpu.loops;

import io.millrace.ir.View;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * A nest of loops over operands, with as few axes as describe it: axes of extent 1 are dropped, and
 * neighbours that every operand walks as one axis are merged.
 */
public final class LoopAxes {
  /** Of the loops, outermost first; at least one. */
  private final long[] extents;

  /** Of each operand, in elements, for each loop. */
  private final long[][] strides;

  /** The first element of each operand. */
  private final long[] offsets;

  private LoopAxes(long[] extents, long[][] strides, long[] offsets) {
    this.extents = extents;
    this.strides = strides;
    this.offsets = offsets;
  }

  /** Returns the loops over a domain. */
  public static LoopAxes of(Shape domain, List<View> views) {
    int operands = views.size();
    List<Long> extents = new ArrayList<>();
    List<long[]> columns = new ArrayList<>();
    for (int axis = 0; axis < domain.rank(); axis++) {
      long extent = domain.dim(axis);
      if (extent == 1) {
        continue;
      }
      long[] column = new long[operands];
      for (int i = 0; i < operands; i++) {
        column[i] = views.get(i).stride(axis);
      }
      int last = extents.size() - 1;
      if (last >= 0 && mergeable(columns.get(last), column, extent)) {
        extents.set(last, extents.get(last) * extent);
        columns.set(last, column);
      } else {
        extents.add(extent);
        columns.add(column);
      }
    }
    if (extents.isEmpty()) {
      extents.add(1L);
      columns.add(new long[operands]);
    }
    long[][] strides = new long[operands][extents.size()];
    for (int i = 0; i < operands; i++) {
      for (int axis = 0; axis < extents.size(); axis++) {
        strides[i][axis] = columns.get(axis)[i];
      }
    }
    return new LoopAxes(
        extents.stream().mapToLong(Long::longValue).toArray(),
        strides,
        views.stream().mapToLong(View::offset).toArray());
  }

  private static boolean mergeable(long[] outer, long[] inner, long extent) {
    for (int i = 0; i < outer.length; i++) {
      if (outer[i] != inner[i] * extent) {
        return false;
      }
    }
    return true;
  }

  /** Returns the first element of an operand. */
  public long offset(int operand) {
    return offsets[operand];
  }

  /** Returns the distance between an operand's elements in a loop. */
  public long stride(int operand, int axis) {
    return strides[operand][axis];
  }

  /** Returns the extent of a loop. */
  public long extent(int axis) {
    return extents[axis];
  }

  public int rank() {
    return extents.length;
  }

  /** Returns the extent of the innermost loop. */
  public long inner() {
    return extents[extents.length - 1];
  }

  /** Returns the stride of an operand in the innermost loop. */
  public long innerStride(int operand) {
    return strides[operand][extents.length - 1];
  }

  public long size() {
    long size = 1;
    for (long extent : extents) {
      size *= extent;
    }
    return size;
  }

  /** Returns whether an operand is one element throughout. */
  boolean isUniform(int operand) {
    return period(operand) == 0;
  }

  /** Returns whether an operand is walked one element after another. */
  boolean isDense(int operand) {
    return period(operand) == size() || size() == 1;
  }

  /**
   * Returns after how many steps an operand that is otherwise walked one element after another
   * starts again; 0 if it is one element, -1 if it is walked in another way.
   */
  long period(int operand) {
    long dense = 1;
    int axis = rank() - 1;
    while (axis >= 0 && strides[operand][axis] == dense) {
      dense *= extents[axis--];
    }
    while (axis >= 0) {
      if (strides[operand][axis--] != 0) {
        return -1;
      }
    }
    return dense == 1 ? 0 : dense;
  }

  /** Returns the element of an operand at a point, counted in the order of the loops. */
  public long element(int operand, long point) {
    long element = offsets[operand];
    long rest = point;
    for (int axis = rank() - 1; axis > 0; axis--) {
      element += rest % extents[axis] * strides[operand][axis];
      rest /= extents[axis];
    }
    return element + rest * strides[operand][0];
  }
}
