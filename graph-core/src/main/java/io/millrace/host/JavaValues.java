package io.millrace.host;

import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.lang.reflect.Array;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Knows the Java values that stand for tensors: numbers, booleans, arrays of primitives (nested
 * ones too) and buffers.
 */
public final class JavaValues {
  private static final String ACCEPTED =
      "a Number, a Boolean, an array of float, double, int, long, byte or boolean (nested to any"
          + " depth) or a buffer";

  private static final DType[] DTYPES = DType.values();

  private JavaValues() {}

  /** Returns the element type that a value has by itself, if it stands for a tensor. */
  static @Nullable DType dtype(Object value) {
    for (DType dtype : DTYPES) {
      if (holds(value, dtype)) {
        return dtype;
      }
    }
    return null;
  }

  /**
   * Returns the element type that a value has by itself.
   *
   * @throws IllegalArgumentException if it does not stand for a tensor
   */
  public static DType requireDType(Object value) {
    DType dtype = dtype(value);
    if (dtype == null) {
      throw new IllegalArgumentException(
          "a tensor is made from " + ACCEPTED + ", not from " + value.getClass().getTypeName());
    }
    return dtype;
  }

  /** Returns whether a value's elements are of this type, without conversion. */
  public static boolean holds(Object value, DType dtype) {
    return javaClass(value) == dtype.javaClass();
  }

  /** Returns the primitive type of a value's elements, if it may stand for a tensor. */
  private static @Nullable Class<?> javaClass(Object value) {
    Class<?> kind = value.getClass();
    while (kind.isArray()) {
      kind = kind.getComponentType();
    }
    if (kind.isPrimitive()) {
      return kind;
    }
    if (value instanceof Float || value instanceof FloatBuffer) {
      return float.class;
    }
    if (value instanceof Double || value instanceof DoubleBuffer) {
      return double.class;
    }
    if (value instanceof Integer || value instanceof Short || value instanceof IntBuffer) {
      return int.class;
    }
    if (value instanceof Long || value instanceof LongBuffer) {
      return long.class;
    }
    if (value instanceof Byte || value instanceof ByteBuffer) {
      return byte.class;
    }
    return value instanceof Boolean ? boolean.class : null;
  }

  /**
   * Returns whether a value may become a tensor of this type: integers become any other numeric
   * type (an integer type only if they fit), float becomes double, and a single Double becomes
   * float32, rounded. Nothing else converts.
   */
  public static boolean converts(Object value, DType target) {
    if (holds(value, target)) {
      return true;
    }
    DType own = requireDType(value);
    return own.isFloating()
        ? own.widensTo(target) || (target.isFloating() && value instanceof Double)
        : own.isInteger() && target.isNumeric();
  }

  /** Returns whether a value is a flat array or a buffer. */
  public static boolean isFlat(Object value) {
    return value instanceof Buffer
        || (value.getClass().isArray() && value.getClass().getComponentType().isPrimitive());
  }

  /** Returns the number of elements of a flat array or a buffer. */
  public static int length(Object flat) {
    return flat instanceof Buffer buffer ? buffer.remaining() : Array.getLength(flat);
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
    int rank = 0;
    for (Class<?> kind = value.getClass(); kind.isArray(); kind = kind.getComponentType()) {
      rank++;
    }
    long[] dims = new long[rank];
    Object first = value;
    for (int axis = 0; axis < rank; axis++) {
      int length = Array.getLength(first);
      dims[axis] = length;
      if (length == 0 || axis == rank - 1) {
        break;
      }
      first = Array.get(first, 0);
      if (first == null) {
        break;
      }
    }
    requireRegular(value, dims, new int[0]);
    return Shape.of(dims);
  }

  private static void requireRegular(Object value, long[] dims, int[] position) {
    int axis = position.length;
    if (axis == dims.length) {
      return;
    }
    int length = Array.getLength(value);
    if (length != dims[axis]) {
      throw new IllegalArgumentException(
          ("the array is ragged: element %s has length %s, but the first one there "
                  + "has length %s")
              .formatted(Arrays.toString(position), length, dims[axis]));
    }
    if (axis == dims.length - 1) {
      return;
    }
    for (int i = 0; i < length; i++) {
      int[] inner = Arrays.copyOf(position, axis + 1);
      inner[axis] = i;
      Object element = Array.get(value, i);
      if (element == null) {
        throw new IllegalArgumentException("the array holds null at " + Arrays.toString(inner));
      }
      requireRegular(element, dims, inner);
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
    if (isFlat(value)) {
      return flat && length(value) == shape.size();
    }
    return !flat && fitsNested(value, shape, 0);
  }

  private static boolean fitsNested(Object value, Shape shape, int axis) {
    if (!value.getClass().isArray()) {
      return axis == 0 && shape.rank() == 0;
    }
    if (axis >= shape.rank() || Array.getLength(value) != shape.dim(axis)) {
      return false;
    }
    if (value instanceof Object[] parts) {
      for (Object part : parts) {
        if (part == null || !fitsNested(part, shape, axis + 1)) {
          return false;
        }
      }
      return axis < shape.rank() - 1;
    }
    return axis == shape.rank() - 1;
  }

  /** Copies a value whose shape and type were checked. */
  public static void copy(Object value, HostBuffers target) {
    if (value instanceof Number || value instanceof Boolean) {
      target.writeScalar(value);
    } else {
      copy(value, target, 0);
    }
  }

  private static long copy(Object value, HostBuffers target, long start) {
    if (value instanceof Object[] parts) {
      long at = start;
      for (Object part : parts) {
        at = copy(part, target, at);
      }
      return at;
    }
    target.write(start, value);
    return start + length(value);
  }
}
