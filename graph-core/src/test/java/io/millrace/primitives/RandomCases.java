package io.millrace.primitives;

import io.millrace.ir.Primitive;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Random numbers of every distribution and type. */
public final class RandomCases {
  private RandomCases() {}

  /** Returns so many numbers each time, bit by bit those of the reference. */
  public static List<StepCase> of(int... sizes) {
    List<StepCase> cases = new ArrayList<>();
    for (Primitive.Random.Distribution distribution : Primitive.Random.Distribution.values()) {
      boolean bits = distribution == Primitive.Random.Distribution.BITS;
      for (DType dtype :
          bits ? List.of(DType.INT32, DType.INT64) : List.of(DType.FLOAT32, DType.FLOAT64)) {
        Primitive.Random random =
            new Primitive.Random(distribution, dtype, -87654321987L, 5L << 40 | 9);
        for (int size : sizes) {
          // The lower half of the counter overflows on the way.
          Literal counter = Literal.scalar(DType.INT64, 0xFFFFFFF0L + size);
          cases.add(StepCase.of(random, List.of(counter), TensorType.of(dtype, size)));
        }
      }
    }
    return cases;
  }
}
