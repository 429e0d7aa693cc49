package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.ops.random.Seeds;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RandomTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private Session session() {
    return new Session(graph, SessionOptions.defaults().device("reference"));
  }

  @Test
  void derivesSeedsByTensorFlowsRule() {
    OptionalLong none = OptionalLong.empty();
    assertEquals(new Seeds(0, 0), Seeds.of(graph, none));
    assertEquals(new Seeds(87654321, 5), Seeds.of(graph, OptionalLong.of(5)));
    tf.constant(1);
    graph.setSeed(7);
    assertEquals(new Seeds(7, 0), Seeds.of(graph, none));
    tf.constant(2);
    assertEquals(new Seeds(7, 1), Seeds.of(graph, none));
    assertEquals(new Seeds(7, Integer.MAX_VALUE - 1), Seeds.of(graph, OptionalLong.of(-1)));
    graph.setSeed(0);
    assertEquals(new Seeds(0, Integer.MAX_VALUE), Seeds.of(graph, OptionalLong.of(0)));
  }

  /** What TensorFlow 2.21 draws after set_random_seed(1). */
  @Test
  void drawsTensorFlowsNumbersOfAGraphWithASeed() {
    graph.setSeed(1);
    tf.constant(3f);
    Output first = tf.random.uniform(new int[] {2});
    Output second = tf.random.normal(new int[] {2});
    try (Session session = session()) {
      assertArrayEquals(
          new float[] {0.81269646f, 0.07857466f}, session.run(first).toFloatArray(), 1e-6f);
      assertArrayEquals(
          new float[] {0.28183395f, 2.3878284f}, session.run(second).toFloatArray(), 1e-6f);
    }
  }

  @Test
  void drawsOtherNumbersEverywhereWithoutSeeds() {
    Shape shape = Shape.of(4);
    List<Output> all =
        List.of(
            tf.random.uniform(shape),
            tf.random.uniform(shape),
            tf.random.normal(shape),
            tf.random.normal(shape),
            tf.random.truncatedNormal(shape, 0, 1),
            tf.random.truncatedNormal(shape, 0, 1),
            tf.random.uniform(shape, 0, 1 << 30, DType.INT32),
            tf.random.uniform(shape, 0, 1 << 30, DType.INT32),
            tf.initializers.glorotUniform(shape),
            tf.initializers.glorotUniform(shape),
            tf.nn.dropout(tf.linspace(1f, 64f, 64), Dropout.keep(0.5f)),
            tf.nn.dropout(tf.linspace(1f, 64f, 64), Dropout.keep(0.5f)));
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 2; i++) {
      try (Session session = session()) {
        for (int run = 0; run < 2; run++) {
          session.run(all).forEach(drawn -> seen.add(drawn.toString()));
          // Another plan goes on where this one was.
          seen.add(session.run(all.get(0)).toString());
        }
      }
    }
    assertEquals(4 * all.size() + 4, seen.size());
  }

  @Test
  void drawsOtherNumbersInEveryRunAndTheSameInEverySession() {
    graph.setSeed(5);
    Output x = tf.random.uniform(Shape.of(4));
    float[] first;
    float[] second;
    try (Session session = session()) {
      first = session.run(x).toFloatArray();
      second = session.run(x).toFloatArray();
    }
    assertFalse(Arrays.equals(first, second));
    try (Session session = session()) {
      assertArrayEquals(first, session.run(x).toFloatArray());
      assertArrayEquals(second, session.run(x).toFloatArray());
    }
  }

  @Test
  void staysWithinItsBounds() {
    graph.setSeed(5);
    Output uniform = tf.random.uniform(new int[] {200}, -3, 5);
    Output truncated = tf.random.truncatedNormal(Shape.of(200), 10, 2);
    Output integers = tf.random.uniform(Shape.of(200), -2, 3, DType.INT32);
    Output normal = tf.random.normal(Shape.of(400), 10, 2, DType.FLOAT64);
    try (Session session = session()) {
      for (float x : session.run(uniform).toFloatArray()) {
        assertTrue(x >= -3 && x < 5, () -> "out of bounds: " + x);
      }
      for (float x : session.run(truncated).toFloatArray()) {
        assertTrue(x > 6 && x < 14, () -> "out of bounds: " + x);
      }
      assertArrayEquals(
          new int[] {-2, -1, 0, 1, 2},
          Arrays.stream(session.run(integers).toIntArray()).sorted().distinct().toArray());
      assertEquals(
          10, Arrays.stream(session.run(normal).toDoubleArray()).average().orElseThrow(), 0.4);
    }
  }

  @Test
  void takesUnsignedNumbersModuloTheRange() {
    BigInteger all = BigInteger.ONE.shiftLeft(64);
    long[] raw = integers(Long.MIN_VALUE, Long.MAX_VALUE);
    long[][] ranges = {
      {-5, 7}, {0, Long.MAX_VALUE}, {-(1L << 62), (1L << 62) + 3}, {-3, Long.MAX_VALUE}, {4, 5}
    };
    for (long[] range : ranges) {
      long[] drawn = integers(range[0], range[1]);
      BigInteger size = BigInteger.valueOf(range[1]).subtract(BigInteger.valueOf(range[0]));
      for (int i = 0; i < raw.length; i++) {
        BigInteger bits = BigInteger.valueOf(raw[i] - Long.MIN_VALUE).mod(all);
        assertEquals(bits.mod(size).add(BigInteger.valueOf(range[0])).longValue(), drawn[i]);
      }
    }
  }

  private static long[] integers(long low, long high) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Output drawn = tf.random.uniform(Shape.of(50), low, high, DType.INT64, OptionalLong.of(3));
    try (Session session = new Session(graph, SessionOptions.defaults().device("reference"))) {
      return session.run(drawn).toLongArray();
    }
  }

  @Test
  void drawsInAShapeThatTheRunGives() {
    Output dims = tf.placeholder(DType.INT32, Shape.of(2), "dims");
    Output x = tf.random.normal(dims);
    assertEquals(Shape.unknown(2), x.shape());
    try (Session session = session()) {
      assertEquals(Shape.of(3, 2), session.run(x, Map.of(dims, new int[] {3, 2})).shape());
    }
  }

  @Test
  void dropsOutAtARate() {
    Output x = tf.ones(10, 40);
    assertSame(x, tf.nn.dropout(x, Dropout.rate(0)));
    Output dropped = tf.nn.dropout(x, Dropout.keep(0.25).seed(1));
    Output rows = tf.nn.dropout(x, Dropout.rate(0.5).noiseShape(List.of(10, 1)).seed(1));
    try (Session session = session()) {
      List<Float> values = new ArrayList<>();
      for (float value : session.run(dropped).toFloatArray()) {
        values.add(value);
      }
      assertTrue(values.stream().allMatch(v -> v == 0 || v == 4));
      assertEquals(100d, (double) values.stream().filter(v -> v == 4).count(), 40d);
      float[] shared = session.run(rows).toFloatArray();
      for (int i = 0; i < shared.length; i++) {
        assertEquals(shared[i / 40 * 40], shared[i]);
      }
    }
    assertThrows(GraphException.class, () -> tf.nn.dropout(x, Dropout.rate(1)));
    assertThrows(
        GraphException.class, () -> tf.nn.dropout(tf.constant(new int[] {1}), Dropout.keep(0.5)));
  }

  @Test
  void scalesFirstValuesByTheirFans() {
    Output glorot = tf.initializers.glorotUniform(Shape.of(5, 5, 6, 16));
    Output he = tf.initializers.heNormal(Shape.of(500, 10));
    Output other = tf.initializers.heNormal(Shape.of(500, 10));
    try (Session session = session()) {
      double limit = Math.sqrt(6.0 / (25 * (6 + 16)));
      double greatest = 0;
      for (float x : session.run(glorot).toFloatArray()) {
        greatest = Math.max(greatest, Math.abs(x));
      }
      assertEquals(limit, greatest, 0.02 * limit);
      double squares = Arrays.stream(wide(session, he)).map(x -> x * x).average().orElseThrow();
      assertEquals(2.0 / 500, squares, 0.1 * 2.0 / 500);
      assertNotEquals(session.run(he).toString(), session.run(other).toString());
    }
    assertThrows(GraphException.class, () -> tf.initializers.heNormal(Shape.of(-1, 2)));
  }

  private static double[] wide(Session session, Output x) {
    float[] values = session.run(x).toFloatArray();
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return wide;
  }
}
