package io.millrace.ir;

import io.millrace.type.Shape;
import java.util.Arrays;

/**
 * Says how a loop over a domain walks a dense tensor: the element at coordinates {@code c} is
 * {@code offset + sum(c[i] * stride[i])}, counted in elements.
 *
 * <p>Stride 0 broadcasts along an axis, a negative stride walks it backwards.
 */
public final class View {
  private final long offset;
  private final long[] strides;

  private View(long offset, long[] strides) {
    this.offset = offset;
    this.strides = strides;
  }

  /** Returns the view with this first element and these strides, one an axis of the domain. */
  public static View of(long offset, long... strides) {
    return new View(offset, strides.clone());
  }

  /** Returns the view that walks a tensor of the domain's own shape. */
  public static View dense(Shape domain) {
    return new View(0, domain.strides());
  }

  /**
   * Returns the view that broadcasts a tensor over the domain by NumPy's rule: axes align at the
   * end, and an axis of extent 1 repeats.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static View broadcast(Shape from, Shape domain) {
    int missing = domain.rank() - from.rank();
    if (missing < 0) {
      throw new IllegalArgumentException(from + " does not broadcast to " + domain);
    }
    long[] strides = new long[domain.rank()];
    long[] dense = from.strides();
    for (int axis = 0; axis < from.rank(); axis++) {
      if (from.dim(axis) == domain.dim(axis + missing)) {
        strides[axis + missing] = from.dim(axis) == 1 ? 0 : dense[axis];
      } else if (from.dim(axis) != 1) {
        throw new IllegalArgumentException(from + " does not broadcast to " + domain);
      }
    }
    return new View(0, strides);
  }

  /** Returns the element at the domain's first coordinate. */
  public long offset() {
    return offset;
  }

  /** Returns the distance in elements between neighbours along an axis of the domain. */
  public long stride(int axis) {
    return strides[axis];
  }

  /** Returns the number of axes. */
  public int rank() {
    return strides.length;
  }

  /** Returns a copy of the strides. */
  public long[] strides() {
    return strides.clone();
  }

  /** Returns whether this walks a dense tensor of the domain's shape in order. */
  public boolean isDense(Shape domain) {
    return isDense(domain, 0);
  }

  /** Returns whether this walks consecutive elements in order, starting at the given one. */
  public boolean isDense(Shape domain, long first) {
    long stride = 1;
    for (int axis = strides.length - 1; axis >= 0; axis--) {
      if (domain.dim(axis) != 1 && strides[axis] != stride) {
        return false;
      }
      stride *= domain.dim(axis);
    }
    return offset == first;
  }

  /** Returns whether every element is the same one. */
  public boolean isUniform() {
    return Arrays.stream(strides).allMatch(s -> s == 0);
  }

  /** Returns the element at these coordinates. */
  public long element(long... coordinates) {
    long element = offset;
    for (int axis = 0; axis < strides.length; axis++) {
      element += coordinates[axis] * strides[axis];
    }
    return element;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof View view
        && offset == view.offset
        && Arrays.equals(strides, view.strides);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(strides) * 31 + Long.hashCode(offset);
  }

  /** Returns a text such as {@code (0,1)}, or {@code 5+(0,1)} with an offset. */
  @Override
  public String toString() {
    String walk = Arrays.toString(strides).replace(" ", "").replace('[', '(').replace(']', ')');
    return offset == 0 ? walk : offset + "+" + walk;
  }
}
