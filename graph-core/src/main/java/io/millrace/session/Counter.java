package io.millrace.session;

import java.util.concurrent.atomic.AtomicLong;

/** Deals out stretches of one operation's random numbers. Thread-safe. */
final class Counter {
  private final AtomicLong taken;

  /** Starts as if so many had been taken. */
  Counter(long taken) {
    this.taken = new AtomicLong(taken);
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
