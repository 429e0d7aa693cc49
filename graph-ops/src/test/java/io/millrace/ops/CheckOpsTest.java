package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ExecutionException;
import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckOpsTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1));

  private Session session(String device) {
    return new Session(graph, SessionOptions.defaults().device(device));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void aFailedAssertionShowsItsData(String device) {
    Operation check =
        tf.assertThat(tf.reduceAll(tf.greater(x, 0f)), "x =", x, "of size", tf.size(x), 0.5);
    Output root;
    try (Graph.Scope ignored = graph.controlDependencies(List.of(check))) {
      root = tf.sqrt(x);
    }
    try (Session session = session(device)) {
      try (Tensor roots = session.run(root, Map.of(x, new float[] {4, 9}))) {
        assertArrayEquals(new float[] {2, 3}, roots.toFloatArray());
      }
      float[] negative = {1, -2, 0.1f, 4};
      String message =
          assertThrows(ExecutionException.class, () -> session.run(root, Map.of(x, negative)))
              .getMessage();
      assertTrue(
          message.contains("assertion failed: [x =] [1.0 -2.0 0.1 ...] [of size] [4] [0.5]"),
          message);
      assertTrue(message.contains("(CheckOpsTest.java:"), message);
    }
  }

  @Test
  void whatIsNotRunDoesNotFail() {
    tf.assertThat(false, x);
    tf.checkNumerics(x, "never run");
    try (Session session = session("reference");
        Tensor value = session.run(tf.negative(x), Map.of(x, new float[] {Float.NaN}))) {
      assertTrue(Float.isNaN(value.getFloat(0)));
    }
  }

  @Test
  void gradientsAreCheckedToo() {
    Output root = tf.sqrt(tf.checkNumerics(x, "radicand"));
    Output gradient = tf.gradients(root, x).get(0);
    try (Session session = session("cpu")) {
      try (Tensor value = session.run(gradient, Map.of(x, new float[] {4}))) {
        assertEquals(0.25f, value.getFloat(0));
      }
      String message =
          assertThrows(
                  ExecutionException.class, () -> session.run(gradient, Map.of(x, new float[] {0})))
              .getMessage();
      assertTrue(message.contains("gradient of radicand : Tensor had Inf values"), message);
    }
  }

  @Test
  void aDefaultGivesWayToWhatIsFed() {
    Output fallback = tf.placeholderWithDefault(new float[] {1, 2}, Shape.of(-1));
    Output twice = tf.multiply(fallback, 2f);
    Output shaped = tf.fill(tf.shape(fallback), 0f);
    assertEquals(Shape.of(-1), twice.shape());
    try (Session session = session("cpu")) {
      try (Tensor value = session.run(twice)) {
        assertArrayEquals(new float[] {2, 4}, value.toFloatArray());
      }
      for (int size = 0; size < 4; size++) {
        float[] fed = new float[size];
        for (Tensor value : session.run(List.of(twice, shaped), Map.of(fallback, fed))) {
          assertArrayEquals(fed, value.toFloatArray());
          value.close();
        }
      }
    }
    assertThrows(GraphException.class, () -> tf.placeholderWithDefault(1f, Shape.of(2)));
  }
}
