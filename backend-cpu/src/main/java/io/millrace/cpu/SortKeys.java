package io.millrace.cpu;

import io.millrace.DType;
import java.nio.ByteBuffer;

/** Turns numbers into unsigned keys of as many bits that are in the order in which to sort them. */
record SortKeys(DType type, boolean descending) {

  /** Returns the bits of a key. */
  int bits() {
    return 8 * type.bytes();
  }

  /** Returns the key of an element; equal numbers have equal keys, NaN the greatest. */
  long key(ByteBuffer window, int at) {
    return switch (type) {
      case FLOAT32 -> key(window.getFloat(at)) & 0xFFFFFFFFL;
      case FLOAT64 -> key(window.getDouble(at));
      case INT32 ->
          (window.getInt(at) ^ (descending ? ~Integer.MIN_VALUE : Integer.MIN_VALUE)) & 0xFFFFFFFFL;
      case INT64 -> window.getLong(at) ^ (descending ? ~Long.MIN_VALUE : Long.MIN_VALUE);
      default -> (window.get(at) ^ (descending ? 0xFF : 0)) & 0xFF;
    };
  }

  private int key(float value) {
    if (Float.isNaN(value)) {
      return -1;
    }
    // Plus zero, which makes a zero of either sign positive.
    int bits = Float.floatToRawIntBits(value + 0f);
    int key = bits ^ (bits >> 31 | Integer.MIN_VALUE);
    return descending ? ~key : key;
  }

  private long key(double value) {
    if (Double.isNaN(value)) {
      return -1;
    }
    long bits = Double.doubleToRawLongBits(value + 0.0);
    long key = bits ^ (bits >> 63 | Long.MIN_VALUE);
    return descending ? ~key : key;
  }
}
