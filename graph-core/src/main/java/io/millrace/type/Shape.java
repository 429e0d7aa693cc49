package io.millrace.type;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Describes the extent of each axis of a tensor; an axis, or the number of axes, may be unknown.
 *
 * <p>Immutable. An unknown axis is written -1 in arrays and {@code ?} in text; a shape of unknown
 * rank prints as {@code <unknown>}. The scalar's shape is {@code []}.
 */
public final class Shape {
  /** Stands for an axis of unknown extent. */
  public static final long UNKNOWN = -1;

  /** How many axes a tensor of a graph can have, as in TensorFlow. */
  public static final int MOST_AXES = 254;

  private static final Shape UNKNOWN_RANK = new Shape(new long[0], false);
  private static final Shape SCALAR = new Shape(new long[0], true);

  private final long[] dims;
  private final boolean rankKnown;

  private Shape(long[] dims, boolean rankKnown) {
    this.dims = dims;
    this.rankKnown = rankKnown;
  }

  /**
   * Returns the shape with these extents, -1 for an unknown one.
   *
   * @throws IllegalArgumentException if an extent is less than -1
   */
  public static Shape of(long... dims) {
    if (Given.value(dims, "dims").length == 0) {
      return SCALAR;
    }
    for (long dim : dims) {
      if (dim < UNKNOWN) {
        throw new IllegalArgumentException(
            "a shape has extents of 0 or more, or -1 for unknown, not " + Arrays.toString(dims));
      }
    }
    return new Shape(dims.clone(), true);
  }

  /** Returns the shape of a scalar, {@code []}. */
  public static Shape scalar() {
    return SCALAR;
  }

  /** Returns the shape of which not even the rank is known. */
  public static Shape unknown() {
    return UNKNOWN_RANK;
  }

  /** Returns a shape of this rank with every extent unknown. */
  public static Shape unknown(int rank) {
    long[] dims = new long[rank];
    Arrays.fill(dims, UNKNOWN);
    return of(dims);
  }

  /** Returns whether the number of axes is known. */
  public boolean isRankKnown() {
    return rankKnown;
  }

  /**
   * Returns the number of axes.
   *
   * @throws IllegalStateException if it is unknown
   */
  public int rank() {
    if (!rankKnown) {
      throw new IllegalStateException("the rank of this shape is unknown");
    }
    return dims.length;
  }

  /** Returns the extent of an axis, counted from the end if negative; -1 if it is unknown. */
  public long dim(int axis) {
    int place = axis < 0 ? axis + rank() : axis;
    if (place < 0 || place >= rank()) {
      throw new IndexOutOfBoundsException(
          "there is no axis %d: shape %s has %d, counted from 0".formatted(axis, this, rank()));
    }
    return dims[place];
  }

  /** Returns a copy of the extents, -1 for unknown ones. */
  public long[] dims() {
    rank();
    return dims.clone();
  }

  /** Returns whether the rank and every extent are known. */
  public boolean isFullyDefined() {
    if (!rankKnown) {
      return false;
    }
    for (long dim : dims) {
      if (dim == UNKNOWN) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the number of elements.
   *
   * @throws IllegalStateException if the shape is not fully defined
   * @throws ArithmeticException if the number exceeds a long
   */
  public long size() {
    long size = 1;
    for (int axis = 0; axis < rank(); axis++) {
      if (dims[axis] == UNKNOWN) {
        throw new IllegalStateException("the size of " + this + " is unknown");
      }
      try {
        size = Math.multiplyExact(size, dims[axis]);
      } catch (ArithmeticException e) {
        throw new ArithmeticException(this + " has more elements than int64 can count");
      }
    }
    return size;
  }

  /** Returns whether some fully defined shape fits both this and the other. */
  public boolean isCompatibleWith(Shape other) {
    Given.value(other, "other");
    if (!rankKnown || !other.rankKnown) {
      return true;
    }
    if (dims.length != other.dims.length) {
      return false;
    }
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] != UNKNOWN && other.dims[i] != UNKNOWN && dims[i] != other.dims[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns what is known from both shapes together.
   *
   * @throws IllegalArgumentException if they are not compatible
   */
  public Shape merge(Shape other) {
    if (!isCompatibleWith(other)) {
      throw new IllegalArgumentException(this + " and " + other + " are not compatible");
    }
    if (!rankKnown) {
      return other;
    }
    if (!other.rankKnown) {
      return this;
    }
    long[] merged = dims.clone();
    for (int i = 0; i < merged.length; i++) {
      merged[i] = Math.max(merged[i], other.dims[i]);
    }
    return of(merged);
  }

  /** Returns this shape with one extent replaced; a negative axis counts from the end. */
  public Shape with(int axis, long dim) {
    long[] changed = dims();
    changed[axis < 0 ? axis + changed.length : axis] = dim;
    return of(changed);
  }

  /** Returns the axes of this shape followed by those of the other; unknown if either rank is. */
  public Shape concat(Shape other) {
    Given.value(other, "other");
    if (!rankKnown || !other.rankKnown) {
      return UNKNOWN_RANK;
    }
    long[] joined = Arrays.copyOf(dims, dims.length + other.dims.length);
    System.arraycopy(other.dims, 0, joined, dims.length, other.dims.length);
    return of(joined);
  }

  /** Returns the axes from {@code from} (inclusive) to {@code to} (exclusive). */
  public Shape slice(int from, int to) {
    return of(Arrays.copyOfRange(dims(), from, to));
  }

  /** Returns the distance in elements between neighbours along each axis of a row-major tensor. */
  public long[] strides() {
    long[] strides = new long[rank()];
    long stride = 1;
    for (int axis = strides.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= dim(axis);
    }
    return strides;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape
        && rankKnown == ((Shape) other).rankKnown
        && Arrays.equals(dims, ((Shape) other).dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims) * 2 + (rankKnown ? 1 : 0);
  }

  @Override
  public String toString() {
    if (!rankKnown) {
      return "<unknown>";
    }
    return Arrays.stream(dims)
        .mapToObj(dim -> dim == UNKNOWN ? "?" : Long.toString(dim))
        .collect(Collectors.joining(",", "[", "]"));
  }
}
