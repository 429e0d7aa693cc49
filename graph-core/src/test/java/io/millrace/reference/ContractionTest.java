package io.millrace.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.millrace.ir.Primitive.Contract;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ContractionTest {
  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "INT32", "INT64", "UINT8"})
  void multipliesMatricesTransposedOrNot(DType dtype) {
    double[] expected = {22, 28, 49, 64};
    Literal a = Tables.of(dtype, Shape.of(1, 2, 3), 1, 2, 3, 4, 5, 6);
    Literal aT = Tables.of(dtype, Shape.of(1, 3, 2), 1, 4, 2, 5, 3, 6);
    Literal b = Tables.of(dtype, Shape.of(1, 3, 2), 1, 2, 3, 4, 5, 6);
    Literal bT = Tables.of(dtype, Shape.of(1, 2, 3), 1, 3, 5, 2, 4, 6);
    assertArrayEquals(expected, contract(false, false, a, b, 1, 2, 2));
    assertArrayEquals(expected, contract(true, false, aT, b, 1, 2, 2));
    assertArrayEquals(expected, contract(false, true, a, bT, 1, 2, 2));
    assertArrayEquals(expected, contract(true, true, aT, bT, 1, 2, 2));
  }

  @Test
  void usesABatchOfOneForEveryProduct() {
    Literal two = Tables.of(DType.FLOAT64, Shape.of(2, 1, 2), 1, 2, 3, 4);
    Literal one = Tables.of(DType.FLOAT64, Shape.of(1, 2, 1), 10, 1);
    assertArrayEquals(new double[] {12, 34}, contract(false, false, two, one, 2, 1, 1));
    assertArrayEquals(
        new double[] {10, 20, 1, 2, 30, 40, 3, 4}, contract(false, false, one, two, 2, 2, 2));
  }

  @Test
  void sumOfNoProductsIsZero() {
    Literal a = Tables.of(DType.FLOAT32, Shape.of(1, 2, 0));
    Literal b = Tables.of(DType.FLOAT32, Shape.of(1, 0, 1));
    assertArrayEquals(new double[] {0, 0}, contract(false, false, a, b, 1, 2, 1));
  }

  @Test
  void integersWrap() {
    Literal big = Tables.of(DType.INT32, Shape.of(1, 1, 2), 1 << 30, 1 << 30);
    Literal two = Tables.of(DType.INT32, Shape.of(1, 2, 1), 2, 1);
    assertArrayEquals(new double[] {-(1 << 30)}, contract(false, false, big, two, 1, 1, 1));
    Literal byteA = Tables.of(DType.UINT8, Shape.of(1, 1, 1), 200);
    assertArrayEquals(new double[] {64}, contract(false, false, byteA, byteA, 1, 1, 1));
  }

  @Test
  void nanTimesZeroIsNaN() {
    Literal a = Tables.of(DType.FLOAT32, Shape.of(1, 1, 2), Double.NaN, 1);
    Literal b = Tables.of(DType.FLOAT32, Shape.of(1, 2, 1), 0, 1);
    assertArrayEquals(new double[] {Double.NaN}, contract(false, false, a, b, 1, 1, 1));
  }

  private static double[] contract(
      boolean transposeA, boolean transposeB, Literal a, Literal b, long... shape) {
    return Tables.values(
        ReferenceInterpreter.evaluate(
                new Contract(transposeA, transposeB),
                List.of(a, b),
                List.of(new TensorType(a.type().dtype(), Shape.of(shape))))
            .get(0));
  }
}
