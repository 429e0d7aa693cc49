package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Operand;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GradientsTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Output x = tf.placeholder(DType.FLOAT64, Shape.of(-1), "x");

  private double[] at(Operand fetch, double... values) {
    SessionOptions options = SessionOptions.defaults().device("reference");
    try (Session session = new Session(graph, options);
        Tensor result = session.run(fetch, Map.of(x, values))) {
      return result.toDoubleArray();
    }
  }

  private String refusal(List<? extends Operand> ys, List<? extends Operand> xs) {
    GraphException e = assertThrows(GraphException.class, () -> tf.gradients(ys, xs));
    assertTrue(e.getMessage().contains("\n  at " + GradientsTest.class.getName()), e.getMessage());
    return e.getMessage();
  }

  @Test
  void severalPathsAddUp() {
    Output y = tf.add(tf.multiply(x, x), tf.add(tf.sin(x), x));
    assertArrayEquals(
        new double[] {2 * 0.5 + Math.cos(0.5) + 1}, at(tf.gradients(y, x).get(0), 0.5), 1e-12);
  }

  @Test
  void gradientOfATensorWithRespectToItselfIsOnes() {
    assertArrayEquals(new double[] {1, 1}, at(tf.gradients(x, x).get(0), 3, 4));
  }

  @Test
  void anXOnTheWayToAnotherStillPassesItsGradient() {
    Output middle = tf.square(x);
    List<Output> gradients = tf.gradients(tf.square(middle), List.of(middle, x));
    assertArrayEquals(new double[] {18}, at(gradients.get(0), 3));
    assertArrayEquals(new double[] {108}, at(gradients.get(1), 3));
  }

  @Test
  void ysAreAddedAndWeighted() {
    List<Output> gradients =
        tf.gradients(
            List.of(tf.square(x), tf.multiply(x, 5)),
            List.of(x),
            List.of(tf.onesLike(x), tf.multiply(tf.onesLike(x), 10)));
    assertArrayEquals(new double[] {54}, at(gradients.get(0), 2));
    Output both = tf.gradients(List.of(tf.square(x), tf.square(x)), List.of(x)).get(0);
    assertArrayEquals(new double[] {8}, at(both, 2));
  }

  @Test
  void thirdOrder() {
    Output y = tf.pow(x, 4);
    Output third = tf.gradients(tf.gradients(tf.gradients(y, x).get(0), x).get(0), x).get(0);
    assertArrayEquals(new double[] {24 * 1.5}, at(third, 1.5), 1e-9);
  }

  @Test
  void deepGraphsNeedNoStack() {
    Output y = x;
    for (int i = 0; i < 10_000; i++) {
      y = tf.multiply(y, 1.0);
    }
    Output gradient = tf.gradients(y, x).get(0);
    int perNode = (graph.size() - 20_001) / 10_000;
    assertTrue(perNode <= 6, perNode + " operations for each");
    assertEquals(x.type(), gradient.type());
  }

  @Test
  void deepDoublingPathsAreWalkedOnce() {
    Output y = x;
    for (int i = 0; i < 60; i++) {
      y = tf.add(y, y);
    }
    assertArrayEquals(new double[] {Math.pow(2, 60)}, at(tf.gradients(y, x).get(0), 1));
  }

  @Test
  void extremesShareTheirGradientAmongEqualElements() {
    Output gradient = tf.gradients(tf.reduceMax(x), x).get(0);
    assertArrayEquals(new double[] {0, 0.5, 0.5}, at(gradient, 1, 2, 2));
  }

  @Test
  void productsWithZeros() {
    Output first = tf.gradients(tf.reduceProd(x), x).get(0);
    assertArrayEquals(new double[] {12, 8, 6}, at(first, 2, 3, 4));
    assertArrayEquals(new double[] {0, 8, 0}, at(first, 2, 0, 4));
    assertArrayEquals(new double[] {0, 0, 0}, at(first, 0, 0, 4));
    Output second = tf.gradients(tf.reduceSum(first), x).get(0);
    assertArrayEquals(new double[] {7, 6, 5}, at(second, 2, 3, 4));
    assertArrayEquals(new double[] {4, 6, 2}, at(second, 2, 0, 4));
    assertArrayEquals(new double[] {4, 4, 0}, at(second, 0, 0, 4));
  }

  @Test
  void nodesAreMadeInAScope() {
    Output gradient = tf.gradients(tf.withName("loss").square(x), x).get(0);
    assertTrue(gradient.name().startsWith("gradients/loss_grad/Mul"), gradient.name());
    for (Operation operation : graph.operations().subList(2, graph.size())) {
      assertTrue(operation.name().startsWith("gradients/"), operation.name());
    }
  }

  @Test
  void saysWhyThereIsNone() {
    Output y = tf.withName("y").square(2.0);
    assertTrue(refusal(List.of(y), List.of(x)).contains("it does not depend on x"));
    Output stopped = tf.square(tf.withName("stop").stopGradient(x));
    String message = refusal(List.of(stopped), List.of(x));
    assertTrue(message.contains("y Square:0"), message);
    assertTrue(message.contains("with respect to x x:0 float64[?]"), message);
    assertTrue(message.contains("ends at stop (StopGradient) made at"), message);
    assertTrue(message.contains("it is there to stop gradients"), message);
    assertEquals(List.of(Optional.empty()), tf.gradientsIfConnected(List.of(stopped), List.of(x)));
  }

  @Test
  void refusesWhatIsNotFloating() {
    Output counts = tf.constant(new int[] {1, 2});
    assertTrue(refusal(List.of(x), List.of(counts)).contains("is not floating"));
    assertTrue(refusal(List.of(tf.square(counts)), List.of(x)).contains("is not floating"));
    Output other = Ops.of(new Graph()).ones(1);
    assertTrue(refusal(List.of(x), List.of(other)).contains("belongs to another graph"));
    GraphException e =
        assertThrows(
            GraphException.class, () -> tf.gradients(List.of(x), List.of(x), List.of(tf.ones(3))));
    assertTrue(e.getMessage().contains("does not fit y x:0 float64[?]"), e.getMessage());
  }

  @Test
  void gradientsOfAVariableCountAllItsReads() {
    Variable v = tf.variable(3f, "v");
    Output gradient = tf.gradients(tf.multiply(v.readValue(), v), v).get(0);
    try (Session session = new Session(graph, SessionOptions.defaults().device("reference"))) {
      session.run(tf.globalVariablesInitializer());
      assertEquals(6f, session.run(gradient).floatValue());
    }
  }
}
