package io.millrace.type;

import java.nio.ByteBuffer;

/**
 * Reads and writes single elements in memory, at an offset in bytes.
 *
 * <p>The buffers are little-endian; bits are as {@link DType} says.
 */
public final class Elements {
  private Elements() {}

  /** Returns an element's bits. */
  public static long bits(DType dtype, ByteBuffer data, int at) {
    return dtype.wrap(
        switch (dtype.bytes()) {
          case 1 -> data.get(at);
          case 2 -> data.getShort(at);
          case 4 -> data.getInt(at);
          default -> data.getLong(at);
        });
  }

  /** Writes an element given by its bits. */
  public static void setBits(DType dtype, ByteBuffer data, int at, long bits) {
    switch (dtype.bytes()) {
      case 1 -> data.put(at, (byte) bits);
      case 2 -> data.putShort(at, (short) bits);
      case 4 -> data.putInt(at, (int) bits);
      default -> data.putLong(at, bits);
    }
  }

  /** Returns eight bytes of elements that all have these bits. */
  public static long repeated(DType dtype, long bits) {
    int width = Byte.SIZE * dtype.bytes();
    long eight = bits & (-1L >>> (Long.SIZE - width));
    for (int filled = width; filled < Long.SIZE; filled *= 2) {
      eight |= eight << filled;
    }
    return eight;
  }

  /** Returns an element as a double; a boolean is 0 or 1. */
  public static double getDouble(DType dtype, ByteBuffer data, int at) {
    return dtype.toDouble(bits(dtype, data, at));
  }

  /** Returns an element as a long; floating values are truncated, a boolean is 0 or 1. */
  public static long getLong(DType dtype, ByteBuffer data, int at) {
    return dtype.toLong(bits(dtype, data, at));
  }

  /** Writes an element, converted as {@link DType#ofDouble} does. */
  public static void setDouble(DType dtype, ByteBuffer data, int at, double value) {
    setBits(dtype, data, at, dtype.ofDouble(value));
  }

  /** Writes an element, converted as {@link DType#ofLong} does. */
  public static void setLong(DType dtype, ByteBuffer data, int at, long value) {
    setBits(dtype, data, at, dtype.ofLong(value));
  }
}
