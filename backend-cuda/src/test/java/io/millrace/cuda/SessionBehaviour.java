package io.millrace.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.DeviceException;
import io.millrace.ExecutionException;
import io.millrace.Feed;
import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What sessions do on a CUDA device, whether it is there or emulated. */
abstract class SessionBehaviour {
  /** Returns the name of the device. */
  abstract String device();

  @Test
  void trainsAsTheReference() {
    Classifier model = new Classifier();
    agree(model.losses("reference", 12), model.losses(device(), 12));
  }

  @Test
  void trainsConvolutionsAsTheReference() {
    SmallLeNet model = new SmallLeNet();
    agree(model.losses("reference", 10), model.losses(device(), 10));
  }

  private static void agree(List<Float> wanted, List<Float> got) {
    assertTrue(wanted.get(wanted.size() - 1) < wanted.get(0), "the loss falls: " + wanted);
    for (int i = 0; i < wanted.size(); i++) {
      assertEquals(wanted.get(i), got.get(i), 1e-4f * (1 + wanted.get(i)), "step " + i);
    }
  }

  @Test
  void failedCheckLeavesVariablesAlone() {
    Classifier model = new Classifier();
    SessionOptions options = SessionOptions.defaults().device(device());
    try (Session session = new Session(model.graph, options)) {
      session.run(model.tf.globalVariablesInitializer());
      for (int i = 0; i < 3; i++) {
        session.run(model.train, model.feed(i, 5));
        float[] before = session.run(model.w).toFloatArray();
        Feed wrong = model.feed(i, 5).and(model.y, new long[] {0, 1, 2, 3, 0});
        ExecutionException failure =
            assertThrows(ExecutionException.class, () -> session.run(model.train, wrong));
        assertTrue(
            String.valueOf(failure.getMessage()).contains("Classifier.java:"),
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
    SessionOptions options = SessionOptions.defaults().device(device());
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
  void keepsToItsLimit() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Variable kept = tf.variable(tf.zeros(1 << 20), "kept");
    SessionOptions options = SessionOptions.defaults().device(device()).memoryLimit(1 << 20);
    try (Session session = new Session(graph, options)) {
      DeviceException failure =
          assertThrows(DeviceException.class, () -> session.run(kept.initializer()));
      assertTrue(
          String.valueOf(failure.getMessage()).contains("limit of 1,048,576 bytes"),
          failure.getMessage());
    }
  }

  /** Not even where the library that multiplies adds the bias and cuts off what is negative. */
  @Test
  void reluKeepsWhatIsNotANumber() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1, 2), "x");
    Output w = tf.constant(new float[][] {{1, 1, 1, -1}, {1, 1, 1, 1}});
    Output hidden = tf.nn.relu(tf.add(tf.matmul(x, w), tf.constant(new float[] {0, -4, 1, 2})));
    Output y = tf.matmul(hidden, tf.eye(4));
    SessionOptions options = SessionOptions.defaults().device(device());
    try (Session session = new Session(graph, options)) {
      Feed feed = Feed.of(x, new float[][] {{1, 2}, {Float.NaN, 1}, {-1, -2}});
      float nan = Float.NaN;
      for (int i = 0; i < 3; i++) {
        assertArrayEquals(
            new float[] {3, 0, 4, 3, nan, nan, nan, nan, 0, 0, 0, 1},
            session.run(y, feed).toFloatArray());
      }
    }
  }

  @Test
  void sessionsShareADevice() {
    Classifier model = new Classifier();
    String device = device();
    List<Float> wanted = model.losses(device, 6);
    List<CompletableFuture<List<Float>>> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(CompletableFuture.supplyAsync(() -> model.losses(device, 6)));
    }
    all.forEach(f -> assertEquals(wanted, f.join()));
  }
}
