package io.millrace.ops.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ExecutionException;
import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Results;
import io.millrace.Session;
import io.millrace.Tensor;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BranchOpsTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1));
  private final Output p = tf.placeholder(DType.BOOL, Shape.of());
  private final Session session = new Session(graph);

  @AfterEach
  void close() {
    session.close();
  }

  private float[] run(Output y, boolean taken, float... fed) {
    try (Tensor value = session.run(y, Map.of(x, fed, p, taken))) {
      return value.toFloatArray();
    }
  }

  private void expect(Output y, boolean taken, float[] fed, float... expected) {
    float[] actual = run(y, taken, fed);
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 1e-6);
    }
  }

  @Test
  void theBranchTakenGivesTheResult() {
    Output y = tf.cond(p, () -> tf.multiply(x, 2), () -> tf.square(x));
    expect(y, true, new float[] {1, 3}, 2, 6);
    expect(y, false, new float[] {1, 3}, 1, 9);
  }

  @Test
  void branchesNest() {
    Output big = tf.greater(tf.reduceSum(x), 10);
    Output y =
        tf.cond(
            p,
            () -> tf.cond(big, () -> tf.add(x, 100), () -> tf.add(x, 1)),
            () -> tf.cond(big, () -> tf.subtract(x, 100), () -> tf.subtract(x, 1)));
    expect(y, true, new float[] {20}, 120);
    expect(y, true, new float[] {2}, 3);
    expect(y, false, new float[] {20}, -80);
    expect(y, false, new float[] {2}, 1);
  }

  @Test
  void shapesOfBranchesMayDiffer() {
    Output y = tf.cond(p, () -> tf.concat(List.of(x, x), 0), () -> tf.slice(x, 0, 1));
    expect(y, true, new float[] {1, 2}, 1, 2, 1, 2);
    expect(y, false, new float[] {1, 2}, 1);
  }

  @Test
  void aBranchThatIsNotTakenDoesNotFail() {
    Output y = tf.cond(p, () -> tf.checkNumerics(x, "not finite"), () -> tf.multiply(x, 0.5f));
    expect(y, false, new float[] {Float.POSITIVE_INFINITY}, Float.POSITIVE_INFINITY);
    ExecutionException failure =
        assertThrows(ExecutionException.class, () -> run(y, true, Float.POSITIVE_INFINITY));
    String message = failure.getMessage();
    assertTrue(message.contains("in CheckNumerics (CheckNumerics)"), message);
    assertTrue(message.contains("called by cond (If)"), message);
  }

  @Test
  void aBranchWritesVariables() {
    Variable v = tf.variable(1f, "v");
    session.run(tf.globalVariablesInitializer());
    Operation step = tf.condRun(p, () -> v.assignAdd(10f), () -> v.assign(tf.multiply(v, 2)));
    session.run(step, Map.of(p, true));
    session.run(step, Map.of(p, false));
    try (Tensor value = session.run(v)) {
      assertEquals(22f, value.floatValue());
    }
  }

  @Test
  void whatFollowsABranchSeesWhatItWrote() {
    Variable v = tf.variable(1f, "v");
    session.run(tf.globalVariablesInitializer());
    Operation step = tf.condRun(p, () -> v.assignAdd(10f), () -> v.assignAdd(1f));
    Output after;
    try (Graph.Scope ignored = graph.controlDependencies(List.of(step))) {
      after = tf.multiply(v, 3);
    }
    try (Tensor value = session.run(after, Map.of(p, true))) {
      assertEquals(33f, value.floatValue());
    }
  }

  @Test
  void aCaseOutsideItsBranchesIsTheLast() {
    Output i = tf.placeholder(DType.INT32, Shape.of());
    Output y =
        tf.switchCase(i, List.of(() -> tf.add(x, 1), () -> tf.add(x, 2), () -> tf.add(x, 3)));
    for (int index = -1; index < 5; index++) {
      float expected = index < 0 || index > 2 ? 3 : index + 1;
      try (Tensor value = session.run(y, Map.of(x, new float[] {0}, i, index))) {
        assertEquals(expected, value.toFloatArray()[0]);
      }
    }
  }

  @Test
  void aFunctionIsBuiltOnceAndCalledOften() {
    Variable scale = tf.variable(3f, "scale");
    session.run(tf.globalVariablesInitializer());
    GraphFunction f =
        tf.function(
            "scaled",
            List.of(new TensorType(DType.FLOAT32, Shape.of(-1))),
            a -> List.of(tf.multiply(a.get(0), scale), tf.size(a.get(0))));
    Output once = tf.call(f, x).get(0);
    List<Output> twice = tf.call(f, once);
    expect(twice.get(0), true, new float[] {1, 2}, 9, 18);
    GraphException refused = assertThrows(GraphException.class, () -> tf.call(f, p));
    assertTrue(
        refused.getMessage().contains("argument 0 of the function 'scaled' must be float32[?]"),
        refused.getMessage());
  }

  @Test
  void sidesOfASwitchThatAreNotTakenHaveNoValue() {
    List<Output> sides = tf.switchOf(x, p);
    Output twice = tf.multiply(sides.get(1), 2);
    List<Output> merged = tf.merge(tf.negative(sides.get(0)), twice);
    expect(merged.get(0), true, new float[] {3}, 6);
    expect(merged.get(0), false, new float[] {3}, -3);
    expect(twice, true, new float[] {3}, 6);
    ExecutionException failure = assertThrows(ExecutionException.class, () -> run(twice, false, 3));
    assertTrue(
        failure.getMessage().contains("it is on a branch that is not taken"), failure.getMessage());
  }

  @Test
  void whatIsMadeInABranchStaysThere() {
    Output[] inside = new Output[1];
    tf.cond(p, () -> inside[0] = tf.multiply(x, 2), () -> x);
    GraphException failure = assertThrows(GraphException.class, () -> tf.negative(inside[0]));
    assertTrue(
        failure.getMessage().contains("belongs to the function 'then'"), failure.getMessage());
  }

  @Test
  void gradientsFollowTheBranchTaken() {
    Output y =
        tf.cond(
            p,
            () -> tf.multiply(tf.exp(x), x),
            () -> tf.multiply(tf.square(x), tf.multiply(x, 0.5f)));
    Output dx = tf.gradients(y, x).get(0);
    float e = (float) Math.exp(2);
    expect(dx, true, new float[] {2}, 3 * e);
    expect(dx, false, new float[] {2}, 6);
    Output ddx = tf.gradients(dx, x).get(0);
    expect(ddx, true, new float[] {2}, 4 * e);
    expect(ddx, false, new float[] {2}, 6);
    Output dddx = tf.gradients(ddx, x).get(0);
    expect(dddx, true, new float[] {2}, 5 * e);
    expect(dddx, false, new float[] {2}, 3);
  }

  @Test
  void gradientsPassThroughNestedBranchesAndCalls() {
    GraphFunction cube =
        tf.function(
            "cube",
            List.of(new TensorType(DType.FLOAT32, Shape.of(-1))),
            a -> List.of(tf.multiply(tf.square(a.get(0)), a.get(0))));
    Output positive = tf.greater(tf.reduceSum(x), 0);
    Output y =
        tf.cond(
            p,
            () ->
                tf.cond(
                    positive,
                    () -> tf.multiply(tf.call(cube, x).get(0), x),
                    () -> tf.sin(tf.multiply(x, 2))),
            () -> tf.call(cube, x).get(0));
    Output dx = tf.gradients(y, x).get(0);
    expect(dx, true, new float[] {3}, 108);
    expect(dx, true, new float[] {-1}, (float) (2 * Math.cos(-2)));
    expect(dx, false, new float[] {3}, 27);
    Output ddx = tf.gradients(dx, x).get(0);
    expect(ddx, true, new float[] {3}, 108);
    expect(ddx, true, new float[] {-1}, (float) (-4 * Math.sin(-2)));
    expect(ddx, false, new float[] {3}, 18);
  }

  @Test
  void whatABranchDrawsItsGradientUses() {
    Output y =
        tf.cond(
            p, () -> tf.multiply(tf.random.uniform(1000), tf.reduceSum(x)), () -> tf.tile(x, 1000));
    Output dx = tf.gradients(y, x).get(0);
    Results both = session.run(List.of(y, dx), Map.of(x, new float[] {1}, p, true));
    double sum = 0;
    for (float drawn : both.get(0).toFloatArray()) {
      sum += drawn;
    }
    assertEquals(sum, both.get(1).toFloatArray()[0], 0.01);
  }

  @Test
  void whatOnlyOneBranchDependsOnHasGradientZeroInTheOther() {
    Output w = tf.placeholder(DType.FLOAT32, Shape.of());
    Output y = tf.cond(p, () -> tf.multiply(x, w), () -> x);
    List<Output> d = tf.gradients(y, x, w);
    try (Tensor dw = session.run(d.get(1), Map.of(x, new float[] {2, 5}, w, 3f, p, true))) {
      assertEquals(7f, dw.floatValue());
    }
    try (Tensor dw = session.run(d.get(1), Map.of(x, new float[] {2, 5}, w, 3f, p, false))) {
      assertEquals(0f, dw.floatValue());
    }
  }

  @Test
  void aVariableInABranchIsTrained() {
    Variable v = tf.variable(1f, "v");
    Output loss = tf.cond(p, () -> tf.square(tf.subtract(v, 3)), () -> tf.multiply(v, 2));
    Operation step = tf.train.gradientDescent(0.25f).minimize(loss);
    session.run(tf.globalVariablesInitializer());
    session.run(step, Map.of(p, true));
    try (Tensor value = session.run(v)) {
      assertEquals(2f, value.floatValue());
    }
    session.run(step, Map.of(p, false));
    try (Tensor value = session.run(v)) {
      assertEquals(1.5f, value.floatValue());
    }
  }

  /**
   * The order of the axes, which the first gradient left in the branch, is asked for by the next.
   */
  @Test
  void productsInBranchesHaveSecondGradients() {
    Output y = tf.cond(p, () -> tf.reduceProd(x), () -> tf.reduceSum(x));
    Output first = tf.gradients(y, x).get(0);
    Output second = tf.gradients(tf.reduceSum(first), x).get(0);
    expect(first, true, new float[] {1, 2, 3}, 6, 3, 2);
    expect(second, true, new float[] {1, 2, 3}, 5, 4, 3);
    expect(second, true, new float[] {0, 0, 3, 4}, 12, 12, 0, 0);
    expect(second, false, new float[] {1, 2, 3}, 0, 0, 0);
  }

  @Test
  void gradientsPassThroughSwitches() {
    List<Output> sides = tf.switchOf(x, p);
    Output y = tf.merge(tf.square(sides.get(0)), tf.multiply(tf.exp(sides.get(1)), 2)).get(0);
    Output dx = tf.gradients(y, x).get(0);
    expect(dx, true, new float[] {1}, (float) (2 * Math.E));
    expect(dx, false, new float[] {3}, 6);
    Output ddx = tf.gradients(dx, x).get(0);
    expect(ddx, true, new float[] {1}, (float) (2 * Math.E));
    expect(ddx, false, new float[] {3}, 2);
  }

  @Test
  void mistakesAreNamed() {
    String vector =
        assertThrows(GraphException.class, () -> tf.cond(x, () -> x, () -> x)).getMessage();
    assertTrue(vector.contains("the predicate must be a scalar, but is Placeholder:0"), vector);
    String nothing =
        assertThrows(GraphException.class, () -> tf.cond(p, () -> x, () -> null)).getMessage();
    assertTrue(nothing.contains("what a branch gives"), nothing);
    assertTrue(nothing.contains("(BranchOpsTest.java:"), nothing);
    String list =
        assertThrows(GraphException.class, () -> tf.condOfAll(p, () -> List.of(x), () -> null))
            .getMessage();
    assertTrue(list.contains("results"), list);
  }
}
