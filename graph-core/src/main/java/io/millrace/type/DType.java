package io.millrace.type;

import java.util.Locale;

/**
 * Lists the element types of tensors, with TensorFlow's names.
 *
 * <p>Booleans take one byte (0 or 1); {@link #UINT8} is unsigned.
 */
public enum DType {
  FLOAT32(4, Kind.FLOATING),
  FLOAT64(8, Kind.FLOATING),
  INT32(4, Kind.INTEGER),
  INT64(8, Kind.INTEGER),
  UINT8(1, Kind.INTEGER),
  BOOL(1, Kind.BOOLEAN);

  private enum Kind {
    FLOATING,
    INTEGER,
    BOOLEAN
  }

  private final int bytes;
  private final Kind kind;
  private final String label = name().toLowerCase(Locale.ROOT);

  DType(int bytes, Kind kind) {
    this.bytes = bytes;
    this.kind = kind;
  }

  /** Returns the bytes that one element takes. */
  public int bytes() {
    return bytes;
  }

  /** Returns whether this is a floating-point type. */
  public boolean isFloating() {
    return kind == Kind.FLOATING;
  }

  /** Returns whether this is a signed or unsigned integer type. */
  public boolean isInteger() {
    return kind == Kind.INTEGER;
  }

  /** Returns whether arithmetic is defined on this type: everything but booleans. */
  public boolean isNumeric() {
    return kind != Kind.BOOLEAN;
  }

  /** Returns TensorFlow's name of the type, such as {@code float32}. */
  @Override
  public String toString() {
    return label;
  }
}
