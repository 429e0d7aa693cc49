package io.millrace.host;

import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.lang.reflect.Array;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Knows the Java values that stand for tensors: numbers, booleans, arrays and lists of those
 * (nested ones too) and buffers.
 */
public final class JavaValues {
  private JavaValues() {}

  /**
   * Returns the element type that a value has by itself.
   *
   * @throws IllegalArgumentException if it does not stand for a tensor; the message says what in it
   *     does not, and where
   */
  public static DType requireDType(Object value) {
    return JavaTypes.require(value);
  }

  /** Returns whether a value is an array or a buffer of exactly such elements as memory has. */
  public static boolean holds(Object value, DType dtype) {
    return (value instanceof Buffer || value.getClass().isArray())
        && !(value instanceof Object[])
        && !(value instanceof short[])
        && !(value instanceof ShortBuffer)
        && JavaTypes.dtype(value) == dtype;
  }

  /**
   * Returns whether a value may become a tensor of this type, if each of its numbers fits: every
   * number becomes the nearest one of a floating type, and integers and booleans (as 0 and 1) only
   * what they hold. The bytes of a ByteBuffer are uint8 and nothing else, since it may be meant as
   * what its other views hold.
   */
  public static boolean converts(Object value, DType target) {
    return JavaTypes.isElement(value)
        || (JavaTypes.dtype(value) != null
            && (!(value instanceof ByteBuffer) || target == DType.UINT8));
  }

  /**
   * Requires that a value may become a tensor of this type.
   *
   * @throws IllegalArgumentException if not
   */
  public static void requireConverts(Object value, DType target) {
    JavaTypes.require(value);
    if (!converts(value, target)) {
      throw new IllegalArgumentException(
          "a ByteBuffer holds uint8, not "
              + target
              + ": give its view as it is meant, such as asFloatBuffer(), or the bytes as a byte[]");
    }
  }

  /**
   * Returns how messages name a Java value that is refused: a text, a number or a list by itself,
   * anything else by its kind, such as {@code java.util.Map}.
   */
  public static String described(@Nullable Object value) {
    return JavaTypes.described(value);
  }

  /** Returns whether a value is a flat array, a flat list or a buffer. */
  public static boolean isFlat(Object value) {
    if (JavaTypes.isNested(value)) {
      return JavaTypes.parts(value) == 0
          ? emptyAxes(value) == 1
          : JavaTypes.isElement(JavaTypes.part(value, 0));
    }
    return value instanceof Buffer || value.getClass().isArray();
  }

  /**
   * Returns a number that is the same for arrays of the same shape, and for buffers; allocates
   * nothing. Of other values it is 0.
   */
  public static int hash(Object value) {
    if (value instanceof Buffer buffer) {
      return buffer.remaining();
    }
    int hash = 0;
    Object part = value;
    while (part != null && part.getClass().isArray()) {
      int length = Array.getLength(part);
      hash = 31 * hash + length;
      part = length > 0 && part instanceof Object[] parts ? parts[0] : null;
    }
    return hash;
  }

  /** Returns the number of elements along the first axis. */
  public static int length(Object value) {
    return value instanceof Buffer buffer
        ? buffer.remaining()
        : JavaTypes.isNested(value) ? JavaTypes.parts(value) : Array.getLength(value);
  }

  /** Returns the number of axes of an array or a list without elements, as far as it has a type. */
  private static int emptyAxes(Object value) {
    int axes = value instanceof List<?> ? 1 : 0;
    for (Class<?> kind = value.getClass(); kind.isArray(); kind = kind.getComponentType()) {
      axes++;
    }
    return axes;
  }

  /**
   * Returns the shape of a value; a buffer is a vector of what remains in it.
   *
   * @throws IllegalArgumentException if an array is ragged, or holds null
   */
  public static Shape shape(Object value) {
    if (value instanceof Buffer buffer) {
      return Shape.of(buffer.remaining());
    }
    long[] dims = new long[rank(value)];
    Object first = value;
    for (int axis = 0; axis < dims.length; axis++) {
      dims[axis] = length(first);
      if (dims[axis] == 0 || !JavaTypes.isNested(first)) {
        break;
      }
      first = Objects.requireNonNull(JavaTypes.part(first, 0));
    }
    requireRegular(value, dims, new int[0]);
    return Shape.of(dims);
  }

  /** Returns the number of axes, as its first elements say. */
  private static int rank(Object value) {
    int rank = 0;
    Object first = value;
    while (JavaTypes.isNested(first)) {
      if (JavaTypes.parts(first) == 0) {
        return rank + emptyAxes(first);
      }
      first = requirePart(JavaTypes.part(first, 0), new int[rank + 1]);
      rank++;
    }
    return JavaTypes.isElement(first) ? rank : rank + 1;
  }

  private static Object requirePart(@Nullable Object part, int[] position) {
    if (part == null) {
      throw new IllegalArgumentException("the array holds null at " + Arrays.toString(position));
    }
    return part;
  }

  private static void requireRegular(Object value, long[] dims, int[] position) {
    int axis = position.length;
    if (axis == dims.length || JavaTypes.isElement(value)) {
      if (axis < dims.length || !JavaTypes.isElement(value)) {
        throw new IllegalArgumentException(
            "the array is ragged: element %s has another number of axes than the first one there"
                .formatted(Arrays.toString(position)));
      }
      return;
    }
    int length = length(value);
    if (length != dims[axis]) {
      throw new IllegalArgumentException(
          ("the array is ragged: element %s has length %s, but the first one there "
                  + "has length %s")
              .formatted(Arrays.toString(position), length, dims[axis]));
    }
    if (!JavaTypes.isNested(value)) {
      if (axis < dims.length - 1) {
        throw new IllegalArgumentException(
            "the array is ragged: element %s has another number of axes than the first one there"
                .formatted(Arrays.toString(position)));
      }
      return;
    }
    for (int i = 0; i < length; i++) {
      int[] inner = Arrays.copyOf(position, axis + 1);
      inner[axis] = i;
      requireRegular(requirePart(JavaTypes.part(value, i), inner), dims, inner);
    }
  }

  /**
   * Returns the shape that a value takes where a static shape is given: its own, except that a flat
   * one takes the static shape if its length determines that (at most one extent is unknown), and
   * below an empty level, where Java arrays have no extents, it takes those of the static shape.
   */
  public static Shape shapeWithin(Object value, Shape known) {
    Shape own = shape(value);
    if (!known.isRankKnown() || known.rank() == 1) {
      return own;
    }
    if (!isFlat(value)) {
      return withinEmpty(own, known);
    }
    long length = length(value);
    long rest = 1;
    int open = -1;
    for (int axis = 0; axis < known.rank(); axis++) {
      if (known.dim(axis) == Shape.UNKNOWN) {
        if (open >= 0) {
          return own;
        }
        open = axis;
      } else {
        rest *= known.dim(axis);
      }
    }
    if (known.rank() == 0) {
      return own;
    }
    if (open < 0) {
      return rest == length ? known : own;
    }
    return rest > 0 && length % rest == 0 ? known.with(open, length / rest) : own;
  }

  private static Shape withinEmpty(Shape own, Shape known) {
    if (own.rank() != known.rank() || own.size() > 0) {
      return own;
    }
    long[] dims = own.dims();
    boolean empty = false;
    for (int axis = 0; axis < dims.length; axis++) {
      if (empty) {
        dims[axis] = Math.max(0, known.dim(axis));
      }
      empty |= dims[axis] == 0;
    }
    return Shape.of(dims);
  }

  /**
   * Returns whether {@link #shapeWithin} would give exactly this shape, which it gave before for a
   * value of the same kind; allocates nothing.
   *
   * @param flat whether that value was flat
   */
  public static boolean fits(Object value, Shape shape, boolean flat) {
    if (JavaTypes.isElement(value)) {
      return !flat && shape.rank() == 0;
    }
    if (isFlat(value)) {
      return flat && length(value) == shape.size();
    }
    return !flat && fitsNested(value, shape, 0);
  }

  private static boolean fitsNested(@Nullable Object value, Shape shape, int axis) {
    if (value == null || JavaTypes.isElement(value)) {
      return value != null && axis == shape.rank();
    }
    if (axis >= shape.rank() || length(value) != shape.dim(axis)) {
      return false;
    }
    if (!JavaTypes.isNested(value)) {
      return axis == shape.rank() - 1;
    }
    for (int i = 0; i < JavaTypes.parts(value); i++) {
      if (!fitsNested(JavaTypes.part(value, i), shape, axis + 1)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Copies a value whose shape was checked and that may convert.
   *
   * @throws IllegalArgumentException if one of its numbers does not fit the type; the message says
   *     which one, and where it is
   */
  public static void copy(Object value, HostBuffers target) {
    try {
      copy(value, target, 0);
    } catch (UnfitException e) {
      throw new IllegalArgumentException(
          JavaTypes.isElement(value)
              ? e.getMessage()
              : e.getMessage() + ", at " + position(shape(value), e.element()));
    }
  }

  private static long copy(Object value, HostBuffers target, long start) {
    if (JavaTypes.isElement(value)) {
      target.writeElement(start, value);
      return start + 1;
    }
    if (JavaTypes.isNested(value)) {
      long at = start;
      for (int i = 0; i < JavaTypes.parts(value); i++) {
        at = copy(Objects.requireNonNull(JavaTypes.part(value, i)), target, at);
      }
      return at;
    }
    target.write(start, value);
    return start + length(value);
  }

  private static String position(Shape shape, long element) {
    long[] position = new long[shape.rank()];
    long rest = element;
    for (int axis = position.length - 1; axis >= 0; axis--) {
      position[axis] = rest % shape.dim(axis);
      rest /= shape.dim(axis);
    }
    return Arrays.toString(position);
  }
}
