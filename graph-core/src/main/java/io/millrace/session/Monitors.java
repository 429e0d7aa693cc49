package io.millrace.session;

import io.millrace.ExecutionException;
import java.util.function.BooleanSupplier;

/** Waits for others. */
final class Monitors {
  private Monitors() {}

  /**
   * Waits on a monitor, which the caller holds, until something is so; an interruption does not end
   * the wait, and is noted again after it.
   */
  static void await(Object monitor, BooleanSupplier reached) {
    boolean interrupted = false;
    while (!reached.getAsBoolean()) {
      try {
        monitor.wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits on a monitor, which the caller holds, until something is so.
   *
   * @param what for what a run waits, for the message
   * @throws ExecutionException if the thread is interrupted
   */
  static void awaitForRun(Object monitor, BooleanSupplier reached, String what) {
    try {
      while (!reached.getAsBoolean()) {
        monitor.wait();
      }
    } catch (InterruptedException e) {
      throw interrupted(what);
    }
  }

  /** Returns what is thrown when the thread was interrupted, and says again that it was. */
  static ExecutionException interrupted(String what) {
    Thread.currentThread().interrupt();
    return new ExecutionException("the run's thread was interrupted while it waited " + what);
  }
}
