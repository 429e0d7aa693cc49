package io.millrace.cpu;

import io.millrace.DType;
import io.millrace.TensorType;
import io.millrace.ir.Primitive;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ContractionTest {
  private static void check(
      DType dtype, long batchA, long batchB, long m, long n, long k, boolean ta, boolean tb) {
    TensorType a = ta ? TensorType.of(dtype, batchA, k, m) : TensorType.of(dtype, batchA, m, k);
    TensorType b = tb ? TensorType.of(dtype, batchB, n, k) : TensorType.of(dtype, batchB, k, n);
    long batch = batchA == 1 ? batchB : batchA;
    StepRunner.check(
        new Primitive.Contract(ta, tb),
        List.of(StepRunner.numbers(a, 1), StepRunner.numbers(b, 2)),
        TensorType.of(dtype, batch, m, n));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64", "INT32", "INT64", "UINT8"})
  void everyTypeAndTransposition(DType dtype) {
    for (int transposed = 0; transposed < 4; transposed++) {
      check(dtype, 3, 3, 4, 5, 6, (transposed & 1) != 0, (transposed & 2) != 0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1,1,1",
    "1,1,1,7,5",
    "1,1,7,1,5",
    "2,2,3,1,4",
    "2,2,1,3,4",
    "4,1,3,5,2",
    "1,4,3,5,2",
    "0,0,2,2,2",
    "0,1,2,2,2",
    "2,2,0,3,4",
    "2,2,3,0,4",
    "2,2,3,4,0",
    "1,1,100,10,784",
    "1,1,784,10,100",
    "3,3,130,33,70",
    "1,1,33,300,150",
    "300,1,8,8,8",
    "1,1,500,1,700",
    "1,1,1,500,700"
  })
  void shapes(long batchA, long batchB, long m, long n, long k) {
    for (int transposed = 0; transposed < 4; transposed++) {
      check(DType.FLOAT32, batchA, batchB, m, n, k, (transposed & 1) != 0, (transposed & 2) != 0);
    }
    check(DType.FLOAT64, batchA, batchB, m, n, k, false, false);
  }
}
