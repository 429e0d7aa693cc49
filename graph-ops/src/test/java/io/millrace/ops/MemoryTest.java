package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.DeviceException;
import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.MillraceException;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.spi.HostMemory;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How much memory sessions hold, and what they say when there is no more. */
class MemoryTest {
  private static final int MEGABYTE = 1 << 20;

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private static SessionOptions on(String device) {
    return SessionOptions.defaults().device(device);
  }

  private static void assertParts(String message, String... parts) {
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "'" + part + "' is not in: " + message);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void plansShareConstantsAndWhatIsFed(String device) {
    Output x = tf.placeholder(DType.INT32, Shape.of(-1), "x");
    float[] table = new float[MEGABYTE];
    for (int i = 0; i < table.length; i++) {
      table[i] = i;
    }
    Output y = tf.gather(tf.constant(table), x);
    try (Session session = new Session(graph, on(device))) {
      long before = HostMemory.liveBytes();
      session.run(y, Map.of(x, new int[100_000])).close();
      long one = HostMemory.liveBytes() - before;
      for (int rows = 99; rows > 50; rows -= 3) {
        session.run(y, Map.of(x, new int[1000 * rows])).close();
      }
      long all = HostMemory.liveBytes() - before;
      assertTrue(all <= 1.3 * one, () -> all + " bytes for 18 plans, " + one + " for one");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void aLimitIsKeptAndSaysWhoHoldsWhat(String device) {
    Variable w = tf.variable(tf.zeros(MEGABYTE), "w");
    Output doubled = tf.withName("doubled").multiply(w, 2);
    Output second = tf.variable(tf.zeros(2 * MEGABYTE), "second").asOutput();
    try (Session session = new Session(graph, on(device).memoryLimit(11L * MEGABYTE))) {
      session.run(w.initializer());
      session.run(doubled).close();
      String message =
          assertThrows(DeviceException.class, () -> session.run(tf.globalVariablesInitializer()))
              .getMessage();
      assertParts(
          message,
          "no 8,388,608 bytes for variable 'second' made at ",
          "MemoryTest.java",
          "the session's limit of 11,534,336 bytes has 7,3",
          "the session holds",
          "4,194,304 bytes: variable 'w' made at ");
      // What fitted before fits again.
      session.run(doubled).close();
      assertEquals(Shape.of(2L * MEGABYTE), second.shape());
    }
  }

  @Test
  void aFetchedTensorHasToFindRoom() {
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1), "x");
    Output many = tf.withName("many").tile(x, new int[] {64});
    try (Session session = new Session(graph, on("cpu").memoryLimit(4L * MEGABYTE))) {
      assertEquals(64 * 1000, session.run(many, Map.of(x, new float[1000])).shape().size());
      String message =
          assertThrows(
                  DeviceException.class, () -> session.run(many, Map.of(x, new float[100_000])))
              .getMessage();
      assertParts(message, "no 25,600,000 bytes", "in many:0", "MemoryTest.java");
      assertArrayEquals(new float[64], session.run(many, Map.of(x, new float[1])).toFloatArray());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void whatIsKeptForLaterRunsGoesWhereAnotherNeedsIt(String device) {
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1), "x");
    Output arena = tf.reduceSum(tf.matmul(tf.reshape(x, -1, 1), tf.reshape(x, 1, -1)));
    Output fetched = tf.tile(x, new int[] {MEGABYTE});
    try (Session session = new Session(graph, on(device).memoryLimit(6L * MEGABYTE))) {
      for (int i = 0; i < 2; i++) {
        // An arena of four megabytes; then a fetched tensor of as many; then what is fed.
        assertEquals(1e6f, session.run(arena, Map.of(x, ones(1000))).floatValue());
        session.run(fetched, Map.of(x, new float[1])).close();
        assertEquals(1e6f, session.run(arena, Map.of(x, ones(1000))).floatValue());
        session.run(tf.size(x), Map.of(x, new float[MEGABYTE])).close();
      }
    }
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1f);
    return ones;
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void whatNoMachineHasIsRefusedByName(String device) {
    Output n = tf.placeholder(DType.INT64, Shape.scalar(), "n");
    Output one = tf.placeholder(DType.INT64, Shape.of(1), "one");
    List<Output> all =
        List.of(
            tf.withName("it").range(0L, n, 1L),
            tf.withName("it").fill(tf.stack(List.of(n)), 1f),
            tf.withName("it").tile(tf.cast(one, DType.FLOAT32), tf.stack(List.of(n))),
            tf.withName("it").broadcastTo(tf.cast(one, DType.INT32), tf.stack(List.of(n))));
    try (Session session = new Session(graph, on(device))) {
      for (Output it : all) {
        for (long size : new long[] {1L << 45, 1L << 50, 1L << 62, Long.MAX_VALUE}) {
          Map<Output, Object> feeds = Map.of(n, size, one, new long[1]);
          for (Output wanted : List.of(it, tf.shape(it, DType.INT64))) {
            try (Tensor ignored = session.run(wanted, feeds)) {
              assertTrue(wanted != it, "there is no such memory");
            } catch (MillraceException e) {
              assertParts(e.getMessage(), "it", "MemoryTest.java");
            }
          }
        }
      }
      Output sum = tf.reduceSum(all.get(0));
      String message =
          assertThrows(GraphException.class, () -> session.run(sum, Map.of(n, 1L << 50)))
              .getMessage();
      assertParts(
          message, "int64[1125899906842624]", "at most 2^47 bytes", "it", "MemoryTest.java");
    }
  }

  @Test
  void whatADeviceRefusesNamesTheOperation() {
    Output n = tf.placeholder(DType.INT32, Shape.of(1), "n");
    Output sorted = tf.withName("sorted").sort(tf.fill(n, 1f));
    try (Session session = new Session(graph, on("cpu"))) {
      String message =
          assertThrows(
                  DeviceException.class,
                  () -> session.run(sorted, Map.of(n, new int[] {100_000_000})))
              .getMessage();
      assertParts(message, "a row to sort has 100000000 elements", "'sorted", "MemoryTest.java");
    }
  }

  @Test
  void thousandsOfThreadsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> on("cpu").threads(1_000_000));
  }
}
