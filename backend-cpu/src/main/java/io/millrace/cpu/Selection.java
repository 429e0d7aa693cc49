package io.millrace.cpu;

import io.millrace.spi.HostMemory;

/** Finds the first few elements of an order in a heap whose top is the last of those found. */
final class Selection {
  private Selection() {}

  /**
   * Sorts the first {@code kept} of {@code length} elements into the scratch memory.
   *
   * @return the byte at which their records begin
   */
  static long select(
      SortRecords records,
      SortKeys keys,
      HostMemory source,
      long from,
      long length,
      HostMemory heap,
      long kept) {
    int bytes = keys.type().bytes();
    long top = 0;
    for (long i = 0; i < length; i++) {
      long at = from + i * bytes;
      long key = keys.key(source.window(at), (int) (at % HostMemory.WINDOW));
      long record = records.first(key, i);
      if (i < kept) {
        rise(records, heap, i, record, i);
        top = records.first(heap, 0, 0);
      } else if (Long.compareUnsigned(record, top) < 0) {
        // Of equal keys the one found has the lower position, so that the position decides nothing.
        sink(records, heap, kept, record, i);
        top = records.first(heap, 0, 0);
      }
    }
    for (long left = kept - 1; left > 0; left--) {
      long record = records.first(heap, 0, left);
      long position = records.second(heap, 0, left);
      records.set(heap, 0, left, records.first(heap, 0, 0), records.second(heap, 0, 0));
      sink(records, heap, left, record, position);
    }
    return 0;
  }

  /** Puts a record at the end of a heap of {@code size} and moves it up to where it belongs. */
  private static void rise(
      SortRecords records, HostMemory heap, long size, long first, long second) {
    long place = size;
    while (place > 0) {
      long parent = (place - 1) / 2;
      long parentFirst = records.first(heap, 0, parent);
      long parentSecond = records.second(heap, 0, parent);
      if (!records.precedes(parentFirst, parentSecond, first, second)) {
        break;
      }
      records.set(heap, 0, place, parentFirst, parentSecond);
      place = parent;
    }
    records.set(heap, 0, place, first, second);
  }

  /** Puts a record in place of the top of a heap of {@code size} and moves it down. */
  private static void sink(
      SortRecords records, HostMemory heap, long size, long first, long second) {
    long place = 0;
    for (long child = 1; child < size; child = 2 * place + 1) {
      long childFirst = records.first(heap, 0, child);
      long childSecond = records.second(heap, 0, child);
      if (child + 1 < size) {
        long otherFirst = records.first(heap, 0, child + 1);
        long otherSecond = records.second(heap, 0, child + 1);
        if (records.precedes(childFirst, childSecond, otherFirst, otherSecond)) {
          child++;
          childFirst = otherFirst;
          childSecond = otherSecond;
        }
      }
      if (!records.precedes(first, second, childFirst, childSecond)) {
        break;
      }
      records.set(heap, 0, place, childFirst, childSecond);
      place = child;
    }
    records.set(heap, 0, place, first, second);
  }
}
