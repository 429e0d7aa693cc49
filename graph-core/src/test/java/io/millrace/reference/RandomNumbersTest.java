package io.millrace.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ir.Primitive.Random;
import io.millrace.spi.Philox;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RandomNumbersTest {
  static List<String> recorded() {
    return Tables.lines("random.txt");
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void runsEqualTensorFlow(String line) {
    String[] fields = line.split("; ", -1);
    Random.Distribution distribution = Random.Distribution.valueOf(fields[0]);
    DType dtype = DType.valueOf(fields[1].toUpperCase(Locale.ROOT));
    String[] expected = fields[3].split(", ", -1);
    long counter = Long.parseLong(fields[2]) * Random.blocks(expected.length);
    Literal actual = draw(distribution, dtype, 12345, 678, counter, expected.length);
    for (int i = 0; i < expected.length; i++) {
      switch (dtype) {
        case FLOAT32 -> {
          float value = Float.parseFloat(expected[i]);
          // TensorFlow's float logarithm, sine and cosine are not always the nearest.
          double slack = distribution == Random.Distribution.UNIFORM ? 0 : 2 * Math.ulp(value);
          assertEquals(value, actual.getDouble(i), slack);
        }
        case FLOAT64 -> {
          double value = Double.parseDouble(expected[i]);
          double slack = distribution == Random.Distribution.UNIFORM ? 0 : 2 * Math.ulp(value);
          assertEquals(value, actual.getDouble(i), slack);
        }
        case INT32 ->
            assertEquals(
                Integer.parseInt(expected[i]),
                Integer.MIN_VALUE + Integer.remainderUnsigned((int) actual.getLong(i), -1));
        default ->
            assertEquals(
                Long.parseLong(expected[i]),
                Long.MIN_VALUE + Long.remainderUnsigned(actual.getLong(i), -1));
      }
    }
  }

  private static int[] block(long seed, long seed2, long index) {
    int[] numbers = new int[4];
    Philox.block(seed, seed2, index, numbers, 0);
    return numbers;
  }

  /** The known answers published with the generator, for a zero and a full key and counter. */
  @Test
  void philoxGivesItsPublishedAnswers() {
    assertArrayEquals(new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, block(0, 0, 0));
    assertArrayEquals(
        new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}, block(-1, -1, -1));
  }

  @Test
  void aLongRunContinuesBlockByBlock() {
    Literal all = draw(Random.Distribution.UNIFORM, DType.FLOAT32, 3, 4, 0, 20);
    Literal rest = draw(Random.Distribution.UNIFORM, DType.FLOAT32, 3, 4, 2, 12);
    for (int i = 0; i < 12; i++) {
      assertEquals(all.getDouble(i + 8), rest.getDouble(i));
    }
  }

  @Test
  void truncatedNumbersStayWithinTwoDeviations() {
    for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
      Literal many = draw(Random.Distribution.TRUNCATED_NORMAL, dtype, 1, 2, 0, 2001);
      double squares = 0;
      for (int i = 0; i < 2001; i++) {
        assertTrue(Math.abs(many.getDouble(i)) < 2);
        squares += many.getDouble(i) * many.getDouble(i);
      }
      // The variance of a normal variable cut at two deviations.
      assertEquals(0.7737, squares / 2001, 0.05);
    }
  }

  @Test
  void nothingIsDrawnForAnEmptyTensor() {
    assertEquals(0, draw(Random.Distribution.NORMAL, DType.FLOAT32, 1, 2, 0, 0).size());
    assertEquals(0, Random.blocks(0));
  }

  private static Literal draw(
      Random.Distribution distribution,
      DType dtype,
      long seed,
      long seed2,
      long counter,
      int count) {
    return ReferenceInterpreter.evaluate(
            new Random(distribution, dtype, seed, seed2),
            List.of(Literal.scalar(DType.INT64, counter)),
            List.of(TensorType.of(dtype, count)))
        .get(0);
  }
}
