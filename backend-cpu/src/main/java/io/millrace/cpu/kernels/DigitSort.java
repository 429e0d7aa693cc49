package io.millrace.cpu.kernels;

import io.millrace.cpu.workers.BlasWorker;
import io.millrace.spi.HostMemory;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Sorts a row by the digits of its keys, the last digit first. Each pass keeps the order of equal
 * digits, and so of equal keys.
 *
 * <p>What is sorted are records of a key and a position, in one long where that is enough, the key
 * in its upper half. If only the first elements are wanted, those are left out whose first digit is
 * too great.
 */
final class DigitSort {
  private static final int BLOCK = 1024;

  /** Rows from this length on have digits of 11 bits, shorter ones of 8. */
  private static final int LONG_ROW = 1 << 14;

  private final SortKeys keys;
  private final int length;
  private final int kept;
  private final int width;
  private final int digits;
  private final boolean wide;

  DigitSort(SortKeys keys, int length, int kept) {
    this.keys = keys;
    this.length = length;
    this.kept = kept;
    width = length < LONG_ROW ? 8 : 11;
    digits = (keys.bits() + width - 1) / width;
    wide = keys.bits() > 32;
  }

  /** Returns the bytes of scratch memory that a sort needs. */
  long scratchBytes() {
    return 2 * half();
  }

  private long half() {
    return ((long) length * (wide ? 16 : 8) + 63) / 64 * 64;
  }

  /**
   * Writes the positions of the first elements of a row in order.
   *
   * @param row holds the row from the byte {@code at} on
   * @param places is given the positions, as int64 from the byte {@code to} on
   */
  void sort(
      ByteBuffer row, int at, HostMemory scratch, BlasWorker arrays, ByteBuffer places, int to) {
    int[] counts = arrays.ints(digits << width);
    long[] block = arrays.longs(1, BLOCK);
    ByteBuffer now = scratch.window(0);
    ByteBuffer other = scratch.window(half());
    int from = 0;
    int free = (int) (half() % HostMemory.WINDOW);
    int greatest = kept <= length / 2 ? greatestDigit(row, at, block, counts) : 1 << width;
    int size = load(row, at, block, counts, greatest, now);
    for (int digit = 0; digit < digits; digit++) {
      if (begin(counts, digit << width, 1 << width, size)) {
        int shift = (wide ? 0 : 32) + digit * width;
        distribute(now, from, other, free, size, counts, digit << width, shift);
        ByteBuffer buffer = now;
        now = other;
        other = buffer;
        int start = from;
        from = free;
        free = start;
      }
    }
    for (int i = 0; i < kept; i++) {
      long position =
          wide ? now.getLong(from + 16 * i + 8) : now.getLong(from + 8 * i) & 0xFFFFFFFFL;
      places.putLong(to + 8 * i, position);
    }
  }

  /** Returns a first digit such that no element with a greater one is wanted. */
  private int greatestDigit(ByteBuffer row, int at, long[] block, int[] counts) {
    Arrays.fill(counts, 0, 1 << width, 0);
    int shift = (digits - 1) * width;
    for (int first = 0; first < length; first += BLOCK) {
      int count = Math.min(BLOCK, length - first);
      keys.load(row, at + first * keys.type().bytes(), count, block);
      for (int i = 0; i < count; i++) {
        counts[(int) (block[i] >>> shift)]++;
      }
    }
    int digit = 0;
    for (int found = counts[0]; found < kept; found += counts[digit]) {
      digit++;
    }
    return digit;
  }

  /**
   * Makes records of the elements whose first digit is not too great, counts those with each value
   * of each digit, and returns their number.
   */
  private int load(
      ByteBuffer row, int at, long[] block, int[] counts, int greatest, ByteBuffer records) {
    Arrays.fill(counts, 0, digits << width, 0);
    int mask = (1 << width) - 1;
    int top = (digits - 1) * width;
    int size = 0;
    for (int first = 0; first < length; first += BLOCK) {
      int count = Math.min(BLOCK, length - first);
      keys.load(row, at + first * keys.type().bytes(), count, block);
      for (int i = 0; i < count; i++) {
        long key = block[i];
        if (key >>> top > greatest) {
          continue;
        }
        if (wide) {
          records.putLong(16 * size, key);
          records.putLong(16 * size + 8, first + i);
        } else {
          records.putLong(8 * size, key << 32 | (first + i));
        }
        size++;
        for (int digit = 0; digit < digits; digit++) {
          counts[(digit << width) + ((int) key & mask)]++;
          key >>>= width;
        }
      }
    }
    return size;
  }

  /** Turns counts into where each value begins; returns whether there is more than one value. */
  private static boolean begin(int[] counts, int first, int values, int size) {
    int place = 0;
    for (int i = first; i < first + values; i++) {
      int count = counts[i];
      if (count == size) {
        return false;
      }
      counts[i] = place;
      place += count;
    }
    return true;
  }

  private void distribute(
      ByteBuffer source,
      int from,
      ByteBuffer target,
      int to,
      int size,
      int[] starts,
      int base,
      int shift) {
    int mask = (1 << width) - 1;
    if (wide) {
      for (int i = 0; i < size; i++) {
        long key = source.getLong(from + 16 * i);
        int place = to + 16 * starts[base + ((int) (key >>> shift) & mask)]++;
        target.putLong(place, key);
        target.putLong(place + 8, source.getLong(from + 16 * i + 8));
      }
    } else {
      for (int i = 0; i < size; i++) {
        long record = source.getLong(from + 8 * i);
        target.putLong(to + 8 * starts[base + ((int) (record >>> shift) & mask)]++, record);
      }
    }
  }
}
