package io.millrace.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.type.DType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalarFunctionTest {
  private final ScalarBuilder builder = new ScalarBuilder();

  @Test
  void equalNodesAreMadeOnceAndUselessOnesDropped() {
    Scalar x = builder.parameter(DType.FLOAT32);
    Scalar unused = builder.parameter(DType.FLOAT32);
    unused.exp();
    ScalarFunction function = builder.build(List.of(x.plus(1).times(x.plus(1.0))));
    assertEquals(List.of(DType.FLOAT32, DType.FLOAT32), function.parameters());
    assertEquals(4, function.nodes().size());
    assertEquals(2, function.operations());
    assertEquals("t2 = add(p0, 1); mul(t2, t2)", function.toString());
  }

  @Test
  void valuesStoredAndUsedArePrintedOnce() {
    Scalar x = builder.parameter(DType.FLOAT32);
    Scalar y = x.exp();
    assertEquals("t1 = exp(p0); t1, neg(t1)", builder.build(List.of(y, y.negate())).toString());
  }

  @Test
  void printsEveryKindOfNode() {
    Scalar x = builder.parameter(DType.FLOAT64);
    Scalar y = builder.constant(DType.BOOL, 1).select(x.constant(-0.0), x.constant(0.1));
    Scalar z = y.plus(builder.index(1).cast(DType.FLOAT64));
    assertEquals(
        "add(select(true, -0.0, 0.1), float64(index1))", builder.build(List.of(z)).toString());
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 0.1, 0.10000000149011612",
    "INT32, 1e12, 2147483647",
    "UINT8, -3, 0",
    "UINT8, 300, 255",
    "BOOL, 0.5, 1",
    "INT64, -7.9, -7",
    "FLOAT32, -2, -2",
  })
  void constantsAreRoundedToTheirType(DType dtype, double value, double expected) {
    ScalarFunction function = builder.build(List.of(builder.constant(dtype, value)));
    assertEquals(expected, ((ScalarFunction.Constant) function.nodes().get(0)).asDouble());
  }

  @Test
  void equalConstantsHaveEqualBits() {
    int bits = Float.floatToRawIntBits(-1);
    assertEquals(
        new ScalarFunction.Constant(DType.FLOAT32, bits),
        new ScalarFunction.Constant(DType.FLOAT32, bits & 0xFFFFFFFFL));
    assertEquals(255, new ScalarFunction.Constant(DType.UINT8, -1).bits());
    assertEquals(1, new ScalarFunction.Constant(DType.BOOL, 8).bits());
    assertNotEquals(
        new ScalarFunction.Constant(DType.FLOAT64, Double.doubleToRawLongBits(0.0)),
        new ScalarFunction.Constant(DType.FLOAT64, Double.doubleToRawLongBits(-0.0)));
  }

  @Test
  void inliningReplacesParametersAndSharesNodes() {
    ScalarBuilder inner = new ScalarBuilder();
    Scalar a = inner.parameter(DType.FLOAT32);
    Scalar b = inner.parameter(DType.FLOAT32);
    ScalarFunction difference = inner.build(List.of(a.minus(b)));
    Scalar x = builder.parameter(DType.FLOAT32);
    Scalar e = x.exp();
    Scalar joined = builder.inline(difference, List.of(e, x)).get(0);
    assertEquals(e.minus(x).position, joined.position);
    assertThrows(IllegalArgumentException.class, () -> builder.inline(difference, List.of(x)));
    Scalar flag = x.gt(0);
    assertThrows(
        IllegalArgumentException.class, () -> builder.inline(difference, List.of(x, flag)));
  }

  @Test
  void castToTheSameTypeIsNoNode() {
    Scalar x = builder.parameter(DType.INT32);
    assertEquals(x.position, x.cast(DType.INT32).position);
    assertTrue(builder.build(List.of(x)).isCopy());
    assertFalse(builder.build(List.of(x.negate())).isCopy());
  }

  @Test
  void predicatesAreBoolean() {
    Scalar x = builder.parameter(DType.FLOAT32);
    ScalarFunction function = builder.build(List.of(x.lt(x), x.apply(UnaryFn.IS_NAN), x.sqrt()));
    assertEquals(DType.BOOL, function.resultType(0));
    assertEquals(DType.BOOL, function.resultType(1));
    assertEquals(DType.FLOAT32, function.resultType(2));
  }

  @Test
  void functionsRefuseTypesThatTheyLack() {
    Scalar real = builder.parameter(DType.FLOAT32);
    Scalar wide = builder.parameter(DType.FLOAT64);
    Scalar whole = builder.parameter(DType.INT32);
    Scalar flag = builder.parameter(DType.BOOL);
    assertThrows(IllegalArgumentException.class, () -> real.plus(wide));
    assertThrows(IllegalArgumentException.class, whole::exp);
    assertThrows(IllegalArgumentException.class, flag::negate);
    assertThrows(IllegalArgumentException.class, () -> flag.plus(flag));
    assertThrows(IllegalArgumentException.class, () -> real.apply(UnaryFn.NOT));
    assertThrows(IllegalArgumentException.class, () -> real.and(real));
    assertThrows(IllegalArgumentException.class, () -> real.apply(BinaryFn.SHIFT_LEFT, real));
    assertThrows(IllegalArgumentException.class, () -> whole.apply(BinaryFn.ATAN2, whole));
    assertThrows(IllegalArgumentException.class, () -> real.select(real, real));
    assertThrows(IllegalArgumentException.class, () -> flag.select(real, wide));
  }

  @Test
  void valuesOfAnotherBuilderAreRefused() {
    Scalar x = builder.parameter(DType.FLOAT32);
    Scalar other = new ScalarBuilder().parameter(DType.FLOAT32);
    assertThrows(IllegalArgumentException.class, () -> x.plus(other));
    assertThrows(IllegalArgumentException.class, () -> builder.build(List.of(other)));
  }

  @Test
  void onlyIntegerDivisionsAndPowersMayFail() {
    for (DType dtype : List.of(DType.INT32, DType.FLOAT32)) {
      boolean integer = dtype == DType.INT32;
      for (BinaryFn fn : List.of(BinaryFn.FLOOR_DIV, BinaryFn.TRUNCATE_MOD, BinaryFn.POW)) {
        ScalarBuilder scalars = new ScalarBuilder();
        Scalar x = scalars.parameter(dtype);
        Scalar y = scalars.parameter(dtype);
        assertEquals(integer, scalars.build(List.of(x.apply(fn, y))).mayFail());
        assertFalse(scalars.build(List.of(x.apply(fn, scalars.constant(dtype, 2)))).mayFail());
      }
    }
    ScalarBuilder scalars = new ScalarBuilder();
    Scalar x = scalars.parameter(DType.INT64);
    assertTrue(scalars.build(List.of(x.dividedBy(x.constant(0)))).mayFail());
    assertTrue(scalars.build(List.of(x.apply(BinaryFn.POW, x.constant(-1)))).mayFail());
    assertFalse(scalars.build(List.of(x.times(x))).mayFail());
  }
}
