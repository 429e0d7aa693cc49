package io.millrace.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.View;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MapAndReduceTest {
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final double NAN = Double.NaN;

  @Test
  void mapBroadcastsReversesAndGivesSeveralResults() {
    ScalarBuilder builder = new ScalarBuilder();
    Scalar x = builder.parameter(DType.FLOAT32);
    Scalar y = builder.parameter(DType.FLOAT32);
    Shape domain = Shape.of(2, 3);
    Primitive.Map map =
        new Primitive.Map(
            builder.build(List.of(x.plus(y), x.lt(y), builder.index(1))),
            domain,
            List.of(View.of(2, 0, -1), View.of(0, 1, 0)));
    List<Literal> results =
        ReferenceInterpreter.evaluate(
            map,
            List.of(
                Tables.of(DType.FLOAT32, Shape.of(3), 1, 2, 3),
                Tables.of(DType.FLOAT32, Shape.of(2), 2, 20)),
            List.of(
                new TensorType(DType.FLOAT32, domain),
                new TensorType(DType.BOOL, domain),
                new TensorType(DType.INT64, domain)));
    assertArrayEquals(new double[] {5, 4, 3, 23, 22, 21}, Tables.values(results.get(0)));
    assertArrayEquals(new double[] {0, 0, 1, 1, 1, 1}, Tables.values(results.get(1)));
    assertArrayEquals(new long[] {0, 1, 2, 0, 1, 2}, results.get(2).toLongs());
  }

  @Test
  void mapOverNothingGivesNothing() {
    ScalarBuilder builder = new ScalarBuilder();
    Shape empty = Shape.of(0, 3);
    Primitive.Map map =
        new Primitive.Map(
            builder.build(List.of(builder.parameter(DType.INT32).negate())),
            empty,
            List.of(View.dense(empty)));
    Literal none = Tables.of(DType.INT32, empty);
    assertEquals(
        none, ReferenceInterpreter.evaluate(map, List.of(none), List.of(none.type())).get(0));
  }

  @Test
  void reducesTheLastAxesOfTheDomain() {
    Shape shape = Shape.of(2, 3);
    Literal x = Tables.of(DType.FLOAT64, shape, 1, 5, 3, 4, 4, -6);
    assertArrayEquals(new double[] {9, 2}, reduce(Reduction.SUM, x, shape, 1));
    assertArrayEquals(new double[] {15, -96}, reduce(Reduction.PROD, x, shape, 1));
    assertArrayEquals(new double[] {5, 4}, reduce(Reduction.MAX, x, shape, 1));
    assertArrayEquals(new double[] {1, -6}, reduce(Reduction.MIN, x, shape, 1));
    assertArrayEquals(new double[] {1, 0}, reduce(Reduction.ARG_MAX, x, shape, 1));
    assertArrayEquals(new double[] {0, 2}, reduce(Reduction.ARG_MIN, x, shape, 1));
    assertArrayEquals(new double[] {11}, reduce(Reduction.SUM, x, shape, 0));
    assertArrayEquals(new double[] {5}, reduce(Reduction.ARG_MIN, x, shape, 0));
    assertArrayEquals(new double[] {1, 5, 3, 4, 4, -6}, reduce(Reduction.SUM, x, shape, 2));
  }

  /** The first axis is reduced by walking the input in another order. */
  @Test
  void reducesAnyAxisThroughItsView() {
    ScalarBuilder builder = new ScalarBuilder();
    Scalar x = builder.parameter(DType.INT32);
    Primitive.Reduce sumOfSquares =
        new Primitive.Reduce(
            Reduction.SUM,
            builder.build(List.of(x.square())),
            Shape.of(3, 2),
            1,
            List.of(View.of(0, 1, 3)));
    Literal input = Tables.of(DType.INT32, Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    Literal output =
        ReferenceInterpreter.evaluate(
                sumOfSquares, List.of(input), List.of(TensorType.of(DType.INT32, 3)))
            .get(0);
    assertArrayEquals(new long[] {17, 29, 45}, output.toLongs());
  }

  @ParameterizedTest
  @CsvSource({
    "SUM, FLOAT32, 0",
    "PROD, FLOAT64, 1",
    "PROD, INT32, 1",
    "MAX, FLOAT32, -Infinity",
    "MIN, FLOAT64, Infinity",
    "MAX, INT32, -2147483648",
    "MIN, INT32, 2147483647",
    "MAX, UINT8, 0",
    "MIN, UINT8, 255",
    "ALL, BOOL, 1",
    "ANY, BOOL, 0",
  })
  void reductionOfNothingIsTheNeutralElement(Reduction reduction, DType dtype, double expected) {
    Shape shape = Shape.of(2, 0);
    assertArrayEquals(
        new double[] {expected, expected}, reduce(reduction, Tables.of(dtype, shape), shape, 1));
  }

  @Test
  void positionAmongNothingIsRefused() {
    Shape shape = Shape.of(2, 0);
    Literal none = Tables.of(DType.FLOAT32, shape);
    assertThrows(IllegalArgumentException.class, () -> reduce(Reduction.ARG_MAX, none, shape, 1));
    assertArrayEquals(
        new double[0],
        reduce(Reduction.ARG_MAX, Tables.of(DType.FLOAT32, Shape.of(0, 2)), Shape.of(0, 2), 1));
  }

  /** TensorFlow's positions pass NaN over, though its extremes are NaN. */
  @Test
  void extremesAreNaNIfAnyIsAndPositionsAreOfTheFirst() {
    assertExtremes(NAN, 0, 0, NAN, 1, 2);
    assertExtremes(NAN, 1, 1, 1, NAN, 2);
    assertExtremes(NAN, 2, 2, 1, 2, NAN);
    assertExtremes(NAN, 0, 0, NAN, NAN);
    assertExtremes(2, 0, 2, 2, 2, 1);
    assertExtremes(-INF, 0, 0, -INF, -INF);
  }

  private static void assertExtremes(double max, int argMax, int argMin, double... values) {
    for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
      Shape shape = Shape.of(values.length);
      Literal x = Tables.of(dtype, shape, values);
      assertArrayEquals(new double[] {max}, reduce(Reduction.MAX, x, shape, 0));
      assertArrayEquals(new double[] {argMax}, reduce(Reduction.ARG_MAX, x, shape, 0));
      assertArrayEquals(new double[] {argMin}, reduce(Reduction.ARG_MIN, x, shape, 0));
    }
  }

  @Test
  void integersWrapAndBooleansCombine() {
    Shape two = Shape.of(2);
    Literal big = Tables.of(DType.INT32, two, Integer.MAX_VALUE, 1);
    assertArrayEquals(new double[] {Integer.MIN_VALUE}, reduce(Reduction.SUM, big, two, 0));
    Literal bytes = Tables.of(DType.UINT8, two, 200, 100);
    assertArrayEquals(new double[] {44}, reduce(Reduction.SUM, bytes, two, 0));
    assertArrayEquals(new double[] {0}, reduce(Reduction.ARG_MAX, bytes, two, 0));
    Literal mixed = Tables.of(DType.BOOL, two, 1, 0);
    assertArrayEquals(new double[] {0}, reduce(Reduction.ALL, mixed, two, 0));
    assertArrayEquals(new double[] {1}, reduce(Reduction.ANY, mixed, two, 0));
  }

  @Test
  void floatsAreSummedInDoublePrecision() {
    Shape three = Shape.of(3);
    Literal x = Tables.of(DType.FLOAT32, three, 1e8, 1, -1e8);
    assertArrayEquals(new double[] {1}, reduce(Reduction.SUM, x, three, 0));
  }

  private static double[] reduce(Reduction reduction, Literal x, Shape domain, int kept) {
    ScalarBuilder builder = new ScalarBuilder();
    DType dtype = x.type().dtype();
    Primitive.Reduce reduce =
        new Primitive.Reduce(
            reduction,
            builder.build(List.of(builder.parameter(dtype))),
            domain,
            kept,
            List.of(View.dense(domain)));
    TensorType output = new TensorType(reduction.resultType(dtype), domain.slice(0, kept));
    return Tables.values(ReferenceInterpreter.evaluate(reduce, List.of(x), List.of(output)).get(0));
  }
}
