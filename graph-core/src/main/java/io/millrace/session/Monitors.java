package io.millrace.session;

import java.util.function.BooleanSupplier;

/** Waits on monitors. */
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
}
