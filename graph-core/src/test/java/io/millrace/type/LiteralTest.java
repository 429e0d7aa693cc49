package io.millrace.type;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LiteralTest {
  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 0.1, 0.10000000149011612",
    "FLOAT64, 0.1, 0.1",
    "INT32, -2.9, -2",
    "INT32, 1e12, 2147483647",
    "INT64, -1e30, -9223372036854775808",
    "INT64, NaN, 0",
    "UINT8, 300, 255",
    "UINT8, -1, 0",
    "BOOL, -0.5, 1",
    "BOOL, -0.0, 0",
    "BOOL, NaN, 1",
  })
  void doublesAreRoundedToTheType(DType dtype, double value, double expected) {
    assertEquals(expected, Literal.scalar(dtype, value).getDouble(0));
  }

  @Test
  void longsAreWrappedToTheType() {
    assertEquals(-1, Literal.scalar(DType.INT32, 0xFFFFFFFFL).getLong(0));
    assertEquals(255, Literal.scalar(DType.UINT8, -1L).getLong(0));
    assertEquals(1, Literal.scalar(DType.BOOL, 256L).getLong(0));
    assertEquals(Long.MAX_VALUE, Literal.scalar(DType.INT64, Long.MAX_VALUE).getLong(0));
    // Once, not first to double: that would end on the other side.
    long value = (1L << 60) + (1L << 36) + 1;
    assertEquals((float) value, Literal.scalar(DType.FLOAT32, value).getDouble(0));
    assertNotEquals((float) (double) value, (float) value);
  }

  @Test
  void bytesAreLittleEndianAndReadOnly() {
    Literal literal = Literal.ofInts(0x01020304);
    assertEquals(ByteOrder.LITTLE_ENDIAN, literal.bytes().order());
    assertEquals(4, literal.bytes().get(0));
    assertThrows(ReadOnlyBufferException.class, () -> literal.bytes().put(0, (byte) 0));
  }

  @Test
  void anyByteThatIsNotZeroIsTrue() {
    Literal literal = Literal.wrap(TensorType.of(DType.BOOL, 2), new byte[] {0, 2});
    assertArrayEquals(new long[] {0, 1}, literal.toLongs());
  }

  @Test
  void wrappingChecksTheSize() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Literal.wrap(TensorType.of(DType.INT32, 2), new byte[7]));
  }

  @Test
  void reshapingKeepsTheElementsAndChecksTheSize() {
    Literal literal = Literal.ofInts(1, 2, 3, 4);
    assertEquals(4, literal.reshape(Shape.of(2, 2)).getLong(3));
    assertThrows(IllegalArgumentException.class, () -> literal.reshape(Shape.of(3)));
  }

  @Test
  void equalityComparesTypeAndBits() {
    assertEquals(Literal.ofInts(1, 2), Literal.ofInts(1, 2));
    assertEquals(Literal.ofInts(1, 2).hashCode(), Literal.ofInts(1, 2).hashCode());
    assertNotEquals(Literal.ofInts(1, 2), Literal.ofInts(1, 2).reshape(Shape.of(1, 2)));
    assertNotEquals(Literal.scalar(DType.FLOAT32, 0.0), Literal.scalar(DType.FLOAT32, -0.0));
    assertEquals(
        Literal.scalar(DType.FLOAT64, Double.NaN), Literal.scalar(DType.FLOAT64, Double.NaN));
  }

  @Test
  void printsSmallValues() {
    assertEquals("float32[] 1.5", Literal.scalar(DType.FLOAT32, 1.5).toString());
    assertEquals("int32[2] {1,-2}", Literal.ofInts(1, -2).toString());
    assertEquals("int64[0] {}", Literal.ofLongs().toString());
    assertEquals("int32[9]", Literal.fill(TensorType.of(DType.INT32, 9), 1).toString());
  }
}
