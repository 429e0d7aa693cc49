package io.millrace.cuda;

import io.millrace.DType;
import io.millrace.TensorType;
import io.millrace.ir.Primitive;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernels")
class ContractionTest {
  private static void add(
      List<StepRunner.Case> to, DType dtype, String sizes, boolean ta, boolean tb) {
    long[] s = Inputs.numbers(sizes, ",");
    long batchA = s[0];
    long batchB = s[1];
    long m = s[2];
    long n = s[3];
    long k = s[4];
    TensorType a = ta ? TensorType.of(dtype, batchA, k, m) : TensorType.of(dtype, batchA, m, k);
    TensorType b = tb ? TensorType.of(dtype, batchB, n, k) : TensorType.of(dtype, batchB, k, n);
    long batch = batchA == 1 ? batchB : batchA;
    to.add(
        StepRunner.Case.of(
            new Primitive.Contract(ta, tb),
            List.of(Inputs.numbers(a, 1), Inputs.numbers(b, 2)),
            TensorType.of(dtype, batch, m, n)));
  }

  @Test
  void everyTypeTranspositionAndShape() {
    List<StepRunner.Case> cases = new ArrayList<>();
    for (DType dtype :
        List.of(DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64, DType.UINT8)) {
      for (int transposed = 0; transposed < 4; transposed++) {
        for (String sizes :
            List.of(
                "3,3,4,5,6",
                "1,1,1,1,1",
                "4,1,3,5,2",
                "1,4,3,5,2",
                "0,1,2,2,2",
                "2,2,0,3,4",
                "2,2,3,4,0",
                "2,1,33,70,40",
                "1,1,130,72,19")) {
          add(cases, dtype, sizes, (transposed & 1) != 0, (transposed & 2) != 0);
        }
      }
    }
    StepRunner.checkAll(cases);
  }

  /** So many tiles are computed at once that the largest are chosen. */
  @Test
  void everyTileOfIntegers() {
    List<StepRunner.Case> cases = new ArrayList<>();
    for (String sizes : List.of("5,5,129,130,17", "5,5,129,61,33", "5,5,129,31,16")) {
      add(cases, DType.INT32, sizes, false, false);
      add(cases, DType.UINT8, sizes, true, true);
    }
    StepRunner.checkAll(cases);
  }
}
