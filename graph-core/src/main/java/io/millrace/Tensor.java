package io.millrace;

import io.millrace.host.HostBuffers;
import io.millrace.host.JavaValues;
import io.millrace.host.TensorPrinter;
import io.millrace.spi.HostMemory;
import io.millrace.type.DType;
import io.millrace.type.Elements;
import io.millrace.type.Given;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;

/**
 * An immutable dense array of numbers or booleans, row-major, outside the Java heap.
 *
 * <p>Safe to forget: the memory is freed after the garbage collector finds the tensor unreachable.
 * {@link #close} frees it at once; a use after that throws {@link ClosedException}. Safe to use
 * from several threads. Equality is identity; {@link #contentEquals} compares values. A tensor may
 * exceed 2^31 bytes; only what returns Java arrays or buffers is bound to their limits.
 */
public final class Tensor implements AutoCloseable {
  private final TensorType type;
  private final HostMemory memory;

  /** Wraps memory that holds the elements and belongs to the tensor from now on. */
  public Tensor(TensorType type, HostMemory memory) {
    this.type = Given.value(type, "type");
    this.memory = Given.value(memory, "memory");
  }

  /**
   * Returns the element type that a Java value has by itself, as {@link #of(Object)} says.
   *
   * @throws IllegalArgumentException if it stands for no tensor; the message says what in it, where
   */
  public static DType dtypeOf(Object value) {
    return Given.value(value, "value") instanceof Tensor t
        ? t.dtype()
        : JavaValues.requireDType(value);
  }

  /**
   * Returns a tensor of a Java value's own type and shape.
   *
   * <p>Float and float[] become float32, double and BigDecimal float64, int and short int32, long
   * and BigInteger int64, byte uint8, boolean bool. Arrays and lists have an axis for each level,
   * and the widest type among their elements; a buffer is a vector of what remains in it. A tensor
   * is returned as it is.
   *
   * @throws IllegalArgumentException for other values and for ragged arrays, naming the position
   */
  public static Tensor of(Object value) {
    Given.value(value, "value");
    return value instanceof Tensor tensor ? tensor : of(value, JavaValues.requireDType(value));
  }

  /**
   * Returns a tensor of a Java value's own shape.
   *
   * <p>Every number becomes the nearest one of a floating type, unless it is too great for it;
   * integer types take what they hold, so no fractions, and bool takes 0 and 1. A ByteBuffer
   * becomes uint8 only, as its bytes may be meant otherwise.
   *
   * @throws IllegalArgumentException if the value does not convert, or as {@link #of(Object)}
   */
  public static Tensor of(Object value, DType dtype) {
    Given.value(value, "value");
    Given.value(dtype, "dtype");
    if (value instanceof Tensor tensor) {
      if (tensor.dtype() != dtype) {
        throw new IllegalArgumentException("a tensor of type " + tensor.type + " is not " + dtype);
      }
      return tensor;
    }
    JavaValues.requireConverts(value, dtype.requireElements());
    return make(value, dtype, JavaValues.shape(value));
  }

  /**
   * Returns a tensor of this shape from a flat array or a buffer in row-major order.
   *
   * @throws IllegalArgumentException if the number of elements is not the shape's
   */
  public static Tensor of(Object flat, Shape shape) {
    return of(flat, JavaValues.requireDType(Given.value(flat, "flat")), shape);
  }

  /**
   * Returns a tensor of this type and shape from a flat array or a buffer in row-major order, with
   * the conversions of {@link #of(Object, DType)}.
   *
   * @throws IllegalArgumentException if the number of elements is not the shape's, or they do not
   *     convert
   */
  public static Tensor of(Object flat, DType dtype, Shape shape) {
    Given.value(flat, "flat");
    Given.value(dtype, "dtype");
    Given.value(shape, "shape");
    JavaValues.requireConverts(flat, dtype.requireElements());
    if (!JavaValues.isFlat(flat) || JavaValues.length(flat) != shape.size()) {
      throw new IllegalArgumentException(
          "shape %s takes a flat array or buffer of %s elements, not %s"
              .formatted(
                  shape,
                  shape.size(),
                  JavaValues.isFlat(flat)
                      ? JavaValues.length(flat) + " elements"
                      : flat.getClass().getTypeName()));
    }
    return make(flat, dtype, shape);
  }

  private static Tensor make(Object value, DType dtype, Shape shape) {
    TensorType type = new TensorType(dtype, shape);
    HostMemory memory = HostMemory.uninitialized(type.bytes());
    try {
      JavaValues.copy(value, new HostBuffers(memory, type));
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
    return new Tensor(type, memory);
  }

  /** Returns a tensor with a literal's type and elements. */
  public static Tensor of(Literal literal) {
    TensorType type = Given.value(literal, "literal").type();
    HostMemory memory = HostMemory.uninitialized(type.bytes());
    ByteBuffer bytes = literal.bytes();
    memory.window(0).put(0, bytes, 0, bytes.remaining());
    return new Tensor(type, memory);
  }

  /** Returns a tensor of zeros, or of false. */
  public static Tensor zeros(DType dtype, long... dims) {
    TensorType type = TensorType.of(Given.value(dtype, "dtype").requireElements(), dims);
    if (!type.shape().isFullyDefined()) {
      throw new IllegalArgumentException(
          "a tensor has extents of 0 or more, not " + Arrays.toString(dims));
    }
    return new Tensor(type, HostMemory.allocate(type.bytes()));
  }

  /** Returns the element type and the shape, which is fully defined. */
  public TensorType type() {
    return type;
  }

  /** Returns the element type. */
  public DType dtype() {
    return type.dtype();
  }

  /** Returns the shape, fully defined. */
  public Shape shape() {
    return type.shape();
  }

  /** Returns the number of elements. */
  public long size() {
    return type.shape().size();
  }

  /** Returns the number of bytes of the elements. */
  public long bytes() {
    return type.bytes();
  }

  public HostMemory memory() {
    return memory;
  }

  /** Returns the only element, converted as {@link Number#floatValue}; the shape may be [1,1]. */
  public float floatValue() {
    return (float) doubleValue();
  }

  /** Returns the only element, converted as {@link Number#doubleValue}. */
  public double doubleValue() {
    requireSingle();
    requireKind(dtype().isNumeric(), "a number");
    return doubleAt(0);
  }

  /** Returns the only element, converted as {@link Number#intValue}. */
  public int intValue() {
    return dtype().isFloating() ? (int) doubleValue() : (int) longValue();
  }

  /** Returns the only element, converted as {@link Number#longValue}. */
  public long longValue() {
    requireSingle();
    requireKind(dtype().isNumeric(), "a number");
    return longAt(0);
  }

  /** Returns the only element of a boolean tensor. */
  public boolean booleanValue() {
    requireSingle();
    requireKind(dtype().isBoolean(), "a boolean");
    return longAt(0) != 0;
  }

  private void requireSingle() {
    if (size() != 1) {
      throw new IllegalStateException(
          "a tensor of type " + type + " has " + size() + " elements, not a single value");
    }
  }

  private void requireKind(boolean holds, String wanted) {
    if (!holds) {
      throw new IllegalStateException("a tensor of type " + type + " does not give " + wanted);
    }
  }

  private void requireJava(Class<?> javaClass, String wanted) {
    requireKind(dtype().javaClass() == javaClass, wanted);
  }

  /** Returns an element of a float32 tensor, one index an axis. */
  public float getFloat(long... index) {
    Given.value(index, "index");
    requireJava(float.class, "floats");
    return (float) doubleAt(position(index));
  }

  /** Returns an element of a float64, float32, int32 or uint8 tensor, one index an axis. */
  public double getDouble(long... index) {
    Given.value(index, "index");
    requireKind(dtype().widensTo(DType.FLOAT64), "doubles");
    return doubleAt(position(index));
  }

  /** Returns an element of an int32 or uint8 tensor, one index an axis. */
  public int getInt(long... index) {
    Given.value(index, "index");
    requireKind(dtype().widensTo(DType.INT32), "ints");
    return (int) longAt(position(index));
  }

  /** Returns an element of an integer tensor, one index an axis. */
  public long getLong(long... index) {
    Given.value(index, "index");
    requireKind(dtype().isInteger(), "longs");
    return longAt(position(index));
  }

  /** Returns an element of a boolean tensor, one index an axis. */
  public boolean getBoolean(long... index) {
    Given.value(index, "index");
    requireKind(dtype().isBoolean(), "booleans");
    return longAt(position(index)) != 0;
  }

  private long position(long[] index) {
    Shape shape = type.shape();
    boolean inside = index.length == shape.rank();
    long position = 0;
    for (int axis = 0; inside && axis < index.length; axis++) {
      inside = index[axis] >= 0 && index[axis] < shape.dim(axis);
      position = position * shape.dim(axis) + index[axis];
    }
    if (!inside) {
      throw new IndexOutOfBoundsException(
          Arrays.toString(index) + " is not an element of a tensor of shape " + shape);
    }
    return position;
  }

  /** Returns the element at a row-major position as a double; a boolean is 0 or 1. */
  double doubleAt(long element) {
    return dtype().toDouble(bits(element));
  }

  /** Returns the element at a row-major position as a long; a boolean is 0 or 1. */
  long longAt(long element) {
    return dtype().toLong(bits(element));
  }

  private long bits(long element) {
    long at = element * dtype().bytes();
    memory.retain();
    try {
      return Elements.bits(dtype(), memory.window(at), (int) (at % HostMemory.WINDOW));
    } finally {
      memory.release();
    }
  }

  /** Returns the elements of a float32 tensor in row-major order. */
  public float[] toFloatArray() {
    requireJava(float.class, "floats");
    return (float[]) flat(float.class);
  }

  /** Returns the elements of a float64, float32, int32 or uint8 tensor in row-major order. */
  public double[] toDoubleArray() {
    requireKind(dtype().widensTo(DType.FLOAT64), "doubles");
    if (dtype() == DType.FLOAT64) {
      return (double[]) flat(double.class);
    }
    double[] values = new double[length()];
    Arrays.setAll(values, this::doubleAt);
    return values;
  }

  /** Returns the elements of an int32 or uint8 tensor in row-major order. */
  public int[] toIntArray() {
    requireKind(dtype().widensTo(DType.INT32), "ints");
    if (dtype() == DType.INT32) {
      return (int[]) flat(int.class);
    }
    int[] values = new int[length()];
    Arrays.setAll(values, i -> (int) longAt(i));
    return values;
  }

  /** Returns the elements of an integer tensor in row-major order. */
  public long[] toLongArray() {
    requireKind(dtype().isInteger(), "longs");
    if (dtype() == DType.INT64) {
      return (long[]) flat(long.class);
    }
    long[] values = new long[length()];
    Arrays.setAll(values, this::longAt);
    return values;
  }

  /** Returns the elements of a uint8 tensor in row-major order, as the bytes that they are. */
  public byte[] toByteArray() {
    requireJava(byte.class, "bytes");
    return (byte[]) flat(byte.class);
  }

  /** Returns the elements of a boolean tensor in row-major order. */
  public boolean[] toBooleanArray() {
    requireKind(dtype().isBoolean(), "booleans");
    return (boolean[]) flat(boolean.class);
  }

  /** Returns the length of an array of all elements. */
  private int length() {
    return length(size(), "elements");
  }

  /** Returns the length of an array that would hold so many. */
  private int length(long count, String what) {
    if (count > Literal.MOST_BYTES) {
      throw new IllegalStateException(
          "a tensor of type %s has %,d %s, and a Java array up to %,d: get them one by one"
              .formatted(type, count, what, Literal.MOST_BYTES));
    }
    return (int) count;
  }

  private Object flat(Class<?> element) {
    Object array = Array.newInstance(element, length());
    copyTo(array);
    return array;
  }

  /**
   * Copies the elements in row-major order to a flat array of the element type (byte[] for uint8).
   *
   * @throws IllegalArgumentException if the array's type or length differs
   */
  public void copyTo(Object array) {
    if (!Given.value(array, "array").getClass().isArray()
        || !JavaValues.isFlat(array)
        || !JavaValues.holds(array, dtype())
        || Array.getLength(array) != size()) {
      throw new IllegalArgumentException(
          "a tensor of type %s is copied to a flat array of its %s elements, not to %s%s"
              .formatted(
                  type,
                  size(),
                  array.getClass().getTypeName(),
                  array.getClass().isArray() ? " of length " + Array.getLength(array) : ""));
    }
    memory.retain();
    try {
      new HostBuffers(memory, type).read(0, array);
    } finally {
      memory.release();
    }
  }

  /** Returns nested arrays with a level for each axis; the boxed element of a scalar. */
  public Object toArray() {
    Class<?> element = dtype().javaClass();
    if (shape().rank() == 0) {
      return Array.get(flat(element), 0);
    }
    int[] dims =
        Arrays.stream(shape().dims()).mapToInt(d -> length(d, "parts along an axis")).toArray();
    Object nested = Array.newInstance(element, dims);
    memory.retain();
    try {
      fill(nested, new HostBuffers(memory, type), 0);
    } finally {
      memory.release();
    }
    return nested;
  }

  private static long fill(Object array, HostBuffers source, long start) {
    if (array instanceof Object[] parts) {
      long at = start;
      for (Object part : parts) {
        at = fill(part, source, at);
      }
      return at;
    }
    source.read(start, array);
    return start + Array.getLength(array);
  }

  /**
   * Returns the elements as bytes, little-endian, without copying; valid for as long as it is used.
   *
   * @throws ArithmeticException if there are 2^31 bytes or more
   */
  public ByteBuffer asByteBuffer() {
    return memory.view();
  }

  /** Returns the elements of a float32 tensor, read-only, as {@link #asByteBuffer} does. */
  public FloatBuffer asFloatBuffer() {
    requireJava(float.class, "floats");
    return memory.view().asFloatBuffer();
  }

  /** Returns the elements of a float64 tensor, read-only, as {@link #asByteBuffer} does. */
  public DoubleBuffer asDoubleBuffer() {
    requireJava(double.class, "doubles");
    return memory.view().asDoubleBuffer();
  }

  /** Returns the elements of an int32 tensor, read-only, as {@link #asByteBuffer} does. */
  public IntBuffer asIntBuffer() {
    requireJava(int.class, "ints");
    return memory.view().asIntBuffer();
  }

  /** Returns the elements of an int64 tensor, read-only, as {@link #asByteBuffer} does. */
  public LongBuffer asLongBuffer() {
    requireJava(long.class, "longs");
    return memory.view().asLongBuffer();
  }

  /** Returns the value on the Java heap, as a constant of a graph holds it. */
  public Literal toLiteral() {
    byte[] bytes = new byte[length(bytes(), "bytes")];
    memory.retain();
    try {
      memory.window(0).get(0, bytes);
    } finally {
      memory.release();
    }
    return Literal.wrap(type, bytes);
  }

  /** Returns whether the other has the same type and, bit by bit, the same elements. */
  public boolean contentEquals(Tensor other) {
    return type.equals(Given.value(other, "other").type) && memory.contentEquals(other.memory);
  }

  /**
   * Returns the elements as NumPy prints them: brackets, aligned columns, floats with as few digits
   * as identify them and at most eight after the point, an ellipsis beyond 1000 elements.
   */
  @Override
  public String toString() {
    try {
      return TensorPrinter.print(type, this::longAt, this::doubleAt);
    } catch (ClosedException e) {
      return "closed tensor of type " + type;
    }
  }

  /** Frees the memory, once. With {@code -Dmillrace.recordClosing=true} later uses say where. */
  @Override
  public void close() {
    memory.close(Closing.told(type));
  }
}
