package io.millrace.ops;

import io.millrace.ir.WindowAxis;
import io.millrace.op.Inference;
import java.util.Arrays;
import java.util.List;

/**
 * Says what stands around the data where a window reaches beyond them, by TensorFlow's rules.
 *
 * @param kind the rule
 * @param amounts for {@code EXPLICIT}: before and after each spatial axis
 */
public record Padding(Kind kind, List<Long> amounts) {
  /** As much as makes the result's extent {@code ceil(extent / stride)}, more of it at the end. */
  public static final Padding SAME = new Padding(Kind.SAME, List.of());

  /** None. */
  public static final Padding VALID = new Padding(Kind.VALID, List.of());

  /** Lists the rules. */
  public enum Kind {
    SAME,
    VALID,
    EXPLICIT
  }

  public Padding {
    amounts = List.copyOf(amounts);
  }

  /** Returns given amounts: before and after each spatial axis, as top, bottom, left, right. */
  public static Padding explicit(long... beforeAndAfter) {
    return new Padding(Kind.EXPLICIT, Arrays.stream(beforeAndAfter).boxed().toList());
  }

  /** Requires the amounts to fit a number of spatial axes. */
  public void require(Inference in, int spatial) {
    in.require(
        kind != Kind.EXPLICIT || amounts.size() == 2 * spatial,
        "explicit padding takes %d amounts, not %d",
        2 * spatial,
        amounts.size());
    in.require(amounts.stream().allMatch(a -> a >= 0), "explicit padding %s is negative", amounts);
  }

  /** Returns how a window slides along a spatial axis of this extent. */
  public WindowAxis window(int axis, long extent, long size, long stride, long dilation) {
    long before = 0;
    long after = 0;
    if (kind == Kind.SAME) {
      long windows = -Math.floorDiv(-extent, stride);
      long total =
          Math.max(0, Math.addExact((windows - 1) * stride, span(size, dilation)) - extent);
      before = total / 2;
      after = total - before;
    } else if (kind == Kind.EXPLICIT) {
      before = amounts.get(2 * axis);
      after = amounts.get(2 * axis + 1);
    }
    return new WindowAxis(size, stride, dilation, before, after);
  }

  private static long span(long size, long dilation) {
    return Math.addExact(Math.multiplyExact(size - 1, dilation), 1);
  }

  /** Returns the number of windows along a spatial axis, -1 if it is not known yet. */
  public long windows(Inference in, int axis, long extent, long size, long stride, long dilation) {
    if (extent < 0 || size < 0) {
      return kind == Kind.SAME && extent >= 0 ? -Math.floorDiv(-extent, stride) : -1;
    }
    WindowAxis window = window(axis, extent, size, stride, dilation);
    long padded = Math.addExact(Math.addExact(extent, window.padBefore()), window.padAfter());
    long span = span(size, dilation);
    in.require(
        padded - span + stride >= 0,
        "a window of %d does not fit spatial axis %d of %d (with padding)",
        span,
        axis,
        padded);
    return window.windows(extent);
  }

  /** Returns {@code SAME}, {@code VALID} or {@code EXPLICIT} with the amounts. */
  @Override
  public String toString() {
    return kind == Kind.EXPLICIT ? kind + amounts.toString() : kind.toString();
  }
}
