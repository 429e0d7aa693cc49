package io.millrace.type;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Lists the element types of tensors, with TensorFlow's names.
 *
 * <p>A type is a row: whatever depends on the type asks for a property of the row, so that another
 * type is another row, and one in each backend's table. Booleans take one byte (0 or 1).
 *
 * <p>Handles are types too, of what operations pass on without elements; {@link #ofElements} leaves
 * them out.
 *
 * <p>An element's bits are the value itself for integers and booleans (0 or 1), the IEEE 754 bits
 * for floating types, sign-extended. {@link Elements} reads and writes them.
 */
public enum DType {
  FLOAT32(Kind.FLOATING, 4, 1, float.class) {
    @Override
    public double toDouble(long bits) {
      return Float.intBitsToFloat((int) bits);
    }

    @Override
    public long ofDouble(double value) {
      return Float.floatToRawIntBits((float) value);
    }

    @Override
    public long ofLong(long value) {
      // Straight from long: by way of double it would round twice.
      return Float.floatToRawIntBits((float) value);
    }

    @Override
    public String text(long bits) {
      return Float.toString(Float.intBitsToFloat((int) bits));
    }
  },
  FLOAT64(Kind.FLOATING, 8, 2, double.class) {
    @Override
    public double toDouble(long bits) {
      return Double.longBitsToDouble(bits);
    }

    @Override
    public long ofDouble(double value) {
      return Double.doubleToRawLongBits(value);
    }
  },
  INT32(Kind.SIGNED, 4, 3, int.class),
  INT64(Kind.SIGNED, 8, 9, long.class),
  UINT8(Kind.UNSIGNED, 1, 4, byte.class),
  BOOL(Kind.BOOLEAN, 1, 10, boolean.class),

  /** Handles of variables; see {@link TensorType#handle}. */
  RESOURCE(Kind.HANDLE, 0, 20, void.class),

  /** Lists of tensors; see {@link TensorType#list}. */
  VARIANT(Kind.HANDLE, 0, 21, void.class);

  private static final List<DType> ELEMENTS =
      Arrays.stream(values()).filter(d -> !d.isHandle()).toList();

  private enum Kind {
    FLOATING("f"),
    SIGNED("i"),
    UNSIGNED("u"),
    BOOLEAN("b"),
    HANDLE("V");

    private final String letter;

    Kind(String letter) {
      this.letter = letter;
    }
  }

  private final Kind kind;
  private final int bytes;
  private final int number;
  private final Class<?> javaClass;
  private final int unused;
  private final long mask;
  private final String label = name().toLowerCase(Locale.ROOT);

  DType(Kind kind, int bytes, int number, Class<?> javaClass) {
    this.kind = kind;
    this.bytes = bytes;
    this.number = number;
    this.javaClass = javaClass;
    unused = Long.SIZE - Byte.SIZE * bytes;
    mask = kind == Kind.UNSIGNED ? -1L >>> unused : -1;
  }

  /** Returns the types that elements of tensors have: all but handles. */
  public static List<DType> ofElements() {
    return ELEMENTS;
  }

  /**
   * Returns whether this is a type of handles, which lead operations to something that is no
   * tensor: they have no elements, and are neither fed, fetched, constants nor computed with.
   */
  public boolean isHandle() {
    return kind == Kind.HANDLE;
  }

  /**
   * Returns this type, of which a tensor is to be made.
   *
   * @throws IllegalArgumentException if it is one of handles
   */
  public DType requireElements() {
    if (isHandle()) {
      throw new IllegalArgumentException(
          "a tensor cannot be %s, which is a type of handles: they have no elements"
              .formatted(this));
    }
    return this;
  }

  /** Returns the bytes that one element takes. */
  public int bytes() {
    return bytes;
  }

  /** Returns the number of the type in TensorFlow's files: that of its DataType. */
  public int number() {
    return number;
  }

  /** Returns NumPy's name of the type, little-endian, such as {@code <f4}. */
  public String numpy() {
    return (bytes == 1 ? "|" : "<") + kind.letter + bytes;
  }

  /** Returns the primitive type of Java whose arrays hold such elements, byte by byte. */
  public Class<?> javaClass() {
    return javaClass;
  }

  /** Returns whether this is a floating-point type. */
  public boolean isFloating() {
    return kind == Kind.FLOATING;
  }

  /** Returns whether this is a signed or unsigned integer type. */
  public boolean isInteger() {
    return kind == Kind.SIGNED || kind == Kind.UNSIGNED;
  }

  /** Returns whether this is a type of numbers that may be negative. */
  public boolean isSigned() {
    return kind == Kind.FLOATING || kind == Kind.SIGNED;
  }

  /** Returns whether this is the type of truth values. */
  public boolean isBoolean() {
    return kind == Kind.BOOLEAN;
  }

  /** Returns whether arithmetic is defined on this type: it is floating or integer. */
  public boolean isNumeric() {
    return isFloating() || isInteger();
  }

  /** Returns whether of two elements that differ one is the lesser: numbers on a line. */
  public boolean isOrdered() {
    return isFloating() || isInteger();
  }

  /** Returns whether tensors of this type may be indices: signed integers of 32 bits or more. */
  public boolean isIndex() {
    return kind == Kind.SIGNED && bytes >= Integer.BYTES;
  }

  /** Returns whether every number of this type is one of the other type. */
  public boolean widensTo(DType other) {
    Given.value(other, "other");
    if (isFloating()) {
      return other.isFloating() && other.bytes >= bytes;
    }
    return isInteger()
        && (other.isFloating()
            ? other.bytes > bytes
            : other.isInteger() && other.fits(lowest()) && other.fits(highest()));
  }

  /**
   * Returns the wider of two types: floating if either is, and of one kind that with more bytes.
   *
   * @throws IllegalArgumentException if only one of them is boolean
   */
  public DType joined(DType other) {
    if (isBoolean() != Given.value(other, "other").isBoolean()) {
      throw new IllegalArgumentException(
          "a tensor holds numbers or booleans, not both " + this + " and " + other);
    }
    if (isFloating() != other.isFloating()) {
      return isFloating() ? this : other;
    }
    return bytes >= other.bytes ? this : other;
  }

  /** Returns an element as a double; exact but for large integers, a boolean is 0 or 1. */
  public double toDouble(long bits) {
    return bits;
  }

  /** Returns an element as a long; a floating value is truncated and saturates, NaN is 0. */
  public long toLong(long bits) {
    return isFloating() ? (long) toDouble(bits) : bits;
  }

  /**
   * Returns the bits of a value rounded to a floating type; integers are truncated and saturate,
   * NaN becomes 0, and a boolean is true unless the value is 0.
   */
  public long ofDouble(double value) {
    return isBoolean() ? value == 0 ? 0 : 1 : Math.max(lowest(), Math.min(highest(), (long) value));
  }

  /**
   * Returns the bits of a value rounded to a floating type, wrapped to an integer type; a boolean
   * is true unless the value is 0.
   */
  public long ofLong(long value) {
    return isFloating() ? ofDouble((double) value) : wrap(value);
  }

  /** Returns a value rounded or truncated to the type, as {@link #ofDouble} does. */
  public double round(double value) {
    return toDouble(ofDouble(value));
  }

  /** Returns the bits that an element of this type has if these are written and read again. */
  public long wrap(long bits) {
    return kind == Kind.BOOLEAN ? bits == 0 ? 0 : 1 : bits << unused >> unused & mask;
  }

  /** Returns whether an element may have this value; a floating type rounds whatever it is. */
  public boolean fits(long value) {
    return isFloating() || wrap(value) == value;
  }

  /** Returns the bits of the least value: negative infinity of a floating type. */
  public long lowest() {
    return isFloating()
        ? ofDouble(Double.NEGATIVE_INFINITY)
        : kind == Kind.SIGNED ? -1L << (Byte.SIZE * bytes - 1) : 0;
  }

  /** Returns the bits of the greatest value: infinity of a floating type. */
  public long highest() {
    return isFloating()
        ? ofDouble(Double.POSITIVE_INFINITY)
        : kind == Kind.SIGNED ? ~lowest() : wrap(-1);
  }

  /** Returns an element as Java writes it, a floating one with the digits that identify it. */
  public String text(long bits) {
    return isFloating()
        ? Double.toString(toDouble(bits))
        : isBoolean() ? Boolean.toString(bits != 0) : Long.toString(bits);
  }

  /** Returns TensorFlow's name of the type, such as {@code float32}. */
  @Override
  public String toString() {
    return label;
  }
}
