package io.millrace.ops.flow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ExecutionException;
import io.millrace.Graph;
import io.millrace.Operand;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Results;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.ops.LoopOptions;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoopOpsTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Output x = tf.placeholder(DType.FLOAT32, Shape.of(2));
  private final Output n = tf.placeholder(DType.INT32, Shape.of());

  private float[] run(String device, Operand y, int turns, float... fed) {
    for (boolean passes : new boolean[] {false, true}) {
      try (Session session =
              new Session(graph, SessionOptions.defaults().device(device).passes(passes));
          Tensor value = session.run(y, Map.of(x, fed, n, turns))) {
        if (passes) {
          return value.toFloatArray();
        }
      }
    }
    throw new AssertionError();
  }

  private Output power() {
    return tf.whileLoop(
            v -> tf.less(v.get(0), n),
            v -> List.of(tf.add(v.get(0), 1), tf.multiply(v.get(1), x)),
            List.of(tf.constant(0), tf.onesLike(x)))
        .get(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void aLoopTurnsAsOftenAsItsConditionHolds(String device) {
    Output y = power();
    assertArrayEquals(new float[] {8, 27}, run(device, y, 3, 2, 3));
    assertArrayEquals(new float[] {1, 1}, run(device, y, 0, 2, 3));
    assertArrayEquals(new float[] {1024, 1}, run(device, y, 10, 2, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void gradientsOfAnyOrderFollowTheTurns(String device) {
    Output y = power();
    Output dx = tf.gradients(y, x).get(0);
    assertArrayEquals(new float[] {12, 27}, run(device, dx, 3, 2, 3));
    assertArrayEquals(new float[] {0, 0}, run(device, dx, 0, 2, 3));
    Output ddx = tf.gradients(dx, x).get(0);
    assertArrayEquals(new float[] {12, 18}, run(device, ddx, 3, 2, 3));
    Output dddx = tf.gradients(ddx, x).get(0);
    assertArrayEquals(new float[] {6, 6}, run(device, dddx, 3, 2, 3));
    // More turns than the first guess has rows for.
    assertArrayEquals(new float[] {100, 100}, run(device, dx, 100, 1, 1));
    assertArrayEquals(new float[] {100 * 99, 100 * 99}, run(device, ddx, 100, 1, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void loopsNest(String device) {
    Output y =
        tf.whileLoop(
                v -> tf.less(v.get(0), n),
                v ->
                    List.of(
                        tf.add(v.get(0), 1),
                        tf.whileLoop(
                                w -> tf.less(w.get(0), v.get(0)),
                                w -> List.of(tf.add(w.get(0), 1), tf.multiply(w.get(1), x)),
                                List.of(tf.constant(0), v.get(1)))
                            .get(1)),
                List.of(tf.constant(0), tf.onesLike(x)))
            .get(1);
    // x^(0 + 1 + 2 + 3)
    assertArrayEquals(new float[] {64, 1}, run(device, y, 4, 2, 1));
    Output dx = tf.gradients(y, x).get(0);
    assertArrayEquals(new float[] {6 * 32, 6}, run(device, dx, 4, 2, 1));
    Output ddx = tf.gradients(dx, x).get(0);
    assertArrayEquals(new float[] {30 * 16, 30}, run(device, ddx, 4, 2, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void aLoopWritesVariables(String device) {
    Variable v = tf.variable(1f, "v");
    Output done =
        tf.whileLoop(
                w -> tf.less(w.get(0), n),
                w -> {
                  v.assignAdd(tf.cast(w.get(0), DType.FLOAT32));
                  return List.of(tf.add(w.get(0), 1));
                },
                List.of(tf.constant(0)))
            .get(0);
    try (Session session = new Session(graph, SessionOptions.defaults().device(device))) {
      session.run(tf.globalVariablesInitializer());
      session.run(done.operation(), Map.of(n, 5));
      try (Tensor value = session.run(v)) {
        assertEquals(11f, value.floatValue());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void eachTurnSeesWhatTheLastOneWrote(String device) {
    Variable v = tf.variable(1f, "v");
    Output done =
        tf.whileLoop(
                w -> tf.less(w.get(0), n),
                w -> {
                  Output doubled = v.assign(tf.multiply(v, 2));
                  try (Graph.Scope after =
                      graph.controlDependencies(List.of(doubled.operation()))) {
                    return List.of(tf.add(w.get(0), 1), tf.add(w.get(1), v));
                  }
                },
                List.of(tf.constant(0), tf.constant(0f)))
            .get(1);
    try (Session session = new Session(graph, SessionOptions.defaults().device(device))) {
      session.run(tf.globalVariablesInitializer());
      try (Tensor sum = session.run(done, Map.of(n, 3))) {
        assertEquals(2 + 4 + 8, sum.floatValue());
      }
      try (Tensor value = session.run(v)) {
        assertEquals(8f, value.floatValue());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void variablesThatALoopReadsAreTrained(String device) {
    Variable v = tf.variable(2f, "v");
    Output y =
        tf.whileLoop(
                w -> tf.less(w.get(0), n),
                w -> List.of(tf.add(w.get(0), 1), tf.multiply(w.get(1), v)),
                List.of(tf.constant(0), tf.constant(1f)))
            .get(1);
    Operation step = tf.train.gradientDescent(0.01f).minimize(y);
    try (Session session = new Session(graph, SessionOptions.defaults().device(device))) {
      session.run(tf.globalVariablesInitializer());
      session.run(step, Map.of(n, 3));
      try (Tensor value = session.run(v)) {
        assertEquals(2f - 0.01f * 12, value.floatValue(), 1e-6);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void eachTurnDrawsAnew(String device) {
    Output y =
        tf.whileLoop(
                w -> tf.less(w.get(0), n),
                w -> List.of(tf.add(w.get(0), 1), tf.maximum(w.get(1), tf.random.uniform(2))),
                List.of(tf.constant(0), tf.zerosLike(x)))
            .get(1);
    float few = run(device, y, 1, 0, 0)[0];
    float many = run(device, y, 200, 0, 0)[0];
    assertTrue(few < many && many > 0.9, few + " " + many);
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void aFailureNamesTheTurnAndTheLine(String device) {
    Output y =
        tf.whileLoop(
                w -> tf.less(w.get(0), n),
                w ->
                    List.of(
                        tf.add(w.get(0), 1),
                        tf.checkNumerics(tf.divide(w.get(1), x), "not finite")),
                List.of(tf.constant(0), tf.constant(new float[] {1e30f, 1})))
            .get(1);
    ExecutionException failure =
        assertThrows(ExecutionException.class, () -> run(device, y, 9, 1e-3f, 1));
    assertTrue(failure.getMessage().contains("in turn 2"), failure.getMessage());
    assertTrue(
        failure.getMessage().contains("in CheckNumerics (CheckNumerics)"), failure.getMessage());
    assertTrue(failure.getMessage().contains("(LoopOpsTest.java:"), failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void aLimitEndsALoop(String device) {
    Output y =
        tf.whileLoop(
                w -> tf.constant(true),
                w -> List.of(tf.multiply(w.get(0), 2)),
                List.of(x),
                LoopOptions.defaults().maximumIterations(5))
            .get(0);
    assertArrayEquals(new float[] {32, 64}, run(device, y, 0, 1, 2));
    Output dx = tf.gradients(y, x).get(0);
    assertArrayEquals(new float[] {32, 32}, run(device, dx, 0, 1, 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void rowsAreMappedFoldedAndScanned(String device) {
    Output rows = tf.stack(List.of(x, tf.multiply(x, 2), tf.multiply(x, 3)), 0);
    Output mapped = tf.mapFn(r -> tf.reduceSum(tf.square(r)), rows);
    assertArrayEquals(new float[] {5, 20, 45}, run(device, mapped, 0, 1, 2));
    Output left = tf.foldl((a, r) -> tf.subtract(r, a), rows, tf.zerosLike(x));
    assertArrayEquals(new float[] {2, 4}, run(device, left, 0, 1, 2));
    Output right = tf.foldr((a, r) -> tf.subtract(tf.multiply(a, 2), r), rows, tf.zerosLike(x));
    // 2 * (2 * (0 - 3x) - 2x) - x
    assertArrayEquals(new float[] {-17, -34}, run(device, right, 0, 1, 2));
    Output scanned = tf.scan((a, r) -> tf.multiply(a, r), rows, tf.onesLike(x));
    assertArrayEquals(new float[] {1, 2, 2, 8, 6, 48}, run(device, scanned, 0, 1, 2));
    Output d = tf.gradients(tf.reduceSum(scanned), x).get(0);
    // x + 2 x^2 + 6 x^3
    assertArrayEquals(new float[] {1 + 4 + 18, 1 + 8 + 72}, run(device, d, 0, 1, 2));
    Output dd = tf.gradients(d, x).get(0);
    assertArrayEquals(new float[] {4 + 36, 4 + 72}, run(device, dd, 0, 1, 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void branchesInLoopsHaveGradients(String device) {
    Output y =
        tf.whileLoop(
                w -> tf.less(w.get(0), n),
                w ->
                    List.of(
                        tf.add(w.get(0), 1),
                        tf.cond(
                            tf.equal(tf.mod(w.get(0), 2), 0),
                            () -> tf.multiply(w.get(1), x),
                            () -> tf.add(w.get(1), x))),
                List.of(tf.constant(0), tf.onesLike(x)))
            .get(1);
    // ((1 * x + x) * x + x) * x = 2x^3 + x^2 ... after three turns (x + x) * x
    assertArrayEquals(new float[] {8, 18}, run(device, y, 3, 2, 3));
    Output dx = tf.gradients(y, x).get(0);
    assertArrayEquals(new float[] {8, 12}, run(device, dx, 3, 2, 3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void aLoopInABranchHasGradients(String device) {
    Output y = tf.cond(tf.greater(n, 2), this::power, () -> tf.multiply(x, 7));
    Output dx = tf.gradients(y, x).get(0);
    assertArrayEquals(new float[] {12, 27}, run(device, dx, 3, 2, 3));
    assertArrayEquals(new float[] {7, 7}, run(device, dx, 1, 2, 3));
    try (Session session = new Session(graph, SessionOptions.defaults().device(device))) {
      Results both = session.run(List.of(y, dx), Map.of(x, new float[] {2, 3}, n, 4));
      assertArrayEquals(new float[] {16, 81}, both.get(0).toFloatArray());
      assertArrayEquals(new float[] {32, 108}, both.get(1).toFloatArray());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void aScanHasNoTurnsBeyondItsRows(String device) {
    Output rows = tf.stack(List.of(x, x), 0);
    LoopOps.Scan one =
        (LoopOps.Scan) tf.foldl((a, r) -> tf.add(a, r), rows, tf.zerosLike(x)).operation().op();
    Output turns = tf.cast(n, DType.INT64);
    Output sum = tf.result(one, turns, tf.zerosLike(x), rows);
    assertArrayEquals(new float[] {4, 6}, run(device, sum, 2, 2, 3));
    ExecutionException failure =
        assertThrows(ExecutionException.class, () -> run(device, sum, 3, 2, 3));
    assertTrue(
        failure.getMessage().contains("more than the 2 turns that there are rows for"),
        failure.getMessage());
  }
}
