package io.millrace.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.DType;
import io.millrace.DeviceException;
import io.millrace.ExecutionException;
import io.millrace.Feed;
import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Shape;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions on the emulated device: results, graphs, failures and memory. */
class CudaSessionTest {
  @BeforeEach
  void requireEmulation() {
    NativeKernels.unavailable().ifPresent(reason -> assumeTrue(false, reason));
  }

  /** A layer with softmax cross entropy and Adam, whose labels are checked. */
  private static final class Classifier {
    final Graph graph = new Graph();
    final Ops tf = Ops.of(graph);
    final Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1, 6), "x");
    final Output y = tf.placeholder(DType.INT64, Shape.of(-1), "y");
    final Variable w;
    final Output loss;
    final Operation train;

    Classifier() {
      graph.setSeed(7);
      w = tf.variable(tf.random.normal(new int[] {6, 3}), "w");
      Variable b = tf.variable(tf.zeros(3), "b");
      Output hidden = tf.nn.relu(tf.add(tf.matmul(x, w), b));
      loss = tf.reduceMean(tf.nn.sparseSoftmaxCrossEntropyWithLogits(y, hidden));
      train = tf.train.adam(0.05f).minimize(loss);
    }

    Feed feed(int seed, int batch) {
      float[][] images = new float[batch][6];
      long[] labels = new long[batch];
      for (int i = 0; i < batch; i++) {
        labels[i] = (i + (long) seed) % 3;
        for (int j = 0; j < 6; j++) {
          images[i][j] = (float) Math.sin(seed + 7.0 * i + j + (double) labels[i]);
        }
      }
      return Feed.of(x, images).and(y, labels);
    }

    List<Float> losses(String device, int steps) {
      try (Session session = new Session(graph, SessionOptions.defaults().device(device))) {
        session.run(tf.globalVariablesInitializer());
        List<Float> losses = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
          losses.add(session.run(List.of(loss, train), feed(i, 5)).get(0).floatValue());
        }
        return losses;
      }
    }
  }

  @Test
  void trainsAsTheReference() {
    Classifier model = new Classifier();
    List<Float> wanted = model.losses("reference", 12);
    List<Float> got = model.losses(EmulatedBackend.register(new EmulatedDriver()), 12);
    assertTrue(wanted.get(11) < wanted.get(0), "the loss falls: " + wanted);
    for (int i = 0; i < wanted.size(); i++) {
      assertEquals(wanted.get(i), got.get(i), 1e-5f * (1 + wanted.get(i)), "step " + i);
    }
  }

  @Test
  void replaysOneGraphWhenSteady() {
    EmulatedDriver driver = new EmulatedDriver();
    Classifier model = new Classifier();
    SessionOptions options = SessionOptions.defaults().device(EmulatedBackend.register(driver));
    try (Session session = new Session(model.graph, options)) {
      session.run(model.tf.globalVariablesInitializer());
      session.run(model.train, model.feed(0, 5));
      driver.takeLog();
      session.run(model.train, model.feed(1, 5));
      List<String> second = driver.takeLog();
      assertTrue(second.contains("begin capture"), second::toString);
      for (int i = 2; i < 5; i++) {
        session.run(model.train, model.feed(i, 5));
        assertEquals(List.of("replay", "synchronize"), driver.takeLog());
      }
    }
  }

  @Test
  void failedCheckLeavesVariablesAlone() {
    Classifier model = new Classifier();
    SessionOptions options =
        SessionOptions.defaults().device(EmulatedBackend.register(new EmulatedDriver()));
    try (Session session = new Session(model.graph, options)) {
      session.run(model.tf.globalVariablesInitializer());
      for (int i = 0; i < 3; i++) {
        session.run(model.train, model.feed(i, 5));
        float[] before = session.run(model.w).toFloatArray();
        Feed wrong = model.feed(i, 5).and(model.y, new long[] {0, 1, 2, 3, 0});
        ExecutionException failure =
            assertThrows(ExecutionException.class, () -> session.run(model.train, wrong));
        assertTrue(
            String.valueOf(failure.getMessage()).contains("(CudaSessionTest.java:"),
            failure.getMessage());
        assertArrayEquals(before, session.run(model.w).toFloatArray());
      }
    }
  }

  @Test
  void saysWhichDivisionFailed() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Output x = tf.placeholder(DType.INT32, Shape.of(-1), "x");
    Output quotient = tf.floordiv(tf.constant(new int[] {7, 8}), x);
    SessionOptions options =
        SessionOptions.defaults().device(EmulatedBackend.register(new EmulatedDriver()));
    try (Session session = new Session(graph, options)) {
      for (int i = 0; i < 3; i++) {
        assertArrayEquals(
            new int[] {3, -3}, session.run(quotient, Feed.of(x, new int[] {2, -3})).toIntArray());
        ExecutionException failure =
            assertThrows(
                ExecutionException.class,
                () -> session.run(quotient, Feed.of(x, new int[] {2, 0})));
        assertTrue(
            String.valueOf(failure.getMessage()).contains("integer division by zero"),
            failure.getMessage());
      }
    }
  }

  @Test
  void saysWhoHoldsTheMemoryWhenThereIsNone() {
    EmulatedDriver driver = new EmulatedDriver(16L << 20, true);
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Variable kept = tf.variable(tf.zeros(1 << 20), "kept");
    Output n = tf.placeholder(DType.INT32, Shape.scalar(), "n");
    Output large = tf.reduceSum(tf.sort(tf.fill(tf.expandDims(n, 0), tf.constant(1f))));
    try (Session session =
        new Session(graph, SessionOptions.defaults().device(EmulatedBackend.register(driver)))) {
      session.run(kept.initializer());
      assertEquals(1000f, session.run(large, Feed.of(n, 1000)).floatValue());
      DeviceException failure =
          assertThrows(DeviceException.class, () -> session.run(large, Feed.of(n, 8_000_000)));
      String message = String.valueOf(failure.getMessage());
      assertTrue(message.contains("variable 'kept'"), message);
      assertTrue(message.contains("are free"), message);
      assertTrue(message.contains("the plan of '"), message);
      assertEquals(1000f, session.run(large, Feed.of(n, 1000)).floatValue());
      assertEquals(1 << 20, session.run(kept).toFloatArray().length);
    }
  }

  @Test
  void keepsToItsLimit() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Variable kept = tf.variable(tf.zeros(1 << 20), "kept");
    SessionOptions options =
        SessionOptions.defaults()
            .device(EmulatedBackend.register(new EmulatedDriver()))
            .memoryLimit(1 << 20);
    try (Session session = new Session(graph, options)) {
      DeviceException failure =
          assertThrows(DeviceException.class, () -> session.run(kept.initializer()));
      assertTrue(
          String.valueOf(failure.getMessage()).contains("limit of 1,048,576 bytes"),
          failure.getMessage());
    }
  }

  @Test
  void givesAllMemoryBack() {
    EmulatedDriver driver = new EmulatedDriver();
    new Classifier().losses(EmulatedBackend.register(driver), 4);
    EmulatedBackend.pool(driver).trim();
    assertEquals(0, driver.usedBytes());
    List<String> log = driver.takeLog();
    assertFalse(log.isEmpty());
  }

  @Test
  void sessionsShareADevice() {
    Classifier model = new Classifier();
    String device = EmulatedBackend.register(new EmulatedDriver());
    List<Float> wanted = model.losses(device, 6);
    List<CompletableFuture<List<Float>>> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(CompletableFuture.supplyAsync(() -> model.losses(device, 6)));
    }
    all.forEach(f -> assertEquals(wanted, f.join()));
  }
}
