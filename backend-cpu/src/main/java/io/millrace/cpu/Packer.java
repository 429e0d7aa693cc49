package io.millrace.cpu;

import io.millrace.spi.HostMemory;
import java.nio.ByteBuffer;

/** Copies strided elements to where they lie one after another. */
final class Packer {
  private static final int BULK = 16;

  private Packer() {}

  /**
   * Copies {@code count} elements.
   *
   * @param from byte offset of the first element
   * @param stride in bytes, of any sign
   * @param to byte offset of the first copy
   * @param bytes of one element: 1, 4 or 8
   */
  static void pack(
      HostMemory source, long from, long stride, HostMemory target, long to, int count, int bytes) {
    ByteBuffer out = target.window(to);
    int at = (int) (to % HostMemory.WINDOW);
    long lowest = stride < 0 ? from + (count - 1) * stride : from;
    if (Math.abs(stride) * count + bytes > HostMemory.WINDOW) {
      for (int i = 0; i < count; i++) {
        long byteAt = from + i * stride;
        int position = (int) (byteAt % HostMemory.WINDOW);
        copy(source.window(byteAt), position, 0, out, at + i * bytes, 1, bytes);
      }
      return;
    }
    ByteBuffer in = source.window(lowest);
    int position = (int) (lowest % HostMemory.WINDOW) + (int) (from - lowest);
    if (stride == bytes && count >= BULK) {
      out.put(at, in, position, count * bytes);
    } else {
      copy(in, position, (int) stride, out, at, count, bytes);
    }
  }

  private static void copy(
      ByteBuffer in, int position, int stride, ByteBuffer out, int at, int count, int bytes) {
    switch (bytes) {
      case 4 -> {
        for (int i = 0; i < count; i++) {
          out.putInt(at + 4 * i, in.getInt(position + i * stride));
        }
      }
      case 8 -> {
        for (int i = 0; i < count; i++) {
          out.putLong(at + 8 * i, in.getLong(position + i * stride));
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          out.put(at + i, in.get(position + i * stride));
        }
      }
    }
  }

  /** Copies elements to strided places. */
  static void unpack(
      HostMemory source, long from, HostMemory target, long to, long stride, int count, int bytes) {
    for (int i = 0; i < count; i++) {
      long byteAt = to + i * stride;
      ByteBuffer out = target.window(byteAt);
      copy(
          source.window(from + (long) i * bytes),
          (int) ((from + (long) i * bytes) % HostMemory.WINDOW),
          0,
          out,
          (int) (byteAt % HostMemory.WINDOW),
          1,
          bytes);
    }
  }

  /** Writes {@code first}, {@code first + step}, ... as int64. */
  static void count(HostMemory target, long to, long first, long step, int count) {
    ByteBuffer out = target.window(to);
    int at = (int) (to % HostMemory.WINDOW);
    for (int i = 0; i < count; i++) {
      out.putLong(at + 8 * i, first + i * step);
    }
  }
}
