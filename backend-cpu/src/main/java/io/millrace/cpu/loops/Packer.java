package io.millrace.cpu.loops;

import io.millrace.spi.HostMemory;
import java.nio.ByteBuffer;

/** Copies strided elements. */
public final class Packer {
  private static final int BULK = 16;

  private Packer() {}

  /**
   * Copies {@code count} elements to where they lie one after another.
   *
   * @param from byte offset of the first element
   * @param stride in bytes, of any sign
   * @param to byte offset of the first copy
   * @param bytes of one element: 1, 4 or 8
   */
  public static void pack(
      HostMemory source, long from, long stride, HostMemory target, long to, int count, int bytes) {
    move(source, from, stride, target, to, bytes, count, bytes);
  }

  /**
   * Copies {@code count} elements.
   *
   * @param from byte offset of the first element
   * @param fromStride in bytes, of any sign
   * @param to byte offset of the first copy
   * @param toStride in bytes, of any sign
   * @param bytes of one element: 1, 4 or 8
   */
  public static void move(
      HostMemory source,
      long from,
      long fromStride,
      HostMemory target,
      long to,
      long toStride,
      int count,
      int bytes) {
    long longest = Math.max(Math.abs(fromStride), Math.abs(toStride)) * count + bytes;
    if (longest > HostMemory.WINDOW) {
      for (int i = 0; i < count; i++) {
        copy(
            source.window(from + i * fromStride),
            (int) ((from + i * fromStride) % HostMemory.WINDOW),
            0,
            target.window(to + i * toStride),
            (int) ((to + i * toStride) % HostMemory.WINDOW),
            0,
            1,
            bytes);
      }
      return;
    }
    long low = Math.min(from, from + (count - 1) * fromStride);
    long lowTo = Math.min(to, to + (count - 1) * toStride);
    ByteBuffer in = source.window(low);
    ByteBuffer out = target.window(lowTo);
    int position = (int) (low % HostMemory.WINDOW) + (int) (from - low);
    int at = (int) (lowTo % HostMemory.WINDOW) + (int) (to - lowTo);
    if (fromStride == bytes && toStride == bytes && count >= BULK) {
      out.put(at, in, position, count * bytes);
    } else {
      copy(in, position, (int) fromStride, out, at, (int) toStride, count, bytes);
    }
  }

  private static void copy(
      ByteBuffer in,
      int position,
      int stride,
      ByteBuffer out,
      int at,
      int toStride,
      int count,
      int bytes) {
    switch (bytes) {
      case 4 -> {
        for (int i = 0; i < count; i++) {
          out.putInt(at + i * toStride, in.getInt(position + i * stride));
        }
      }
      case 8 -> {
        for (int i = 0; i < count; i++) {
          out.putLong(at + i * toStride, in.getLong(position + i * stride));
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          out.put(at + i * toStride, in.get(position + i * stride));
        }
      }
    }
  }

  /** Writes zero bytes. */
  public static void clear(ByteBuffer out, int at, int bytes) {
    int i = 0;
    for (; i + 8 <= bytes; i += 8) {
      out.putLong(at + i, 0);
    }
    for (; i < bytes; i++) {
      out.put(at + i, (byte) 0);
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
