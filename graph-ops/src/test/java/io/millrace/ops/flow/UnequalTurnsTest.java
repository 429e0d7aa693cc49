package io.millrace.ops.flow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ExecutionException;
import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Output;
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
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loops of which no two turns are alike: shapes grow, data decide sizes, devices meet. */
class UnequalTurnsTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Output x = tf.placeholder(DType.FLOAT32, Shape.of(Shape.UNKNOWN));
  private final Output n = tf.placeholder(DType.INT32, Shape.of());

  private float[] run(String device, Output y, int turns, float... fed) {
    float[] last = {};
    for (boolean passes : new boolean[] {false, true}) {
      try (Session session =
          new Session(graph, SessionOptions.defaults().device(device).passes(passes))) {
        for (int again = 0; again < 2; again++) {
          try (Tensor value = session.run(y, Map.of(x, fed, n, turns))) {
            last = value.toFloatArray();
          }
        }
      }
    }
    return last;
  }

  /** Returns what n turns make of x if each makes something of another shape. */
  private Output growing(Object turns, UnaryOperator<Output> next) {
    return tf.whileLoop(
            v -> tf.less(v.get(0), turns),
            v -> List.of(tf.add(v.get(0), 1), next.apply(v.get(1))),
            List.of(tf.constant(0), x),
            LoopOptions.defaults().shapeInvariants(Shape.of(), Shape.of(Shape.UNKNOWN)))
        .get(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void shapesGrow(String device) {
    Output y = growing(n, v -> tf.concat(List.of(v, tf.multiply(v, 2)), 0));
    assertArrayEquals(new float[] {1, 2, 2, 4, 2, 4, 4, 8}, run(device, y, 3, 1));
    assertArrayEquals(new float[] {1, 3}, run(device, y, 0, 1, 3));
    assertArrayEquals(new float[] {1, 3, 2, 6}, run(device, y, 1, 1, 3));
    Output fixed = growing(2, v -> tf.concat(List.of(v, v), 0));
    assertArrayEquals(new float[] {5, 5, 5, 5}, run(device, fixed, 0, 5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void gradientsFlowThroughTurnsThatGrow(String device) {
    // With two turns: a + 2 a^2 + a^4.
    Output y = tf.reduceSum(growing(n, v -> tf.concat(List.of(v, tf.square(v)), 0)));
    Output dx = tf.gradients(y, x).get(0);
    assertArrayEquals(new float[] {1 + 12 + 4 * 27, 1}, run(device, dx, 2, 3, 0));
    assertArrayEquals(new float[] {1, 1}, run(device, dx, 0, 3, 0));
    Output ddx = tf.gradients(dx, x).get(0);
    assertArrayEquals(new float[] {4 + 12 * 9, 4}, run(device, ddx, 2, 3, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void dataDecideTheSizesInATurn(String device) {
    // Each turn drops what is not above its number.
    Output y =
        tf.whileLoop(
                v -> tf.less(v.get(0), tf.cast(n, DType.FLOAT32)),
                v ->
                    List.of(
                        tf.add(v.get(0), 1),
                        tf.add(v.get(1), tf.reduceSum(tf.booleanMask(x, tf.greater(x, v.get(0)))))),
                List.of(tf.constant(0f), tf.constant(0f)))
            .get(1);
    assertArrayEquals(new float[] {6 + 5 + 3}, run(device, y, 3, 1, 2, 3, 0));
    Output dx = tf.gradients(y, x).get(0);
    assertArrayEquals(new float[] {1, 2, 3, 0}, run(device, dx, 3, 1, 2, 3, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void dataDecideWhenGrowthEnds(String device) {
    Output y =
        tf.whileLoop(
                v -> tf.less(tf.reduceSum(v.get(0)), 20f),
                v -> List.of(tf.concat(List.of(v.get(0), tf.add(v.get(0), 1)), 0)),
                List.of(x),
                LoopOptions.defaults().shapeInvariants(Shape.of(Shape.UNKNOWN)))
            .get(0);
    assertArrayEquals(new float[] {1, 2, 2, 3, 2, 3, 3, 4}, run(device, tf.add(y, 0f), 0, 1));
    assertArrayEquals(new float[] {30}, run(device, y, 0, 30));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void variablesAreWrittenAndRandomNumbersDrawnInEachTurn(String device) {
    Variable v = tf.variable(1f, "v");
    Output y =
        growing(
            n,
            w -> {
              v.assign(tf.multiply(v, 2));
              return tf.concat(List.of(w, tf.random.uniform(1)), 0);
            });
    try (Session session = new Session(graph, SessionOptions.defaults().device(device))) {
      session.run(tf.globalVariablesInitializer());
      try (Tensor value = session.run(y, Map.of(n, 3, x, new float[] {}))) {
        float[] drawn = value.toFloatArray();
        assertEquals(3, drawn.length);
        assertTrue(drawn[0] != drawn[1] && drawn[1] != drawn[2]);
      }
      try (Tensor value = session.run(v)) {
        assertEquals(8f, value.floatValue());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void branchesSeeWhatWasWrittenBeforeAndWriteThemselves(String device) {
    Variable v = tf.variable(1f, "v");
    Output plus = v.assignAdd(1f);
    Output y;
    try (Graph.Scope after = graph.controlDependencies(List.of(plus.operation()))) {
      y =
          tf.cond(
              tf.greater(n, 0),
              () -> {
                Output times = v.assign(tf.multiply(v, 10f));
                try (Graph.Scope then = graph.controlDependencies(List.of(times.operation()))) {
                  return tf.add(v, 0f);
                }
              },
              () -> tf.add(v, 0.5f));
    }
    try (Session session = new Session(graph, SessionOptions.defaults().device(device))) {
      session.run(tf.globalVariablesInitializer());
      try (Tensor first = session.run(y, Map.of(n, 1));
          Tensor second = session.run(y, Map.of(n, 0))) {
        assertEquals(20f, first.floatValue());
        assertEquals(21.5f, second.floatValue());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void turnsMayBeMany(String device) {
    // The shape alternates.
    Output y =
        tf.whileLoop(
                v -> tf.less(v.get(0), n),
                v ->
                    List.of(
                        tf.add(v.get(0), 1),
                        tf.cond(
                            tf.equal(tf.floormod(v.get(0), 2), 0),
                            () -> tf.concat(List.of(v.get(1), v.get(1)), 0),
                            () -> tf.slice(tf.add(v.get(1), 1), 0, 1))),
                List.of(tf.constant(0), x),
                LoopOptions.defaults().shapeInvariants(Shape.of(), Shape.of(Shape.UNKNOWN)))
            .get(1);
    try (Session session = new Session(graph, SessionOptions.defaults().device(device))) {
      for (int turns : new int[] {1000, 301}) {
        try (Tensor value = session.run(y, Map.of(n, turns, x, new float[] {0}))) {
          float[] values = value.toFloatArray();
          assertEquals(1 + turns % 2, values.length);
          assertEquals(turns / 2, values[0]);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void aFailedRunLeavesNothingOfItsTurns(String device) {
    graph.setSeed(7);
    Variable v = tf.variable(1f, "v");
    Output y =
        growing(
            n,
            w -> {
              v.assignAdd(1f);
              Output drawn = tf.random.uniform(Shape.of(1));
              return tf.concat(
                  List.of(w, tf.checkNumerics(tf.divide(drawn, tf.slice(w, 0, 1)), "not finite")),
                  0);
            });
    try (Session session = new Session(graph, SessionOptions.defaults().device(device));
        Session other = new Session(graph, SessionOptions.defaults().device(device))) {
      session.run(tf.globalVariablesInitializer());
      other.run(tf.globalVariablesInitializer());
      assertThrows(
          ExecutionException.class, () -> session.run(y, Map.of(n, 3, x, new float[] {0})));
      try (Tensor value = session.run(v)) {
        assertEquals(1f, value.floatValue());
      }
      try (Tensor after = session.run(y, Map.of(n, 3, x, new float[] {1}));
          Tensor first = other.run(y, Map.of(n, 3, x, new float[] {1}))) {
        assertArrayEquals(first.toFloatArray(), after.toFloatArray());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void explainSaysHowAndWhy(String device) {
    Output y = growing(2, v -> tf.concat(List.of(v, v), 0));
    Output z =
        tf.whileLoop(
                v -> tf.less(v.get(0), n),
                v -> List.of(tf.add(v.get(0), 1)),
                List.of(tf.constant(0)))
            .get(0);
    try (Session session = new Session(graph, SessionOptions.defaults().device(device))) {
      String text = session.explain(List.of(y, z), Map.of(x, new float[] {1}, n, 3));
      assertTrue(text.contains("while: its turns are written out"), text);
      assertTrue(text.contains("goes in as float32[1] and comes out as float32[2]"), text);
      assertTrue(text.contains("while_1: one instruction, whose turns have the same types"), text);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void loopsNestWhateverTheirTurns(String device) {
    // A loop that grows in one that does not, with one of equal turns in it.
    Output y =
        tf.whileLoop(
                v -> tf.less(v.get(0), n),
                v ->
                    List.of(
                        tf.add(v.get(0), 1),
                        tf.add(
                            v.get(1),
                            tf.reduceSum(
                                growing(
                                    v.get(0),
                                    w ->
                                        tf.concat(
                                            List.of(
                                                w,
                                                tf.whileLoop(
                                                        u -> tf.less(u.get(0), 2),
                                                        u ->
                                                            List.of(
                                                                tf.add(u.get(0), 1),
                                                                tf.multiply(u.get(1), 2)),
                                                        List.of(tf.constant(0), w))
                                                    .get(1)),
                                            0))))),
                List.of(tf.constant(0), tf.constant(0f)))
            .get(1);
    // Each turn inside multiplies the sum by 1 + 4.
    assertArrayEquals(new float[] {3 * (1 + 5 + 25)}, run(device, y, 3, 1, 2));
    Output dx = tf.gradients(y, x).get(0);
    assertArrayEquals(new float[] {31, 31}, run(device, dx, 3, 1, 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void branchesOfDifferentShapesInALoop(String device) {
    Output y =
        growing(
            n,
            v ->
                tf.cond(
                    tf.less(tf.reduceSum(v), 5f),
                    () -> tf.concat(List.of(v, v), 0),
                    () -> tf.slice(v, 0, 1)));
    assertArrayEquals(new float[] {1, 1, 1, 1}, run(device, y, 2, 1));
    assertArrayEquals(new float[] {1}, run(device, y, 4, 1));
    Output dx = tf.gradients(tf.reduceSum(y), x).get(0);
    assertArrayEquals(new float[] {4}, run(device, dx, 2, 1));
    assertArrayEquals(new float[] {1}, run(device, dx, 4, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void aFailureNamesTheTurnAndTheLine(String device) {
    Output y =
        growing(
            n,
            v -> tf.checkNumerics(tf.concat(List.of(tf.multiply(v, 1e30f), v), 0), "not finite"));
    ExecutionException failure = assertThrows(ExecutionException.class, () -> run(device, y, 4, 1));
    assertTrue(failure.getMessage().contains("in turn 1"), failure.getMessage());
    assertTrue(failure.getMessage().contains("(UnequalTurnsTest.java:"), failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void rowsThatDifferAreNoTensor(String device) {
    Output y =
        tf.mapFn(row -> tf.range(0, tf.cast(row, DType.INT32), 1), tf.placeholder(DType.FLOAT32));
    Output rows = y.operation().input(1);
    try (Session session = new Session(graph, SessionOptions.defaults().device(device))) {
      try (Tensor value = session.run(y, Map.of(rows, new float[] {2, 2}))) {
        assertArrayEquals(new int[] {0, 1, 0, 1}, value.toIntArray());
      }
      GraphException refused =
          assertThrows(
              GraphException.class, () -> session.run(y, Map.of(rows, new float[] {2, 3})));
      assertTrue(refused.getMessage().contains("differ in shape"), refused.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void devicesMeetInATurn(String device) {
    Output y =
        tf.whileLoop(
                v -> tf.less(v.get(0), n),
                v -> {
                  try (Graph.Scope elsewhere = graph.device("reference:0")) {
                    return List.of(tf.add(v.get(0), 1), tf.multiply(v.get(1), 3));
                  }
                },
                List.of(tf.constant(0), x))
            .get(1);
    assertArrayEquals(new float[] {27, 54}, run(device, y, 3, 1, 2));
    Output dx = tf.gradients(y, x).get(0);
    assertArrayEquals(new float[] {27, 27}, run(device, dx, 3, 1, 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void aTurnThatThereIsNotCannotFail(String device) {
    Output y =
        tf.whileLoop(
                v -> tf.less(v.get(0), n),
                v -> List.of(tf.add(v.get(0), 1), tf.add(v.get(1), tf.reshape(x, Shape.of(2, 2)))),
                List.of(0, tf.zeros(DType.FLOAT32, Shape.of(2, 2))))
            .get(1);
    assertArrayEquals(new float[4], run(device, y, 0, 5));
    assertArrayEquals(new float[] {2, 4, 6, 8}, run(device, y, 2, 1, 2, 3, 4));
    GraphException refused = assertThrows(GraphException.class, () -> run(device, y, 1, 5));
    assertTrue(refused.getMessage().contains("float32[1] has 1 elements"), refused.getMessage());
    assertTrue(refused.getMessage().contains("(UnequalTurnsTest.java:"), refused.getMessage());
  }
}
