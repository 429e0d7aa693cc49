package io.millrace.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SortAndScanTest {
  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;

  private static double[] doubles(double... values) {
    return values;
  }

  private static void sorts(boolean descending, Literal rows, double[] values, long... positions) {
    long count = rows.type().shape().dim(0);
    Shape sorted = Shape.of(count, values.length / count);
    List<Literal> got =
        ReferenceInterpreter.evaluate(
            new Primitive.Sort(descending),
            List.of(rows),
            List.of(rows.type().withShape(sorted), new TensorType(DType.INT64, sorted)));
    assertArrayEquals(values, Tables.values(got.get(0)));
    assertArrayEquals(positions, got.get(1).toLongs());
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "INT32", "INT64", "UINT8"})
  void equalElementsKeepTheirOrderBothWays(DType dtype) {
    Literal rows = Tables.of(dtype, Shape.of(2, 5), 3, 200, 3, 0, 200, 7, 7, 7, 7, 7);
    sorts(false, rows, doubles(0, 3, 3, 200, 200, 7, 7, 7, 7, 7), 3, 0, 2, 1, 4, 0, 1, 2, 3, 4);
    sorts(true, rows, doubles(200, 200, 3, 3, 0, 7, 7, 7, 7, 7), 1, 4, 0, 2, 3, 0, 1, 2, 3, 4);
    sorts(true, rows, doubles(200, 200, 7, 7), 1, 4, 0, 1);
    sorts(false, rows, doubles(0, 7), 3, 0);
  }

  @Test
  void zerosAreEqualAndNaNIsGreaterThanAnyNumber() {
    Literal row = Tables.of(DType.FLOAT32, Shape.of(1, 7), NAN, 0.0, -INF, -0.0, NAN, INF, 0.0);
    sorts(false, row, doubles(-INF, 0.0, -0.0, 0.0, INF, NAN, NAN), 2, 1, 3, 6, 5, 0, 4);
    sorts(true, row, doubles(NAN, NAN, INF, 0.0, -0.0, 0.0, -INF), 0, 4, 5, 1, 3, 6, 2);
  }

  @Test
  void extremesOfIntegersAreInOrder() {
    Literal longs = Literal.ofLongs(0, Long.MAX_VALUE, Long.MIN_VALUE, -1).reshape(Shape.of(1, 4));
    sorts(false, longs, doubles(Long.MIN_VALUE, -1, 0, Long.MAX_VALUE), 2, 3, 0, 1);
    Literal ints = Literal.ofInts(Integer.MIN_VALUE, 1, Integer.MAX_VALUE).reshape(Shape.of(1, 3));
    sorts(true, ints, doubles(Integer.MAX_VALUE, 1, Integer.MIN_VALUE), 2, 1, 0);
  }

  @Test
  void emptyRows() {
    for (long[] dims : new long[][] {{0, 3}, {2, 0}, {0, 0}}) {
      TensorType type = TensorType.of(DType.INT32, dims);
      List<TensorType> outputs = List.of(type, TensorType.of(DType.INT64, dims));
      assertEquals(
          outputs.stream().map(t -> Literal.fill(t, 0)).toList(),
          ReferenceInterpreter.evaluate(
              new Primitive.Sort(true), List.of(Literal.fill(type, 0)), outputs));
    }
  }

  private static double[] scan(Reduction reduction, boolean exclusive, boolean reverse, Literal x) {
    return Tables.values(
        ReferenceInterpreter.evaluate(
                new Primitive.Scan(reduction, exclusive, reverse), List.of(x), List.of(x.type()))
            .get(0));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "INT32", "INT64", "UINT8"})
  void cumulativeSumsAndProducts(DType dtype) {
    Literal x = Tables.of(dtype, Shape.of(1, 4, 1), 2, 3, 4, 5);
    assertArrayEquals(doubles(2, 5, 9, 14), scan(Reduction.SUM, false, false, x));
    assertArrayEquals(doubles(0, 2, 5, 9), scan(Reduction.SUM, true, false, x));
    assertArrayEquals(doubles(14, 12, 9, 5), scan(Reduction.SUM, false, true, x));
    assertArrayEquals(doubles(12, 9, 5, 0), scan(Reduction.SUM, true, true, x));
    assertArrayEquals(doubles(2, 6, 24, 120), scan(Reduction.PROD, false, false, x));
    assertArrayEquals(doubles(1, 2, 6, 24), scan(Reduction.PROD, true, false, x));
    assertArrayEquals(doubles(120, 60, 20, 5), scan(Reduction.PROD, false, true, x));
    assertArrayEquals(doubles(60, 20, 5, 1), scan(Reduction.PROD, true, true, x));
  }

  @Test
  void everyOuterAndInnerPlaceHasItsOwnSums() {
    Literal x = Tables.of(DType.FLOAT64, Shape.of(2, 2, 2), 1, 2, 3, 4, 5, 6, 7, 8);
    assertArrayEquals(doubles(1, 2, 4, 6, 5, 6, 12, 14), scan(Reduction.SUM, false, false, x));
    assertArrayEquals(doubles(3, 4, 0, 0, 7, 8, 0, 0), scan(Reduction.SUM, true, true, x));
    Literal none = Tables.of(DType.FLOAT64, Shape.of(2, 0, 3));
    assertEquals(0, scan(Reduction.PROD, true, false, none).length);
    assertEquals(0, scan(Reduction.SUM, false, false, none.reshape(Shape.of(2, 3, 0))).length);
  }

  /** As TensorFlow's: the small number is lost, or comes too late to be. */
  @Test
  void everySumIsRounded() {
    Literal x = Tables.of(DType.FLOAT32, Shape.of(1, 4, 1), 1 << 24, 1, 1, 2);
    assertArrayEquals(
        doubles(1 << 24, 1 << 24, 1 << 24, (1 << 24) + 2), scan(Reduction.SUM, false, false, x));
    assertArrayEquals(doubles((1 << 24) + 4, 4, 3, 2), scan(Reduction.SUM, false, true, x));
    Literal bytes = Tables.of(DType.UINT8, Shape.of(1, 3, 1), 200, 100, 3);
    assertArrayEquals(doubles(200, 44, 47), scan(Reduction.SUM, false, false, bytes));
    assertArrayEquals(doubles(200, 32, 96), scan(Reduction.PROD, false, false, bytes));
  }

  @Test
  void infinityAndNaNGoOn() {
    Literal x = Tables.of(DType.FLOAT32, Shape.of(1, 5, 1), 1, INF, 2, -INF, 3);
    assertArrayEquals(doubles(0, 1, INF, INF, NAN), scan(Reduction.SUM, true, false, x));
    Literal zeros = Tables.of(DType.FLOAT32, Shape.of(1, 2, 1), -0.0, -0.0);
    assertArrayEquals(doubles(0.0, 0.0), scan(Reduction.SUM, false, false, zeros));
  }
}
