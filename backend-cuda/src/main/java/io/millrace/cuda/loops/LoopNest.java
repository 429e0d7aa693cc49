package io.millrace.cuda.loops;

import io.millrace.ir.View;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A nest of loops over operands, with as few axes as describe it: axes of extent 1 are dropped, and
 * neighbours that every operand walks as one axis are merged.
 */
public final class LoopNest {
  /** From here on counts and positions need 64 bits: sums of two must stay below 2^31. */
  private static final long WIDE = 1L << 30;

  private final List<Long> extents = new ArrayList<>();

  /** Of all operands, in elements, for each loop. */
  private final List<long[]> strides = new ArrayList<>();

  private final List<View> views;

  /** The loop of each axis of the domain; -1 where it has one coordinate only. */
  private final int[] loops;

  private int kept;

  /**
   * Makes the loops over a domain that has elements.
   *
   * @param kept how many of the domain's axes come before those that are reduced
   * @param alone axes that are not merged, since their coordinates are asked for
   */
  public LoopNest(Shape domain, int kept, List<View> views, Set<Integer> alone) {
    this.views = views;
    loops = new int[domain.rank()];
    int merged = -1;
    for (int axis = 0; axis < domain.rank(); axis++) {
      if (axis == kept) {
        this.kept = extents.size();
        merged = -1;
      }
      long extent = domain.dim(axis);
      loops[axis] = -1;
      if (extent == 1) {
        continue;
      }
      int at = axis;
      long[] column = views.stream().mapToLong(v -> v.stride(at)).toArray();
      int last = extents.size() - 1;
      if (merged == last && last >= 0 && !alone.contains(axis) && mergeable(column, extent)) {
        extents.set(last, extents.get(last) * extent);
        strides.set(last, column);
      } else {
        extents.add(extent);
        strides.add(column);
        loops[axis] = extents.size() - 1;
      }
      merged = alone.contains(axis) ? -1 : extents.size() - 1;
    }
    if (kept == domain.rank()) {
      this.kept = extents.size();
    }
  }

  private boolean mergeable(long[] inner, long extent) {
    long[] outer = strides.get(strides.size() - 1);
    for (int i = 0; i < outer.length; i++) {
      if (outer[i] != inner[i] * extent) {
        return false;
      }
    }
    return true;
  }

  /** Returns the number of loops. */
  public int rank() {
    return extents.size();
  }

  /** Returns how many loops, the first ones, are not reduced. */
  public int kept() {
    return kept;
  }

  /** Returns how often a loop turns. */
  public long extent(int loop) {
    return extents.get(loop);
  }

  /** Returns the distance between an operand's elements in a loop. */
  public long stride(int operand, int loop) {
    return strides.get(loop)[operand];
  }

  /** Returns an operand's first element. */
  long offset(int operand) {
    return views.get(operand).offset();
  }

  public int operands() {
    return views.size();
  }

  /** Returns the loop of an axis whose coordinates are asked for; -1 if it has only one. */
  int loop(int axis) {
    return loops[axis];
  }

  /** Returns how often the loops from one up to another turn, all in all. */
  public long size(int from, int to) {
    return extents.subList(from, to).stream().reduce(1L, (x, y) -> x * y);
  }

  /** Returns whether an operand is one element throughout. */
  public boolean isUniform(int operand) {
    return strides.stream().allMatch(s -> s[operand] == 0);
  }

  /** Returns whether an operand is walked one element after another. */
  public boolean isDense(int operand) {
    long dense = 1;
    for (int loop = rank() - 1; loop >= 0; loop--) {
      if (stride(operand, loop) != dense) {
        return false;
      }
      dense *= extent(loop);
    }
    return true;
  }

  /** Returns whether two operands are walked alike, but for where they begin. */
  boolean sameStrides(int operand, int other) {
    return strides.stream().allMatch(s -> s[operand] == s[other]);
  }

  /** Returns whether counts or positions need 64 bits. */
  public boolean isWide() {
    if (isWide(size(0, rank()))) {
      return true;
    }
    for (int operand = 0; operand < operands(); operand++) {
      long reach = 0;
      for (int loop = 0; loop < rank(); loop++) {
        reach += Math.abs(stride(operand, loop)) * (extent(loop) - 1);
      }
      if (isWide(reach)) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether counts and positions up to this one need 64 bits. */
  public static boolean isWide(long count) {
    return count >= WIDE;
  }

  @Override
  public String toString() {
    return extents + strides.stream().map(Arrays::toString).toList().toString();
  }
}
