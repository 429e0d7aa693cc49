package io.millrace.cpu.kernels;

import java.nio.ByteBuffer;

/** Reads int32 and int64 alike. */
final class Indices {
  private Indices() {}

  /** Returns the element at a distance from the one that begins at a byte of a window. */
  static long get(ByteBuffer window, int at, int element, boolean wide) {
    return wide ? window.getLong(at + 8 * element) : window.getInt(at + 4 * element);
  }
}
