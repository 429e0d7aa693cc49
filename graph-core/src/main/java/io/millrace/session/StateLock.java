package io.millrace.session;

import io.millrace.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.StampedLock;

/**
 * Held shared by runs that only read state, exclusively by one that writes it. Whoever comes is
 * served before those who come later: while someone waits to write, new readers wait behind him.
 * Not reentrant; allocates nothing unless someone has to wait.
 */
final class StateLock {
  private final StampedLock lock = new StampedLock();

  /** Held by the one who is next; those who come after him wait for it, in their order. */
  private final ReentrantLock turn = new ReentrantLock(true);

  /**
   * Waits for the lock and returns a stamp to give it back with.
   *
   * @throws ExecutionException if the thread is interrupted
   */
  long acquire(boolean exclusive) {
    // Between two turns nobody holds it, but who waits comes first all the same.
    boolean waits = exclusive || turn.isLocked() || turn.hasQueuedThreads();
    long stamp = waits ? 0 : lock.tryReadLock();
    try {
      return stamp != 0 ? stamp : await(exclusive);
    } catch (InterruptedException e) {
      throw Monitors.interrupted(
          exclusive
              ? "for other runs to end, so that it may write variables"
              : "for a run to end that writes variables");
    }
  }

  private long await(boolean exclusive) throws InterruptedException {
    turn.lockInterruptibly();
    try {
      return exclusive ? lock.writeLockInterruptibly() : lock.readLockInterruptibly();
    } finally {
      turn.unlock();
    }
  }

  /** Waits for the exclusive lock, whether the thread is interrupted or not. */
  long acquireToClose() {
    turn.lock();
    try {
      return lock.writeLock();
    } finally {
      turn.unlock();
    }
  }

  void release(long stamp) {
    lock.unlock(stamp);
  }
}
