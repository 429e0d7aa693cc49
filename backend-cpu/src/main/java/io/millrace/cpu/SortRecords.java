package io.millrace.cpu;

import io.millrace.spi.HostMemory;

/**
 * Elements while they are sorted: each a key and the position that it came from, in one long where
 * that is enough, the key in its upper half.
 *
 * @param wide whether a record is two longs, the key first
 */
record SortRecords(boolean wide) {

  /** Makes records of keys of so many bits and positions less than {@code length}. */
  SortRecords(int bits, long length) {
    this(bits > 32 || length > 1L << 32);
  }

  /** Returns the bytes that so many records take. */
  long bytes(long count) {
    return count * (wide ? 16 : 8);
  }

  /** Returns the first long of a record. */
  long first(HostMemory memory, long start, long record) {
    return get(memory, start + record * (wide ? 16 : 8));
  }

  /** Returns the second long of a record; 0 if it has none. */
  long second(HostMemory memory, long start, long record) {
    return wide ? get(memory, start + record * 16 + 8) : 0;
  }

  /** Returns the position that a record holds. */
  long position(HostMemory memory, long start, long record) {
    return wide ? second(memory, start, record) : first(memory, start, record) & 0xFFFFFFFFL;
  }

  /** Stores a record. */
  void set(HostMemory memory, long start, long record, long first, long second) {
    long at = start + record * (wide ? 16 : 8);
    put(memory, at, first);
    if (wide) {
      put(memory, at + 8, second);
    }
  }

  /** Returns the first long of the record of an element. */
  long first(long key, long position) {
    return wide ? key : key << 32 | position;
  }

  /** Returns whether one record comes before another. */
  boolean precedes(long first, long second, long otherFirst, long otherSecond) {
    int order = Long.compareUnsigned(first, otherFirst);
    return order < 0 || (order == 0 && second < otherSecond);
  }

  private static long get(HostMemory memory, long at) {
    return memory.window(at).getLong((int) (at % HostMemory.WINDOW));
  }

  private static void put(HostMemory memory, long at, long value) {
    memory.window(at).putLong((int) (at % HostMemory.WINDOW), value);
  }
}
