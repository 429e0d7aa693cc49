package io.millrace.cpu;

import io.millrace.spi.HostMemory;
import java.util.Arrays;

/**
 * Sorts records by the digits of their keys, the last digit first. Each pass keeps the order of
 * equal digits, and so of equal keys.
 */
final class DigitSort {
  private static final int LONG_ROW = 1 << 14;

  /** The most counters that a sort takes: for eight digits of eight bits, or six of eleven. */
  static final int COUNTS = 6 << 11;

  private DigitSort() {}

  /**
   * Sorts all elements of a row in scratch memory of twice the size of their records.
   *
   * @return the byte at which the sorted records begin
   */
  static long sort(
      SortRecords records,
      SortKeys keys,
      HostMemory source,
      long from,
      long length,
      HostMemory scratch,
      long[] counts) {
    int width = length < LONG_ROW ? 8 : 11;
    int digits = (keys.bits() + width - 1) / width;
    load(records, keys, source, from, length, scratch, counts, width, digits);
    long now = 0;
    long other = records.bytes(length);
    for (int digit = 0; digit < digits; digit++) {
      if (begin(counts, digit << width, 1 << width, length)) {
        int shift = (records.wide() ? 0 : 32) + digit * width;
        distribute(records, scratch, now, other, length, counts, digit << width, shift, width);
        long swap = now;
        now = other;
        other = swap;
      }
    }
    return now;
  }

  /** Makes the records and counts the elements with each value of each digit. */
  private static void load(
      SortRecords records,
      SortKeys keys,
      HostMemory source,
      long from,
      long length,
      HostMemory scratch,
      long[] counts,
      int width,
      int digits) {
    Arrays.fill(counts, 0, digits << width, 0);
    int bytes = keys.type().bytes();
    int mask = (1 << width) - 1;
    for (long i = 0; i < length; i++) {
      long at = from + i * bytes;
      long key = keys.key(source.window(at), (int) (at % HostMemory.WINDOW));
      records.set(scratch, 0, i, records.first(key, i), i);
      for (int digit = 0; digit < digits; digit++) {
        counts[(digit << width) + ((int) (key >>> (digit * width)) & mask)]++;
      }
    }
  }

  /** Turns counts into where each value begins; returns whether there is more than one value. */
  private static boolean begin(long[] counts, int first, int size, long length) {
    long place = 0;
    for (int i = first; i < first + size; i++) {
      long count = counts[i];
      if (count == length) {
        return false;
      }
      counts[i] = place;
      place += count;
    }
    return true;
  }

  private static void distribute(
      SortRecords records,
      HostMemory scratch,
      long from,
      long to,
      long length,
      long[] places,
      int base,
      int shift,
      int width) {
    int mask = (1 << width) - 1;
    for (long i = 0; i < length; i++) {
      long first = records.first(scratch, from, i);
      int value = base + ((int) (first >>> shift) & mask);
      records.set(scratch, to, places[value]++, first, records.second(scratch, from, i));
    }
  }
}
