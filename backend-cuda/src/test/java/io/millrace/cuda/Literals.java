package io.millrace.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.DType;
import io.millrace.ir.Literal;

/** Compares tensors. */
final class Literals {
  private Literals() {}

  /** Fails unless the numbers are equal up to this many units in the last place. */
  static void assertClose(Literal expected, Literal actual, double ulps, String about) {
    assertEquals(expected.type(), actual.type(), about);
    for (long i = 0; i < expected.size(); i++) {
      long at = i;
      if (!expected.type().dtype().isFloating()) {
        assertEquals(expected.getLong(i), actual.getLong(i), () -> about + " element " + at);
        continue;
      }
      double x = expected.getDouble(i);
      double y = actual.getDouble(i);
      double unit = expected.type().dtype() == DType.FLOAT32 ? Math.ulp((float) x) : Math.ulp(x);
      boolean same = x == y || (Double.isNaN(x) && Double.isNaN(y));
      assertTrue(
          same || Math.abs(x - y) <= ulps * unit,
          () -> about + " element " + at + " is " + y + " instead of " + x);
    }
  }
}
