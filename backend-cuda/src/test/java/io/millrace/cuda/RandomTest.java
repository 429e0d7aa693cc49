package io.millrace.cuda;

import io.millrace.ir.Primitive;
import io.millrace.primitives.RandomCases;
import io.millrace.primitives.StepCase;
import io.millrace.primitives.Tolerance;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernels")
class RandomTest {
  @Test
  void equalsTheReference() {
    StepRunner.checkAll(
        RandomCases.of(0, 1, 3, 4, 7, 4099).stream().map(RandomTest::rounded).toList());
  }

  /** Logarithm, sine and cosine may differ in the last place. */
  private static StepCase rounded(StepCase one) {
    return switch (((Primitive.Random) one.primitive()).distribution()) {
      case BITS, UNIFORM -> one;
      case NORMAL, TRUNCATED_NORMAL -> one.within(Tolerance.ulps(4));
    };
  }
}
