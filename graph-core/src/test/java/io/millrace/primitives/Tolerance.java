package io.millrace.primitives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.type.DType;
import io.millrace.type.Literal;

/** How near a result must come to the reference's. Integers and booleans are always equal. */
@FunctionalInterface
public interface Tolerance {
  /** All bits are equal. */
  Tolerance BITS =
      (one, wanted, got, about) -> assertEquals(wanted, got, () -> about + difference(wanted, got));

  /** Numbers are equal, to the sign of zero; any NaN equals any other. */
  Tolerance NUMBERS = (one, wanted, got, about) -> each(wanted, got, about, (i, x, y) -> false);

  /** What other orders of summation make of numbers of ordinary size. */
  Tolerance ROUNDED = relative(2e-5, 1e-13);

  /** Fails unless the result of the step is near enough. */
  void check(StepCase one, Literal wanted, Literal got, String about);

  /** Returns the tolerance of so many units in the last place; 0 and -0 are equal. */
  static Tolerance ulps(double ulps) {
    return (one, wanted, got, about) -> assertClose(wanted, got, ulps, about);
  }

  /**
   * Returns a tolerance that is relative to the largest finite element, or to 1.
   *
   * @param single how much float32 may differ
   * @param wide the same of float64
   */
  static Tolerance relative(double single, double wide) {
    return (one, wanted, got, about) ->
        assertNear(wanted, got, wanted.type().dtype() == DType.FLOAT32 ? single : wide, about);
  }

  /** Fails unless the numbers differ by this much at most, relative to the largest, or to 1. */
  static void assertNear(Literal wanted, Literal got, double tolerance, String about) {
    double scale = 1;
    for (long i = 0; i < wanted.size(); i++) {
      double w = Math.abs(wanted.getDouble(i));
      scale = w > scale && w < Double.POSITIVE_INFINITY ? w : scale;
    }
    double allowed = scale * tolerance;
    each(wanted, got, about, (i, x, y) -> Math.abs(x - y) <= allowed);
  }

  /** Fails unless the numbers are equal up to this many units in the last place. */
  static void assertClose(Literal wanted, Literal got, double ulps, String about) {
    boolean single = wanted.type().dtype() == DType.FLOAT32;
    each(
        wanted,
        got,
        about,
        (i, x, y) ->
            x == y || Math.abs(x - y) <= ulps * (single ? Math.ulp((float) x) : Math.ulp(x)));
  }

  /** Fails unless integers are equal, and floating numbers equal or near. */
  static void each(Literal wanted, Literal got, String about, Near near) {
    assertEquals(wanted.type(), got.type(), about);
    if (wanted.equals(got)) {
      return;
    }
    boolean floating = wanted.type().dtype().isFloating();
    for (long i = 0; i < wanted.size(); i++) {
      double x = wanted.getDouble(i);
      double y = got.getDouble(i);
      boolean accepted =
          floating
              ? Double.compare(x, y) == 0 || near.accepts(i, x, y)
              : wanted.getLong(i) == got.getLong(i);
      long at = i;
      assertTrue(accepted, () -> about + ", element " + at + " is " + y + " instead of " + x);
    }
  }

  private static String difference(Literal wanted, Literal got) {
    for (long i = 0; i < Math.min(wanted.size(), got.size()); i++) {
      if (Double.compare(wanted.getDouble(i), got.getDouble(i)) != 0
          || wanted.getLong(i) != got.getLong(i)) {
        return ", element " + i + " is " + got.getDouble(i) + " instead of " + wanted.getDouble(i);
      }
    }
    return ", bits of NaN";
  }

  /** Says whether an element is near enough to the one that was wanted. */
  @FunctionalInterface
  interface Near {
    /** Returns whether the element may be the second number where it should be the first. */
    boolean accepts(long element, double wanted, double got);
  }
}
