package io.millrace.ops.math;

import io.millrace.Output;
import io.millrace.ops.Ops;

/** Which elements the greatest or least has its value from, and so gives its gradient to. */
public final class Extremes {
  private Extremes() {}

  /**
   * Returns whether elements are the extreme one: where they are so as numbers, and where they are
   * NaN, which makes the extreme NaN.
   */
  public static Output orNaN(Ops tf, Output chosen, Output elements) {
    return elements.dtype().isFloating() ? tf.logicalOr(chosen, tf.isNan(elements)) : chosen;
  }
}
