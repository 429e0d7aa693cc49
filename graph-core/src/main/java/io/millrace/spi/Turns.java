package io.millrace.spi;

import io.millrace.ir.Control;
import io.millrace.ir.Origin;

/** What must hold before each turn of a loop. Immutable. */
public final class Turns {
  private final Origin origin;
  private final long capacity;
  private final boolean goesBack;
  private final boolean interruptible;

  /**
   * Makes the rules of a loop.
   *
   * @param interruptible whether an interrupted thread may end it
   */
  public Turns(Control.Repeat repeat, Origin origin, boolean interruptible) {
    this.origin = origin;
    this.interruptible = interruptible;
    capacity = repeat.capacity();
    goesBack = repeat.goesBack();
  }

  /**
   * Called before a turn.
   *
   * @param turn counted from 0
   * @param rows where walks backwards begin
   * @throws StepException if the turn has no rows, or the thread is interrupted
   */
  public void begin(long turn, long rows) {
    if (interruptible && Thread.currentThread().isInterrupted()) {
      throw new StepException(origin, "its thread was interrupted before turn " + turn);
    }
    if (turn >= capacity) {
      throw new CapacityException(origin, capacity, turn + 1);
    }
    if (goesBack && rows > capacity) {
      throw new CapacityException(origin, capacity, rows);
    }
    if (goesBack && turn >= rows) {
      throw new StepException(
          origin,
          "the loop walks backwards over " + rows + " rows and has no row for turn " + turn);
    }
  }
}
