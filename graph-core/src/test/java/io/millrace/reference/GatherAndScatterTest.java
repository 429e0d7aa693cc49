package io.millrace.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.ir.Primitive;
import io.millrace.ir.Primitive.Scatter.Combine;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class GatherAndScatterTest {
  private static final double NAN = Double.NaN;

  private static double[] gather(Literal data, Literal indices) {
    Shape shape = data.type().shape().with(2, indices.type().shape().dim(1));
    return Tables.values(
        ReferenceInterpreter.evaluate(
                new Primitive.Gather(),
                List.of(data, indices),
                List.of(data.type().withShape(shape)))
            .get(0));
  }

  /** Scatters into rows of two elements. */
  private static double[] scatter(Combine combine, Literal base, Literal indices, double... rows) {
    DType dtype = base.type().dtype();
    Literal updates = Tables.of(dtype, Shape.of(indices.size(), 2), rows);
    return Tables.values(
        ReferenceInterpreter.evaluate(
                new Primitive.Scatter(combine),
                List.of(base, indices, updates),
                List.of(base.type()))
            .get(0));
  }

  private static double[] doubles(double... values) {
    return values;
  }

  @ParameterizedTest
  @MethodSource("io.millrace.type.DType#ofElements")
  void gatherPicksRowsAndGivesZeroForAMissingOne(DType dtype) {
    Literal data = Tables.of(dtype, Shape.of(1, 1, 3, 2), 1, 0, 0, 1, 1, 1);
    Literal indices = Literal.ofInts(2, 0, -1, 3, 2).reshape(Shape.of(1, 5));
    assertArrayEquals(doubles(1, 1, 1, 0, 0, 0, 0, 0, 1, 1), gather(data, indices));
  }

  @Test
  void gatherUsesEachBatchsOwnIndicesForAllOfItsOuterSlices() {
    double[] counted = new double[2 * 3 * 4 * 2];
    Arrays.setAll(counted, i -> i);
    Literal data = Tables.of(DType.INT64, Shape.of(2, 3, 4, 2), counted);
    Literal indices = Literal.ofLongs(3, 0, 1, 1).reshape(Shape.of(2, 2));
    assertArrayEquals(
        doubles(
            6, 7, 0, 1, 14, 15, 8, 9, 22, 23, 16, 17, //
            26, 27, 26, 27, 34, 35, 34, 35, 42, 43, 42, 43),
        gather(data, indices));
  }

  @Test
  void gatherOfNothingAndFromNothing() {
    Literal none = Tables.of(DType.FLOAT32, Shape.of(1, 2, 0, 2));
    Literal two = Literal.ofLongs(0, 1).reshape(Shape.of(1, 2));
    assertArrayEquals(new double[8], gather(none, two));
    Literal data = Tables.of(DType.FLOAT32, Shape.of(1, 1, 1, 2), 5, 6);
    assertEquals(0, gather(data, Literal.ofLongs().reshape(Shape.of(1, 0))).length);
    assertEquals(0, gather(Tables.of(DType.FLOAT32, Shape.of(1, 1, 3, 0)), two).length);
    assertEquals(
        0,
        gather(none.reshape(Shape.of(0, 1, 3, 2)), Literal.ofLongs().reshape(Shape.of(0, 2)))
            .length);
  }

  @ParameterizedTest
  @MethodSource("io.millrace.type.DType#ofElements")
  void lastOfEqualIndicesDecidesASet(DType dtype) {
    Literal base = Tables.of(dtype, Shape.of(3, 2), 1, 1, 0, 0, 1, 0);
    assertArrayEquals(
        doubles(0, 1, 0, 0, 1, 0),
        scatter(Combine.SET, base, Literal.ofInts(0, -1, 3, 0), 1, 1, 1, 1, 1, 1, 0, 1));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "INT32", "INT64", "UINT8"})
  void updatesAreCombinedInOrder(DType dtype) {
    Literal base = Tables.of(dtype, Shape.of(2, 2), 90, 80, 7, 6);
    Literal twice = Literal.ofLongs(0, 2, 0);
    double[] rows = {1, 20, 50, 50, 3, 4};
    assertArrayEquals(doubles(94, 104, 7, 6), scatter(Combine.ADD, base, twice, rows));
    assertArrayEquals(doubles(86, 56, 7, 6), scatter(Combine.SUB, base, twice, rows));
    assertArrayEquals(doubles(1, 4, 7, 6), scatter(Combine.MIN, base, twice, rows));
    assertArrayEquals(doubles(90, 80, 7, 6), scatter(Combine.MAX, base, twice, rows));
    double[] factors = {1, 2, 50, 50, 2, 1};
    assertArrayEquals(doubles(180, 160, 7, 6), scatter(Combine.MUL, base, twice, factors));
  }

  @Test
  void sumsAreRoundedAtEachUpdate() {
    Literal base = Tables.of(DType.FLOAT32, Shape.of(1, 2), 1 << 24, 0);
    assertArrayEquals(
        doubles(1 << 24, 2), scatter(Combine.ADD, base, Literal.ofLongs(0, 0), 1, 1, 1, 1));
  }

  @Test
  void integersWrap() {
    Literal bytes = Tables.of(DType.UINT8, Shape.of(1, 2), 250, 3);
    Literal first = Literal.ofLongs(0);
    assertArrayEquals(doubles(4, 13), scatter(Combine.ADD, bytes, first, 10, 10));
    assertArrayEquals(doubles(240, 249), scatter(Combine.SUB, bytes, first, 10, 10));
    Literal ints = Tables.of(DType.INT32, Shape.of(1, 2), Integer.MAX_VALUE, 1 << 20);
    assertArrayEquals(doubles(-2, 0), scatter(Combine.MUL, ints, first, 2, 1 << 12));
  }

  @Test
  void leastAndGreatestOfNaNAreNaN() {
    Literal base = Tables.of(DType.FLOAT32, Shape.of(2, 2), 1, NAN, 1, 2);
    Literal both = Literal.ofLongs(0, 1);
    double[] rows = {NAN, 1, 3, -3};
    assertArrayEquals(doubles(NAN, NAN, 1, -3), scatter(Combine.MIN, base, both, rows));
    assertArrayEquals(doubles(NAN, NAN, 3, 2), scatter(Combine.MAX, base, both, rows));
  }

  @Test
  void scatterOfNothingAndIntoNothing() {
    Literal base = Tables.of(DType.FLOAT32, Shape.of(2, 2), 1, 2, 3, 4);
    assertArrayEquals(doubles(1, 2, 3, 4), scatter(Combine.ADD, base, Literal.ofLongs()));
    Literal none = Tables.of(DType.FLOAT32, Shape.of(0, 2));
    assertEquals(0, scatter(Combine.SET, none, Literal.ofLongs(0, 1), 1, 2, 3, 4).length);
    TensorType narrow = TensorType.of(DType.FLOAT32, 3, 0);
    assertEquals(
        Literal.fill(narrow, 0),
        ReferenceInterpreter.evaluate(
                new Primitive.Scatter(Combine.ADD),
                List.of(Literal.fill(narrow, 0), Literal.ofLongs(1, 1, 2), Literal.fill(narrow, 0)),
                List.of(narrow))
            .get(0));
  }
}
