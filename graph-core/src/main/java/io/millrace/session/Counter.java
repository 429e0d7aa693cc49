package io.millrace.session;

import java.util.concurrent.atomic.AtomicLong;

/** Deals out stretches of one operation's random numbers. Thread-safe. */
final class Counter {
  private final long first;
  private final AtomicLong taken;

  /** Starts as if so many had been taken. */
  Counter(long taken) {
    first = taken;
    this.taken = new AtomicLong(taken);
  }

  /** Returns how many were taken. */
  long taken() {
    return taken.get();
  }

  /** Goes on as if so many had been taken. */
  void set(long count) {
    taken.set(count);
  }

  /** Goes on as at the start. */
  void restart() {
    taken.set(first);
  }

  /** Takes the next numbers, and returns how many were taken before. */
  long take(long count) {
    return taken.getAndAdd(count);
  }

  /** Gives back what was taken for a run that failed, unless another run took some since. */
  void giveBack(long start, long count) {
    taken.compareAndSet(start + count, start);
  }
}
