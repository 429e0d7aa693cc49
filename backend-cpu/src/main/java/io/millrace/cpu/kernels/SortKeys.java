package io.millrace.cpu.kernels;

import io.millrace.type.DType;
import java.nio.ByteBuffer;

/**
 * Turns numbers into unsigned keys of as many bits that are in the order in which to sort them:
 * equal numbers have equal keys, NaN counts as greater than any.
 */
record SortKeys(DType type, boolean descending) {

  /** Returns the bits of a key. */
  int bits() {
    return 8 * type.bytes();
  }

  /** Computes the keys of {@code count} elements that begin at a byte of a window. */
  void load(ByteBuffer window, int at, int count, long[] keys) {
    long flip = descending ? -1L >>> (64 - bits()) : 0;
    switch (type) {
      case FLOAT32 -> {
        for (int i = 0; i < count; i++) {
          keys[i] = key(window.getFloat(at + 4 * i));
        }
      }
      case FLOAT64 -> {
        for (int i = 0; i < count; i++) {
          keys[i] = key(window.getDouble(at + 8 * i));
        }
      }
      case INT32 -> {
        for (int i = 0; i < count; i++) {
          keys[i] = ((window.getInt(at + 4 * i) ^ Integer.MIN_VALUE) & 0xFFFFFFFFL) ^ flip;
        }
      }
      case INT64 -> {
        for (int i = 0; i < count; i++) {
          keys[i] = window.getLong(at + 8 * i) ^ Long.MIN_VALUE ^ flip;
        }
      }
      case UINT8, BOOL -> {
        for (int i = 0; i < count; i++) {
          keys[i] = (window.get(at + i) & 0xFF) ^ flip;
        }
      }
      case RESOURCE, VARIANT -> throw new IllegalArgumentException(type + " has no elements");
    }
  }

  private long key(float value) {
    // Plus zero, which makes a zero of either sign positive.
    int bits = Float.floatToIntBits(value + 0f);
    int key = bits ^ (bits >> 31 | Integer.MIN_VALUE);
    return (descending ? ~key : key) & 0xFFFFFFFFL;
  }

  private long key(double value) {
    long bits = Double.doubleToLongBits(value + 0.0);
    long key = bits ^ (bits >> 63 | Long.MIN_VALUE);
    return descending ? ~key : key;
  }
}
