package io.millrace.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.DType;
import io.millrace.TensorType;
import io.millrace.ir.Literal;
import io.millrace.ir.Primitive;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernels")
class RandomTest {
  @Test
  void equalsTheReference() {
    List<StepRunner.Case> cases = new ArrayList<>();
    for (Primitive.Random.Distribution distribution : Primitive.Random.Distribution.values()) {
      boolean bits = distribution == Primitive.Random.Distribution.BITS;
      for (DType dtype :
          bits ? List.of(DType.INT32, DType.INT64) : List.of(DType.FLOAT32, DType.FLOAT64)) {
        Primitive.Random random =
            new Primitive.Random(distribution, dtype, -87654321987L, 5L << 40 | 9);
        for (int size : new int[] {0, 1, 3, 4, 7, 4099}) {
          cases.add(
              StepRunner.Case.of(
                  random,
                  List.of(Literal.scalar(DType.INT64, 0xFFFFFFF0L + size)),
                  TensorType.of(dtype, size)));
        }
      }
    }
    Driver driver = StepRunner.driver();
    StepRunner.prepare(cases, driver);
    for (StepRunner.Case one : cases) {
      Literal wanted = one.wanted().get(0);
      Literal got = StepRunner.run(one, driver, false).outputs().get(0);
      Primitive.Random random = (Primitive.Random) one.primitive();
      boolean exact =
          random.distribution() == Primitive.Random.Distribution.BITS
              || random.distribution() == Primitive.Random.Distribution.UNIFORM;
      if (exact) {
        assertEquals(wanted, got, one::toString);
      }
      // Logarithm, sine and cosine may differ in the last place.
      Literals.assertClose(wanted, got, 4, one.toString());
    }
  }
}
