package io.millrace;

import static io.millrace.MessageAssertions.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What may be fed, and what is said of what may not. */
class FeedTest {
  private static final SessionOptions OPTIONS = SessionOptions.defaults().device("reference");

  private final Graph graph = new Graph();
  private final TestOps ops = new TestOps(graph);
  private final Output x = ops.placeholder("x", DType.FLOAT32, -1, 3);
  private final Output n = ops.placeholder("n", DType.INT64);
  private final Output twice = ops.add("twice", x, x);
  private final Operation assign =
      ops.assign(
          "w/Assign",
          ops.variable("w", DType.FLOAT32, 2),
          ops.constant("init", new float[] {1, 2}));
  private final Session session = new Session(graph, OPTIONS);

  @AfterEach
  void close() {
    session.close();
  }

  private String refused(Operand fetch, Map<?, ?> feeds) {
    return assertThrows(FeedException.class, () -> session.run(fetch, feeds)).getMessage();
  }

  @Test
  void feedsEveryKindOfValue() {
    float[] expected = {2, 4, 6, 8, 10, 12};
    float[] flat = {1, 2, 3, 4, 5, 6};
    List<Object> values =
        List.of(
            flat,
            new float[][] {{1, 2, 3}, {4, 5, 6}},
            new int[][] {{1, 2, 3}, {4, 5, 6}},
            new long[] {1, 2, 3, 4, 5, 6},
            new byte[] {1, 2, 3, 4, 5, 6},
            FloatBuffer.wrap(flat),
            Tensor.of(flat, Shape.of(2, 3)));
    for (Object value : values) {
      for (int repeat = 0; repeat < 2; repeat++) {
        Tensor result = session.run(twice, Map.of(x, value));
        assertEquals(Shape.of(2, 3), result.shape());
        assertArrayEquals(expected, result.toFloatArray());
      }
    }
    assertEquals(Shape.of(0, 3), session.run(twice, Map.of(x, new float[0][3])).shape());
    assertEquals(7, session.run(n, Map.of(n, 7)).longValue());
    assertEquals(7, session.run(n, Map.of("n", 7L)).longValue());
    assertEquals(1, session.run(n, Feed.of("n", Tensor.of(1L))).longValue());
  }

  @Test
  void numbersOfEveryKindConvertToTheTypeOfTheirPlaceholder() {
    float[] expected = {2, 4, 6};
    List<Object> values =
        List.of(
            new double[] {1, 2, 3},
            new Float[] {1f, 2f, 3f},
            new Double[][] {{1.0, 2.0, 3.0}},
            new short[] {1, 2, 3},
            new Object[] {1, 2L, 3f},
            List.of(1, 2.0, (short) 3),
            List.of(List.of(1f, 2f, 3f)),
            List.of(new int[] {1, 2, 3}),
            List.of(FloatBuffer.wrap(new float[] {1, 2, 3})),
            new BigDecimal[] {BigDecimal.ONE, new BigDecimal("2.0"), BigDecimal.valueOf(3)},
            List.of(BigInteger.ONE, new AtomicInteger(2), new AtomicLong(3)),
            ShortBuffer.wrap(new short[] {1, 2, 3}),
            LongBuffer.wrap(new long[] {9, 1, 2, 3}).position(1),
            DoubleBuffer.wrap(new double[] {1, 2, 3}));
    for (int repeat = 0; repeat < 2; repeat++) {
      for (Object value : values) {
        Tensor result = session.run(twice, Map.of(x, value));
        assertEquals(Shape.of(1, 3), result.shape());
        assertArrayEquals(expected, result.toFloatArray());
      }
      assertArrayEquals(
          new float[] {2, 0, 2},
          session.run(twice, Map.of(x, new Boolean[] {true, false, true})).toFloatArray());
    }
    for (Object five : List.of(5.0, 5f, (short) 5, new BigDecimal("5.00"), BigInteger.valueOf(5))) {
      assertEquals(5, session.run(n, Map.of(n, five)).longValue());
    }
    Output flags = ops.placeholder("flags", DType.BOOL, -1);
    assertArrayEquals(
        new boolean[] {true, false},
        session.run(flags, Map.of(flags, List.of(1, 0))).toBooleanArray());
  }

  @Test
  void numbersThatDoNotFitAreRefusedWithTheirPlace() {
    Output bytes = ops.placeholder("bytes", DType.UINT8, -1, -1);
    Output flags = ops.placeholder("flags", DType.BOOL, -1);
    session.run(bytes, Map.of(bytes, new int[][] {{1, 2}}));
    assertMessage(
        refused(bytes, Map.of(bytes, new int[][] {{1, 2}, {3, 300}})),
        "bytes:0",
        "300 does not fit uint8, which holds whole numbers from 0 to 255, at [1, 1]");
    assertMessage(refused(bytes, Map.of(bytes, List.of(List.of(-1)))), "-1 does", "at [0, 0]");
    assertMessage(refused(flags, Map.of(flags, new int[] {0, 2})), "2 does not fit bool", "[1]");
    for (double wrong : new double[] {Double.NaN, 1.5, 0x1p63, Double.NEGATIVE_INFINITY}) {
      assertMessage(refused(n, Map.of(n, wrong)), wrong + " does not fit int64");
      assertMessage(refused(n, Map.of(n, BigDecimal.valueOf(1.5))), "1.5 does not fit int64");
    }
    assertMessage(
        refused(n, Map.of(n, BigInteger.TWO.pow(63))), "9223372036854775808 does not fit int64");
    assertMessage(
        refused(twice, Map.of(x, new double[] {1, 1e39, 3})),
        "1.0E39 does not fit float32, which holds numbers up to 3.4028235E38, at [1]");
    assertEquals(
        Double.POSITIVE_INFINITY,
        session.run(twice, Map.of(x, new double[] {1, 1.0 / 0, 3})).getFloat(0, 1));
  }

  @Test
  void valuesThatStandForNoTensorAreRefusedAfterARightOneToo() {
    List<Object> wrong =
        List.of(
            "text",
            new Object[] {1, "two", 3},
            new String[] {"1"},
            List.of(1, List.of()),
            new char[] {'1', '2', '3'},
            CharBuffer.wrap("123"),
            ByteBuffer.allocate(12),
            new Object[] {1, null, 3},
            new Object[] {1, true, 3},
            new Object[] {new float[1], new float[2]},
            new float[][] {{1, 2, 3}, null},
            new Object(),
            'c');
    session.run(twice, Map.of(x, new float[3]));
    for (Object value : wrong) {
      for (int repeat = 0; repeat < 2; repeat++) {
        assertMessage(refused(twice, Map.of(x, value)), "cannot feed x:0", "TestOps.java");
      }
    }
    assertMessage(refused(twice, Map.of(x, wrong.get(1))), "java.lang.String at [1]");
    assertMessage(refused(twice, Map.of(x, wrong.get(6))), "asFloatBuffer()");
    assertMessage(refused(twice, Map.of(x, wrong.get(8))), "numbers or booleans, not both");
  }

  @Test
  void wrongFeedsAreRefusedByName() {
    assertMessage(
        refused(twice, Map.of(x, new float[2][4])),
        "x:0",
        "float32[?,3]",
        "float32[2,4]",
        "TestOps.java");
    assertMessage(refused(n, Map.of(n, 2.5)), "n:0", "2.5 does not fit int64");
    assertMessage(
        refused(twice, Map.of(x, Tensor.of(new int[2][3]))), "x:0", "int32[2,3]", "differ");
    assertMessage(
        refused(twice, Map.of(x, new float[][] {{1, 2, 3}, {1}})), "x:0", "ragged", "[1]");
    assertMessage(refused(twice, Map.of(x, "text")), "x:0", "java.lang.String");
    assertMessage(refused(twice, Map.of(x, new float[7])), "x:0", "float32[7]");
    assertMessage(refused(twice, Map.of("y", 1)), "'y'", "'x'");
    assertMessage(refused(twice, Map.of(assign, 1)), "w/Assign", "only its tensors");
    assertMessage(refused(twice, Map.of(1, 1)), "java.lang.Integer");
    assertMessage(refused(twice, Map.of(x, new float[3], "x:0", new float[3])), "twice", "x:0");
  }

  @Test
  void integersThatDoNotFitAreRefused() {
    Output bytes = ops.placeholder("bytes", DType.UINT8, 2);
    assertMessage(refused(bytes, Map.of(bytes, new int[] {1, 300})), "bytes:0", "300", "uint8");
    assertArrayEquals(
        new byte[] {1, (byte) 200},
        session.run(bytes, Map.of(bytes, new int[] {1, 200})).toByteArray());
  }
}
