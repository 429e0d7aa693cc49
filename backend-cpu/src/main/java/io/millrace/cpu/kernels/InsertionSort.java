package io.millrace.cpu.kernels;

import io.millrace.cpu.workers.BlasWorker;
import java.nio.ByteBuffer;

/** Finds the first few elements of a row by putting each into the list of those found so far. */
final class InsertionSort {
  private static final int BLOCK = 1024;

  private InsertionSort() {}

  /**
   * Writes the positions of the first {@code kept} elements of a row in order.
   *
   * @param row holds the row from the byte {@code at} on
   * @param places is given the positions, as int64 from the byte {@code to} on
   */
  static void sort(
      SortKeys keys,
      ByteBuffer row,
      int at,
      int length,
      int kept,
      BlasWorker arrays,
      ByteBuffer places,
      int to) {
    long[] found = arrays.longs(0, kept);
    long[] block = arrays.longs(1, BLOCK);
    int size = 0;
    for (int first = 0; first < length; first += BLOCK) {
      int count = Math.min(BLOCK, length - first);
      keys.load(row, at + first * keys.type().bytes(), count, block);
      for (int i = 0; i < count; i++) {
        // Of equal keys the earlier one stays before the later.
        if (size < kept || Long.compareUnsigned(block[i], found[kept - 1]) < 0) {
          size = Math.min(kept, size + 1);
          insert(found, places, to, size - 1, block[i], first + i);
        }
      }
    }
  }

  /** Puts an element before all greater ones of a list, the last of which is overwritten. */
  private static void insert(
      long[] found, ByteBuffer places, int to, int last, long key, int position) {
    int place = last;
    while (place > 0 && Long.compareUnsigned(key, found[place - 1]) < 0) {
      found[place] = found[place - 1];
      places.putLong(to + 8 * place, places.getLong(to + 8 * (place - 1)));
      place--;
    }
    found[place] = key;
    places.putLong(to + 8 * place, position);
  }
}
