package io.millrace.type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each type against Java's own conversions. */
class DTypeTest {
  private static final double[] DOUBLES = {
    0,
    -0.0,
    0.5,
    -0.5,
    1,
    2.5,
    -2.75,
    255,
    256,
    1e-50,
    0.1,
    16777217,
    2147483647.5,
    -2147483649.0,
    1e18,
    9.3e18,
    -1e300,
    Float.MIN_VALUE,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };

  /** 2^53 + 2^29 + 1 rounds up as a float, but down if it is made a double first. */
  private static final long TWICE_ROUNDED = (1L << 53) + (1L << 29) + 1;

  private static final long[] LONGS = {
    0,
    1,
    -1,
    127,
    128,
    255,
    256,
    -129,
    65_535,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    Integer.MAX_VALUE + 1L,
    16_777_217,
    TWICE_ROUNDED,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  /** Converts by Java's casts alone. */
  private static Object ofDouble(DType dtype, double value) {
    return switch (dtype) {
      case FLOAT32 -> (float) value;
      case FLOAT64 -> value;
      case INT32 -> (int) value;
      case INT64 -> (long) value;
      case UINT8 -> (byte) Math.min(255, Math.max(0, (int) value));
      case BOOL -> value != 0;
      case RESOURCE, VARIANT -> throw new IllegalArgumentException(dtype + " has no elements");
    };
  }

  private static Object ofLong(DType dtype, long value) {
    return switch (dtype) {
      case FLOAT32 -> (float) value;
      case FLOAT64 -> (double) value;
      case INT32 -> (int) value;
      case INT64 -> value;
      case UINT8 -> (byte) value;
      case BOOL -> value != 0;
      case RESOURCE, VARIANT -> throw new IllegalArgumentException(dtype + " has no elements");
    };
  }

  /** Returns the Java element that the bits stand for. */
  private static Object java(DType dtype, long bits) {
    return switch (dtype) {
      case FLOAT32 -> Float.intBitsToFloat((int) bits);
      case FLOAT64 -> Double.longBitsToDouble(bits);
      case INT32 -> (int) bits;
      case INT64 -> bits;
      case UINT8 -> (byte) bits;
      case BOOL -> bits != 0;
      case RESOURCE, VARIANT -> throw new IllegalArgumentException(dtype + " has no elements");
    };
  }

  @ParameterizedTest
  @MethodSource("io.millrace.type.DType#ofElements")
  void convertsDoublesAsJavaDoes(DType dtype) {
    for (double value : DOUBLES) {
      long bits = dtype.ofDouble(value);
      Object expected = ofDouble(dtype, value);
      assertEquals(expected, java(dtype, bits), () -> dtype + " of " + value);
      assertEquals(bits, dtype.wrap(bits));
      assertEquals(number(expected).doubleValue(), dtype.toDouble(bits));
      assertEquals(number(expected).longValue(), dtype.toLong(bits));
    }
  }

  @ParameterizedTest
  @MethodSource("io.millrace.type.DType#ofElements")
  void convertsLongsAsJavaDoes(DType dtype) {
    for (long value : LONGS) {
      long bits = dtype.ofLong(value);
      Object expected = ofLong(dtype, value);
      assertEquals(expected, java(dtype, bits), () -> dtype + " of " + value);
      assertEquals(bits, dtype.wrap(bits));
      boolean same = dtype.isFloating() || number(expected).longValue() == value;
      assertEquals(same, dtype.fits(value), () -> dtype + " fits " + value);
    }
  }

  @Test
  void roundsLongsOnce() {
    float once = (float) TWICE_ROUNDED;
    assertTrue(once != (float) (double) TWICE_ROUNDED);
    assertEquals(once, DType.FLOAT32.toDouble(DType.FLOAT32.ofLong(TWICE_ROUNDED)));
  }

  private static Number number(Object element) {
    return element instanceof Boolean truth
        ? truth ? 1 : 0
        : element instanceof Byte b ? b & 0xFF : (Number) element;
  }

  @ParameterizedTest
  @MethodSource("io.millrace.type.DType#ofElements")
  void elementsComeBackFromBytes(DType dtype) {
    ByteBuffer data = ByteBuffer.allocate(8 * 4).order(ByteOrder.LITTLE_ENDIAN);
    int at = 2 * dtype.bytes();
    for (double value : DOUBLES) {
      Elements.setDouble(dtype, data, at, value);
      assertEquals(dtype.ofDouble(value), Elements.bits(dtype, data, at));
      assertEquals(dtype.toDouble(dtype.ofDouble(value)), Elements.getDouble(dtype, data, at));
    }
    for (long value : LONGS) {
      Elements.setLong(dtype, data, at, value);
      assertEquals(dtype.ofLong(value), Elements.bits(dtype, data, at));
      assertEquals(dtype.toLong(dtype.ofLong(value)), Elements.getLong(dtype, data, at));
    }
    Elements.setBits(dtype, data, at, -1);
    for (int i = 0; i < data.capacity(); i++) {
      boolean inside = i >= at && i < at + dtype.bytes();
      assertEquals(inside ? -1 : 0, data.get(i), "writes its own bytes only");
    }
  }

  @Test
  void elementsAreLittleEndian() {
    ByteBuffer data = ByteBuffer.wrap(new byte[] {1, 2, 3, -4, 5, 6, 7, -8});
    data.order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(0xFC030201, (int) Elements.bits(DType.INT32, data, 0));
    assertEquals(0xF8070605FC030201L, Elements.bits(DType.INT64, data, 0));
    assertEquals(0xFC, Elements.bits(DType.UINT8, data, 3));
    assertEquals(1, Elements.bits(DType.BOOL, data, 3));
    assertEquals(Float.intBitsToFloat(0xF8070605), Elements.getDouble(DType.FLOAT32, data, 4));
  }

  @Test
  void knowsItsLimits() {
    assertEquals(List.of(-1.0 / 0, 1.0 / 0), limits(DType.FLOAT32));
    assertEquals(List.of(-1.0 / 0, 1.0 / 0), limits(DType.FLOAT64));
    assertEquals(
        List.of((double) Integer.MIN_VALUE, (double) Integer.MAX_VALUE), limits(DType.INT32));
    assertEquals(Long.MIN_VALUE, DType.INT64.lowest());
    assertEquals(Long.MAX_VALUE, DType.INT64.highest());
    assertEquals(List.of(0.0, 255.0), limits(DType.UINT8));
    assertEquals(List.of(0.0, 1.0), limits(DType.BOOL));
  }

  private static List<Double> limits(DType dtype) {
    return List.of(dtype.toDouble(dtype.lowest()), dtype.toDouble(dtype.highest()));
  }

  @Test
  void writesElementsAsJavaDoes() {
    assertEquals("0.1", DType.FLOAT32.text(DType.FLOAT32.ofDouble(0.1f)));
    assertEquals("0.1", DType.FLOAT64.text(DType.FLOAT64.ofDouble(0.1)));
    assertEquals("-7", DType.INT32.text(-7));
    assertEquals("200", DType.UINT8.text(200));
    assertEquals("true", DType.BOOL.text(1));
  }

  @Test
  void saysWhatKindItIs() {
    assertEquals(
        "float32:<f4:1, float64:<f8:2, int32:<i4:3, int64:<i8:9, uint8:|u1:4, bool:|b1:10",
        DType.ofElements().stream()
            .map(d -> d + ":" + d.numpy() + ":" + d.number())
            .collect(Collectors.joining(", ")));
    assertFalse(DType.BOOL.isNumeric() || DType.BOOL.isOrdered() || DType.BOOL.isSigned());
    assertTrue(DType.UINT8.isInteger() && DType.UINT8.isOrdered() && !DType.UINT8.isSigned());
    assertTrue(DType.INT32.isSigned() && DType.FLOAT32.isSigned());
    assertEquals(
        Set.of(DType.INT32, DType.INT64),
        DType.ofElements().stream().filter(DType::isIndex).collect(Collectors.toSet()));
  }

  @ParameterizedTest
  @MethodSource("io.millrace.type.DType#ofElements")
  void takesAsManyBytesAsItsJavaType(DType dtype) throws ReflectiveOperationException {
    Class<?> wrapper = MethodType.methodType(dtype.javaClass()).wrap().returnType();
    int bytes = dtype.isBoolean() ? 1 : wrapper.getField("BYTES").getInt(null);
    assertEquals(bytes, dtype.bytes());
  }

  @ParameterizedTest
  @MethodSource("io.millrace.type.DType#ofElements")
  void fillsEightBytesWithOneElement(DType dtype) {
    ByteBuffer data = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : LONGS) {
      long bits = dtype.ofLong(value);
      data.putLong(0, Elements.repeated(dtype, bits));
      for (int at = 0; at < data.capacity(); at += dtype.bytes()) {
        assertEquals(bits, Elements.bits(dtype, data, at));
      }
    }
  }

  @Test
  void widensToWhatHoldsAllItsNumbers() {
    String all =
        DType.ofElements().stream()
            .map(
                from ->
                    DType.ofElements().stream()
                        .filter(to -> to != from && from.widensTo(to))
                        .map(DType::toString)
                        .collect(Collectors.joining(",", from + ":", "")))
            .collect(Collectors.joining(" "));
    assertEquals(
        "float32:float64 float64: int32:float64,int64 int64: uint8:float32,float64,int32,int64"
            + " bool:",
        all);
  }
}
