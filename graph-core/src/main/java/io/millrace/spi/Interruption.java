package io.millrace.spi;

import java.util.List;

/**
 * Ends a run whose thread is interrupted, before its next step and while the session's state is as
 * it was. The thread stays interrupted.
 */
public final class Interruption {
  private final List<Step> steps;
  private final int end;

  private Interruption(List<Step> steps, int end) {
    this.steps = steps;
    this.end = end;
  }

  /** Returns what ends runs of a plan. */
  public static Interruption of(Plan plan) {
    return new Interruption(plan.steps(), plan.interruptible());
  }

  /**
   * Called before a step.
   *
   * @throws StepException if the thread is interrupted
   */
  public void check(int step) {
    if (step < end && Thread.currentThread().isInterrupted()) {
      throw new StepException(
          steps.get(step).origin(), "its thread was interrupted before its next step");
    }
  }
}
