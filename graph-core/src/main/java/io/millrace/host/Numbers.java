package io.millrace.host;

import io.millrace.type.DType;
import io.millrace.type.Elements;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/**
 * Writes Java numbers as elements of a type that need not be theirs: rounded to a floating type,
 * and to the others only where nothing is lost.
 */
final class Numbers {
  private Numbers() {}

  /**
   * Writes some of a flat array's or a buffer's elements, and returns how many of them, from the
   * first on, fit the type.
   *
   * @param offset the element of {@code bytes} at which the first one goes
   */
  static int write(DType dtype, ByteBuffer bytes, int offset, Object values, int from, int count) {
    if (values instanceof double[] array) {
      return writeDoubles(dtype, bytes, offset, array, from, count);
    }
    if (values instanceof int[] array) {
      return writeInts(dtype, bytes, offset, array, from, count);
    }
    if (values instanceof byte[] array) {
      return writeBytes(dtype, bytes, offset, array, from, count);
    }
    int done = 0;
    while (done < count && putOf(dtype, bytes, offset + done, values, from + done)) {
      done++;
    }
    return done;
  }

  private static int writeDoubles(
      DType dtype, ByteBuffer bytes, int offset, double[] values, int from, int count) {
    int done = 0;
    while (done < count && put(dtype, bytes, offset + done, values[from + done])) {
      done++;
    }
    return done;
  }

  private static int writeInts(
      DType dtype, ByteBuffer bytes, int offset, int[] values, int from, int count) {
    int done = 0;
    while (done < count && put(dtype, bytes, offset + done, (long) values[from + done])) {
      done++;
    }
    return done;
  }

  private static int writeBytes(
      DType dtype, ByteBuffer bytes, int offset, byte[] values, int from, int count) {
    int done = 0;
    while (done < count && put(dtype, bytes, offset + done, values[from + done] & 0xFFL)) {
      done++;
    }
    return done;
  }

  private static boolean putOf(DType dtype, ByteBuffer bytes, int at, Object values, int index) {
    if (values instanceof float[] array) {
      return put(dtype, bytes, at, (double) array[index]);
    }
    if (values instanceof long[] array) {
      return put(dtype, bytes, at, array[index]);
    }
    if (values instanceof short[] array) {
      return put(dtype, bytes, at, (long) array[index]);
    }
    if (values instanceof boolean[] array) {
      return put(dtype, bytes, at, array[index] ? 1L : 0L);
    }
    if (values instanceof FloatBuffer buffer) {
      return put(dtype, bytes, at, (double) buffer.get(buffer.position() + index));
    }
    if (values instanceof DoubleBuffer buffer) {
      return put(dtype, bytes, at, buffer.get(buffer.position() + index));
    }
    if (values instanceof IntBuffer buffer) {
      return put(dtype, bytes, at, (long) buffer.get(buffer.position() + index));
    }
    if (values instanceof LongBuffer buffer) {
      return put(dtype, bytes, at, buffer.get(buffer.position() + index));
    }
    if (values instanceof ShortBuffer buffer) {
      return put(dtype, bytes, at, (long) buffer.get(buffer.position() + index));
    }
    ByteBuffer buffer = (ByteBuffer) values;
    return put(dtype, bytes, at, buffer.get(buffer.position() + index) & 0xFFL);
  }

  /** Writes a number or a boolean, and returns whether it fits. */
  static boolean write(DType dtype, ByteBuffer bytes, int at, Object value) {
    if (value instanceof Float number) {
      if (dtype == DType.FLOAT32) {
        bytes.putFloat(at * Float.BYTES, number);
        return true;
      }
      return put(dtype, bytes, at, (double) number);
    }
    if (value instanceof Boolean bool) {
      return put(dtype, bytes, at, bool ? 1L : 0L);
    }
    if (value instanceof Byte number) {
      return put(dtype, bytes, at, number & 0xFFL);
    }
    if (value instanceof BigInteger || value instanceof BigDecimal) {
      return writeBig(dtype, bytes, at, (Number) value);
    }
    Number number = (Number) value;
    return JavaTypes.isFloating(number)
        ? put(dtype, bytes, at, number.doubleValue())
        : put(dtype, bytes, at, number.longValue());
  }

  /** Numbers with any number of digits are rounded once, straight to the type. */
  private static boolean writeBig(DType dtype, ByteBuffer bytes, int at, Number value) {
    if (dtype == DType.FLOAT32) {
      float rounded = value.floatValue();
      bytes.putFloat(at * Float.BYTES, rounded);
      return !Float.isInfinite(rounded);
    }
    if (dtype.isFloating()) {
      double rounded = value.doubleValue();
      return !Double.isInfinite(rounded) && put(dtype, bytes, at, rounded);
    }
    try {
      long exact =
          value instanceof BigDecimal decimal
              ? decimal.longValueExact()
              : ((BigInteger) value).longValueExact();
      return put(dtype, bytes, at, exact);
    } catch (ArithmeticException tooLargeOrFraction) {
      return false;
    }
  }

  private static boolean put(DType dtype, ByteBuffer bytes, int at, double value) {
    if (dtype == DType.FLOAT32) {
      float rounded = (float) value;
      bytes.putFloat(at * Float.BYTES, rounded);
      return !Float.isInfinite(rounded) || Double.isInfinite(value);
    }
    if (dtype.isFloating()) {
      long rounded = dtype.ofDouble(value);
      Elements.setBits(dtype, bytes, at * dtype.bytes(), rounded);
      return !Double.isInfinite(dtype.toDouble(rounded)) || Double.isInfinite(value);
    }
    long whole = (long) value;
    return whole == value && value < 0x1p63 && put(dtype, bytes, at, whole);
  }

  private static boolean put(DType dtype, ByteBuffer bytes, int at, long value) {
    if (!dtype.fits(value)) {
      return false;
    }
    Elements.setLong(dtype, bytes, at * dtype.bytes(), value);
    return true;
  }

  /** Returns why a value does not fit a type. */
  static String refusal(DType dtype, String value) {
    String holds =
        dtype.isFloating()
            ? "numbers up to " + dtype.text(greatest(dtype))
            : dtype.isBoolean()
                ? "0 and 1 (false and true)"
                : "whole numbers from "
                    + dtype.text(dtype.lowest())
                    + " to "
                    + dtype.text(dtype.highest());
    return value + " does not fit " + dtype + ", which holds " + holds;
  }

  /** Returns the bits of the greatest number of a floating type, those before infinity's. */
  private static long greatest(DType dtype) {
    return dtype.highest() - 1;
  }
}
