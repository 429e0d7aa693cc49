package io.millrace.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.ir.BinaryFn;
import io.millrace.ir.Primitive;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.UnaryFn;
import io.millrace.ir.View;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalarInterpreterTest {
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final double NAN = Double.NaN;

  /** True values to 20 digits, computed with mpmath 1.3 in 40. */
  @ParameterizedTest
  @CsvSource({
    "EXP, -20.5, 1.2501528663867426289e-9",
    "EXP, 1, 2.7182818284590452354",
    "EXP, 88.25, 2.1207429305352540792e+38",
    "EXPM1, 1e-10, 1.0000000000500000364e-10",
    "EXPM1, -3, -0.95021293163213605702",
    "EXPM1, 5, 147.41315910257660342",
    "LOG, 1e-300, -690.77552789821370518",
    "LOG, 0.9375, -0.064538521137571171673",
    "LOG, 10, 2.302585092994045684",
    "LOG1P, 1e-10, 9.9999999995000003644e-11",
    "LOG1P, -0.75, -1.3862943611198906188",
    "LOG1P, 5, 1.7917594692280550008",
    "SQRT, 2, 1.4142135623730950488",
    "SQRT, 1e-300, 1.0000000000000000125e-150",
    "SIN, 0.5, 0.47942553860420300027",
    "SIN, 3, 0.1411200080598672221",
    "SIN, 1000, 0.82687954053200256026",
    "COS, 0.5, 0.87758256189037271612",
    "COS, 3, -0.98999249660044545727",
    "COS, 1000, 0.56237907629070299108",
    "TAN, 0.5, 0.54630248984379051326",
    "TAN, -1.5, -14.101419947171719388",
    "ASIN, 1e-9, 1.0000000000000000624e-9",
    "ASIN, 0.75, 0.84806207898148100805",
    "ACOS, 0.5, 1.0471975511965977462",
    "ACOS, -0.75, 2.4188584057763776273",
    "ATAN, 0.5, 0.46364760900080611621",
    "ATAN, -1000, -1.5697963271282297526",
    "SINH, 1e-5, 1.0000000000166667485e-5",
    "SINH, 3, 10.017874927409901899",
    "COSH, 0.5, 1.1276259652063807852",
    "COSH, -9, 4051.5420254925940472",
    "TANH, 1e-5, 9.9999999996666674847e-6",
    "TANH, 0.75, 0.63514895238728731921",
    "TANH, -12, -0.99999999992449730912",
    "ASINH, 1e-10, 1.0000000000000000364e-10",
    "ASINH, -0.5, -0.4812118250596034475",
    "ASINH, 3, 1.8184464592320668235",
    "ASINH, 1e200, 461.21016577936908208",
    "ACOSH, 1.0000152587890625, 0.0055242647035692672294",
    "ACOSH, 2, 1.3169578969248167086",
    "ACOSH, 1e200, 461.21016577936908208",
    "ATANH, 1e-10, 1.0000000000000000364e-10",
    "ATANH, -0.5, -0.5493061443340548457",
    "ATANH, 0.96875, 2.0715673631957663439",
    "ERF, 1e-10, 1.128379167095512615e-10",
    "ERF, 0.25, 0.27632639016823693299",
    "ERF, -0.46875, -0.49261347321793799159",
    "ERF, 0.5, 0.52049987781304653768",
    "ERF, 1.75, 0.98667167121918244377",
    "ERF, 4.5, 0.99999999980338395585",
    "ERFC, -3, 1.9999779095030014146",
    "ERFC, 0.25, 0.72367360983176306701",
    "ERFC, 0.5, 0.47950012218695346232",
    "ERFC, 2, 0.0046777349810472658379",
    "ERFC, 4, 1.5417257900280018852e-8",
    "ERFC, 5.5, 7.3578479179743980631e-15",
    "ERFC, 10, 2.088487583762544757e-45",
    "ERFC, 26, 5.6631924088561428465e-296",
  })
  void unaryFunctionsAreTrueToDoublePrecision(UnaryFn fn, double x, double expected) {
    double actual = unary(DType.FLOAT64, fn, x);
    assertEquals(expected, actual, Math.abs(expected) * 1e-15);
    assertEquals((float) unary(DType.FLOAT64, fn, (float) x), unary(DType.FLOAT32, fn, (float) x));
  }

  @Test
  void unaryFunctionsAtTheirEdges() {
    assertUnary(UnaryFn.SIGN, -0.0, 0.0);
    assertUnary(UnaryFn.SIGN, NAN, NAN);
    assertUnary(UnaryFn.SIGN, -INF, -1);
    assertUnary(UnaryFn.NEG, 0.0, -0.0);
    assertUnary(UnaryFn.ABS, -0.0, 0.0);
    assertUnary(UnaryFn.RINT, 2.5, 2);
    assertUnary(UnaryFn.RINT, 3.5, 4);
    assertUnary(UnaryFn.RINT, -0.5, -0.0);
    assertUnary(UnaryFn.FLOOR, -0.5, -1);
    assertUnary(UnaryFn.CEIL, -0.5, -0.0);
    assertUnary(UnaryFn.EXP, -INF, 0);
    assertUnary(UnaryFn.LOG, 0, -INF);
    assertUnary(UnaryFn.LOG, -1, NAN);
    assertUnary(UnaryFn.LOG1P, -1, -INF);
    assertUnary(UnaryFn.SQRT, -0.0, -0.0);
    assertUnary(UnaryFn.SQRT, -1, NAN);
    assertUnary(UnaryFn.ASINH, -0.0, -0.0);
    assertUnary(UnaryFn.ASINH, -INF, -INF);
    assertUnary(UnaryFn.ASINH, NAN, NAN);
    assertUnary(UnaryFn.ACOSH, 1, 0);
    assertUnary(UnaryFn.ACOSH, 0.5, NAN);
    assertUnary(UnaryFn.ACOSH, INF, INF);
    assertUnary(UnaryFn.ATANH, -0.0, -0.0);
    assertUnary(UnaryFn.ATANH, 1, INF);
    assertUnary(UnaryFn.ATANH, -1, -INF);
    assertUnary(UnaryFn.ATANH, 1.5, NAN);
    assertUnary(UnaryFn.ERF, -0.0, -0.0);
    assertUnary(UnaryFn.ERF, -INF, -1);
    assertUnary(UnaryFn.ERF, NAN, NAN);
    assertUnary(UnaryFn.ERFC, INF, 0);
    assertUnary(UnaryFn.ERFC, -INF, 2);
    assertUnary(UnaryFn.ERFC, NAN, NAN);
    assertUnary(UnaryFn.IS_NAN, NAN, 1);
    assertUnary(UnaryFn.IS_NAN, INF, 0);
    assertUnary(UnaryFn.IS_FINITE, -INF, 0);
    assertUnary(UnaryFn.IS_FINITE, NAN, 0);
    assertUnary(UnaryFn.IS_FINITE, 0, 1);
  }

  private static void assertUnary(UnaryFn fn, double x, double expected) {
    assertEquals(expected, unary(DType.FLOAT32, fn, x), fn + " of float32 " + x);
    assertEquals(expected, unary(DType.FLOAT64, fn, x), fn + " of float64 " + x);
  }

  @Test
  void integerFunctionsWrapToTheirType() {
    assertEquals(Integer.MIN_VALUE, unary(DType.INT32, UnaryFn.NEG, Integer.MIN_VALUE));
    assertEquals(Integer.MIN_VALUE, unary(DType.INT32, UnaryFn.ABS, Integer.MIN_VALUE));
    assertEquals(255, unary(DType.UINT8, UnaryFn.NEG, 1));
    assertEquals(1, unary(DType.UINT8, UnaryFn.SIGN, 200));
    assertEquals(-1, unary(DType.INT64, UnaryFn.SIGN, -5));
    assertEquals(-5, unary(DType.INT64, UnaryFn.FLOOR, -5));
    assertEquals(Integer.MIN_VALUE, binary(DType.INT32, BinaryFn.ADD, Integer.MAX_VALUE, 1));
    assertEquals(1, binary(DType.INT32, BinaryFn.MUL, Integer.MAX_VALUE, Integer.MAX_VALUE));
    assertEquals(250, binary(DType.UINT8, BinaryFn.SUB, 4, 10));
    assertEquals(0, binary(DType.INT32, BinaryFn.POW, 2, 32));
    assertEquals(-27, binary(DType.INT32, BinaryFn.POW, -3, 3));
    assertEquals(1, binary(DType.INT32, BinaryFn.POW, 0, 0));
    assertEquals(200, binary(DType.UINT8, BinaryFn.MAX, 200, 100));
    assertEquals(0, unary(DType.BOOL, UnaryFn.NOT, 1));
  }

  @ParameterizedTest
  @CsvSource({
    // x, y, DIV, FLOOR_DIV, FLOOR_MOD, TRUNCATE_MOD
    "7, 3, 2, 2, 1, 1",
    "-7, 3, -2, -3, 2, -1",
    "7, -3, -2, -3, -2, 1",
    "-7, -3, 2, 2, -1, -1",
    "-2147483648, -1, -2147483648, -2147483648, 0, 0",
  })
  void integerDivisionEqualsTensorFlow(
      int x, int y, int div, int floorDiv, int floorMod, int truncateMod) {
    assertEquals(div, binary(DType.INT32, BinaryFn.DIV, x, y));
    assertEquals(floorDiv, binary(DType.INT32, BinaryFn.FLOOR_DIV, x, y));
    assertEquals(floorMod, binary(DType.INT32, BinaryFn.FLOOR_MOD, x, y));
    assertEquals(truncateMod, binary(DType.INT32, BinaryFn.TRUNCATE_MOD, x, y));
  }

  @Test
  void integersRefuseWhatHasNoResult() {
    for (BinaryFn fn :
        List.of(BinaryFn.DIV, BinaryFn.FLOOR_DIV, BinaryFn.FLOOR_MOD, BinaryFn.TRUNCATE_MOD)) {
      Exception e = assertThrows(ArithmeticException.class, () -> binary(DType.INT64, fn, 1, 0));
      assertEquals("integer division by zero", e.getMessage());
    }
    Exception e =
        assertThrows(ArithmeticException.class, () -> binary(DType.INT32, BinaryFn.POW, 1, -1));
    assertEquals("integers to negative integer powers are not allowed", e.getMessage());
  }

  /** Recorded from TensorFlow 2.21 on a CPU. */
  @Test
  void floatDivisionAndPowerEqualTensorFlow() {
    double[] x = {7, -7, 7, -7, 1, -1, 1, -1, 5, 0, -0.0, NAN, 1e10, 0.3f};
    double[] y = {3, 3, -3, -3, INF, INF, -INF, -INF, 0, 0, 3, 1, -3, 0.1f};
    double[] floorDiv = {2, -3, -3, 2, 0, -0.0, -0.0, 0, INF, NAN, -0.0, NAN, -3333333248.0, 3};
    double[] floorMod = {
      1, 2, -2, -1, 1, INF, -INF, -1, NAN, NAN, -0.0, NAN, -2, 7.450580596923828e-09
    };
    double[] truncateMod = {
      1, -1, 1, -1, 1, -1, 1, -1, NAN, NAN, -0.0, NAN, 1, 7.450580596923828e-09
    };
    double[] power = {
      343,
      -343,
      0.002915451768785715,
      -0.002915451768785715,
      1,
      1,
      1,
      1,
      1,
      1,
      -0.0,
      NAN,
      1.0000000031710769e-30,
      0.8865681290626526
    };
    for (int i = 0; i < x.length; i++) {
      String at = x[i] + " and " + y[i];
      assertEquals(floorDiv[i], binary(DType.FLOAT32, BinaryFn.FLOOR_DIV, x[i], y[i]), at);
      assertEquals(floorMod[i], binary(DType.FLOAT32, BinaryFn.FLOOR_MOD, x[i], y[i]), at);
      assertEquals(truncateMod[i], binary(DType.FLOAT32, BinaryFn.TRUNCATE_MOD, x[i], y[i]), at);
      // TensorFlow's power is not always the nearest float.
      double slack = Double.isFinite(power[i]) ? Math.ulp((float) power[i]) : 0;
      assertEquals(power[i], binary(DType.FLOAT32, BinaryFn.POW, x[i], y[i]), slack, at);
    }
    assertEquals(1, binary(DType.FLOAT64, BinaryFn.POW, 1, NAN));
  }

  @Test
  void extremesAndComparisonsTreatNaNAsTensorFlowDoes() {
    for (BinaryFn fn : List.of(BinaryFn.MAX, BinaryFn.MIN)) {
      assertEquals(NAN, binary(DType.FLOAT32, fn, NAN, 1));
      assertEquals(NAN, binary(DType.FLOAT64, fn, 1, NAN));
    }
    for (BinaryFn fn : List.of(BinaryFn.EQ, BinaryFn.LT, BinaryFn.LE, BinaryFn.GT, BinaryFn.GE)) {
      assertEquals(0, binary(DType.FLOAT32, fn, NAN, NAN));
    }
    assertEquals(1, binary(DType.FLOAT32, BinaryFn.NE, NAN, NAN));
    assertEquals(1, binary(DType.FLOAT64, BinaryFn.EQ, -0.0, 0.0));
    assertEquals(1, binary(DType.BOOL, BinaryFn.XOR, 1, 0));
    assertEquals(0, binary(DType.BOOL, BinaryFn.AND, 1, 0));
    assertEquals(1, binary(DType.BOOL, BinaryFn.OR, 1, 0));
    assertEquals(1, binary(DType.UINT8, BinaryFn.GT, 255, 1));
  }

  @Test
  void bitsOfIntegersAreCombinedAndShifted() {
    assertEquals(0b1000, binary(DType.INT32, BinaryFn.AND, 0b1100, 0b1010));
    assertEquals(0b1110, binary(DType.UINT8, BinaryFn.OR, 0b1100, 0b1010));
    assertEquals(0b0110, binary(DType.INT64, BinaryFn.XOR, 0b1100, 0b1010));
    assertEquals(-13, binary(DType.INT32, BinaryFn.XOR, 12, -1));
    assertEquals(243, binary(DType.UINT8, BinaryFn.XOR, 12, 255));
    assertEquals(-40, binary(DType.INT32, BinaryFn.SHIFT_LEFT, -5, 3));
    assertEquals(0x60, binary(DType.UINT8, BinaryFn.SHIFT_LEFT, 0xFB, 5));
    assertEquals(Integer.MIN_VALUE, binary(DType.INT32, BinaryFn.SHIFT_LEFT, 1, 40));
    assertEquals(0x80, binary(DType.UINT8, BinaryFn.SHIFT_LEFT, 1, 200));
    assertEquals(0x1p40, binary(DType.INT64, BinaryFn.SHIFT_LEFT, 1, 40));
    assertEquals(-2, binary(DType.INT32, BinaryFn.SHIFT_RIGHT, -5, 2));
    assertEquals(-1, binary(DType.INT64, BinaryFn.SHIFT_RIGHT, -5, 100));
    assertEquals(-5, binary(DType.INT64, BinaryFn.SHIFT_RIGHT, -5, -1));
    assertEquals(0x0F, binary(DType.UINT8, BinaryFn.SHIFT_RIGHT, 0xFB, 4));
  }

  @Test
  void nextAfterStepsInTheType() {
    assertEquals(1 + 0x1p-23, binary(DType.FLOAT32, BinaryFn.NEXT_AFTER, 1, 2));
    assertEquals(1 + 0x1p-52, binary(DType.FLOAT64, BinaryFn.NEXT_AFTER, 1, 2));
    assertEquals(-Float.MIN_VALUE, binary(DType.FLOAT32, BinaryFn.NEXT_AFTER, 0, -1));
    assertEquals(3, binary(DType.FLOAT64, BinaryFn.NEXT_AFTER, 3, 3));
    assertEquals(NAN, binary(DType.FLOAT32, BinaryFn.NEXT_AFTER, 3, NAN));
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, INT32, -1.9, -1",
    "FLOAT32, INT32, 1e10, 2147483647",
    "FLOAT64, INT64, -1e30, -9223372036854775808",
    "FLOAT32, INT64, NaN, 0",
    "FLOAT64, UINT8, 300, 255",
    "FLOAT64, UINT8, -1, 0",
    "FLOAT32, BOOL, 0.4, 1",
    "FLOAT32, BOOL, -0.0, 0",
    "FLOAT32, BOOL, NaN, 1",
    "INT32, UINT8, 300, 44",
    "INT32, UINT8, -1, 255",
    "INT64, INT32, 4294967297, 1",
    "INT32, BOOL, 256, 1",
    "BOOL, FLOAT32, 1, 1",
    "UINT8, INT64, 255, 255",
    "INT32, FLOAT32, 16777217, 16777216",
    "FLOAT64, FLOAT32, 1e300, Infinity",
  })
  void castsConvertAsDocumented(DType from, DType to, double value, double expected) {
    assertEquals(expected, map(to, List.of(Literal.scalar(from, value)), x -> x.get(0).cast(to)));
  }

  /** By way of a double this number would round down to the tie, and then to the even side. */
  @Test
  void longToFloatRoundsOnce() {
    Literal value = Literal.scalar(DType.INT64, (1L << 60) + (1L << 36) + 1);
    assertEquals(
        (float) ((1L << 60) + (1L << 37)),
        map(DType.FLOAT32, List.of(value), x -> x.get(0).cast(DType.FLOAT32)));
  }

  @Test
  void everyNodeOfAFloatExpressionIsRounded() {
    Literal big = Literal.scalar(DType.FLOAT32, 1 << 24);
    assertEquals(0, map(DType.FLOAT32, List.of(big), x -> x.get(0).plus(1).minus(x.get(0))));
    Literal third = Literal.scalar(DType.FLOAT32, 3e38);
    assertEquals(
        INF, map(DType.FLOAT32, List.of(third), x -> x.get(0).plus(x.get(0)).minus(x.get(0))));
  }

  @Test
  void selectTakesOneSide() {
    Literal no = Literal.scalar(DType.BOOL, 0);
    Literal x = Literal.scalar(DType.FLOAT32, NAN);
    Literal y = Literal.scalar(DType.FLOAT32, 2);
    assertEquals(
        2, map(DType.FLOAT32, List.of(no, x, y), p -> p.get(0).select(p.get(1), p.get(2))));
  }

  private static double unary(DType dtype, UnaryFn fn, double x) {
    DType result = fn.isPredicate() ? DType.BOOL : dtype;
    return map(result, List.of(Literal.scalar(dtype, x)), p -> p.get(0).apply(fn));
  }

  private static double binary(DType dtype, BinaryFn fn, double x, double y) {
    DType result = fn.isPredicate() ? DType.BOOL : dtype;
    return map(
        result,
        List.of(Literal.scalar(dtype, x), Literal.scalar(dtype, y)),
        p -> p.get(0).apply(fn, p.get(1)));
  }

  private static double map(
      DType result, List<Literal> inputs, Function<List<Scalar>, Scalar> expression) {
    ScalarBuilder builder = new ScalarBuilder();
    List<Scalar> parameters = new ArrayList<>();
    inputs.forEach(input -> parameters.add(builder.parameter(input.type().dtype())));
    Primitive.Map map =
        new Primitive.Map(
            builder.build(List.of(expression.apply(parameters))),
            Shape.scalar(),
            inputs.stream().map(input -> View.of(0)).toList());
    return ReferenceInterpreter.evaluate(
            map, inputs, List.of(new TensorType(result, Shape.scalar())))
        .get(0)
        .getDouble(0);
  }
}
