package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Holds the optimizers to their formulas, on the loss {@code w^2 / 2} whose gradient is w. */
class OptimizerTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private Session session() {
    return new Session(graph, SessionOptions.defaults().device("reference"));
  }

  private static void assertRefused(String part, Runnable action) {
    String message = assertThrows(GraphException.class, action::run).getMessage();
    assertTrue(message.contains(part), () -> "'" + part + "' is not in: " + message);
    assertTrue(message.contains("(OptimizerTest.java:"), message);
  }

  private static List<GradientAndVariable> pairs(Output gradient, Variable variable) {
    return List.of(new GradientAndVariable(Optional.of(gradient), variable));
  }

  private Variable weight(double start) {
    return tf.variable(tf.constant(start, DType.FLOAT64), "w");
  }

  private Output loss(Variable w) {
    return tf.nn.l2Loss(w);
  }

  /** Returns the weight after some steps from 1. */
  private double train(Optimizer optimizer, int steps) {
    Variable w = weight(1);
    Operation step = optimizer.minimize(loss(w));
    try (Session session = session()) {
      session.run(tf.globalVariablesInitializer());
      for (int i = 0; i < steps; i++) {
        session.run(step);
      }
      return session.run(w).doubleValue();
    }
  }

  @Test
  void descends() {
    assertEquals(Math.pow(0.75, 3), train(tf.train.gradientDescent(0.25f), 3), 1e-12);
  }

  @Test
  void keepsMomentum() {
    double w = 1;
    double sum = 0;
    for (int i = 0; i < 4; i++) {
      sum = 0.5 * sum + w;
      w -= 0.125 * sum;
    }
    assertEquals(w, train(tf.train.momentum(0.125f, 0.5f), 4), 1e-12);
  }

  @Test
  void looksAhead() {
    double w = 1;
    double sum = 0;
    for (int i = 0; i < 4; i++) {
      double gradient = w;
      sum = 0.5 * sum + gradient;
      w -= 0.125 * gradient + 0.125 * 0.5 * sum;
    }
    assertEquals(w, train(tf.train.nesterov(0.125f, 0.5f), 4), 1e-12);
  }

  @Test
  void slowsDownWhereItHasBeen() {
    double w = 1;
    double sum = 0.1;
    for (int i = 0; i < 4; i++) {
      sum += w * w;
      w -= 0.125 * w / Math.sqrt(sum);
    }
    assertEquals(w, train(tf.train.adagrad(0.125f), 4), 1e-12);
    assertEquals("Adagrad", graph.operation("Adagrad").name());
  }

  @Test
  void adapts() {
    double w = 1;
    double m = 0;
    double v = 0;
    for (int t = 1; t <= 4; t++) {
      double gradient = w;
      m = 0.5 * m + 0.5 * gradient;
      v = 0.75 * v + 0.25 * gradient * gradient;
      double rate = 0.125 * Math.sqrt(1 - Math.pow(0.75, t)) / (1 - Math.pow(0.5, t));
      w -= rate * m / (Math.sqrt(v) + 0.0625);
    }
    assertEquals(w, train(tf.train.adam(0.125f, 0.5f, 0.75f, 0.0625f), 4), 1e-12);
  }

  @Test
  void namesItsOperationsAsTensorFlowDoes() {
    Variable w = weight(1);
    Optimizer adam = tf.train.adam();
    Operation step = adam.minimize(loss(w));
    assertEquals("Adam", step.name());
    assertEquals("NoOp", step.type());
    assertEquals("ApplyAdam", graph.operation("Adam/update_w/ApplyAdam").type());
    assertEquals("w/Adam", adam.slot(w, "m").orElseThrow().name());
    assertEquals("w/Adam_1", adam.slot(w, "v").orElseThrow().name());
    assertEquals("beta1_power", graph.operation("beta1_power").name());
    assertEquals(Optional.empty(), adam.slot(w, "momentum"));
    assertEquals("Momentum", tf.train.momentum(1, 0).minimize(loss(w)).name());
    assertEquals("w/Momentum", graph.operation("w/Momentum").name());
  }

  @Test
  void takesARateThatChanges() {
    Variable w = weight(1);
    Output rate = tf.placeholder(DType.FLOAT32, Shape.scalar(), "rate");
    Operation step = tf.train.gradientDescent(rate).minimize(loss(w));
    try (Session session = session()) {
      session.run(tf.globalVariablesInitializer());
      session.run(step, Map.of(rate, 0.5f));
      session.run(step, Map.of(rate, 0.25f));
      assertEquals(0.375, session.run(w).doubleValue());
    }
  }

  @Test
  void countsSteps() {
    Variable w = weight(1);
    Variable count = tf.train.createGlobalStep();
    assertEquals(count, tf.train.getOrCreateGlobalStep());
    assertRefused("has a global step already", () -> tf.train.createGlobalStep());
    Operation step = tf.train.gradientDescent(0.5f).minimize(loss(w), count);
    try (Session session = session()) {
      session.run(tf.globalVariablesInitializer());
      session.run(step);
      session.run(step);
      assertEquals(2, session.run(count).longValue());
      assertEquals(0.25, session.run(w).doubleValue());
    }
  }

  @Test
  void changesOnlyTheVariablesAskedFor() {
    Variable w = weight(1);
    Variable other = tf.variable(tf.constant(1, DType.FLOAT64), "other");
    Operation step =
        tf.train
            .gradientDescent(0.5f)
            .minimize(
                tf.add(loss(w), loss(other)), Optimizer.Options.defaults().variables(List.of(w)));
    try (Session session = session()) {
      session.run(tf.globalVariablesInitializer());
      session.run(step);
      assertEquals(0.5, session.run(w).doubleValue());
      assertEquals(1, session.run(other).doubleValue());
    }
  }

  @Test
  void appliesChangedGradientsAndSkipsMissingOnes() {
    Variable w = weight(1);
    Variable apart = weight(1);
    Optimizer optimizer = tf.train.gradientDescent(1f);
    List<GradientAndVariable> gradients = optimizer.computeGradients(loss(w));
    assertEquals(Optional.empty(), gradients.get(1).gradient());
    Operation step =
        optimizer.applyGradients(
            gradients.stream().map(g -> g.map(x -> tf.multiply(x, 0.25))).toList());
    try (Session session = session()) {
      session.run(tf.globalVariablesInitializer());
      session.run(step);
      assertEquals(0.75, session.run(w).doubleValue());
      assertEquals(1, session.run(apart).doubleValue());
    }
  }

  @Test
  void makesSlotsThatDoNotWaitForControlDependencies() {
    Variable w = weight(1);
    Output x = tf.placeholder(DType.FLOAT64, Shape.scalar(), "x");
    Variable average = tf.variable(tf.constant(0, DType.FLOAT64), "average");
    Output update = average.assign(x);
    Operation step;
    Graph.Scope scope = graph.controlDependencies(List.of(update.operation()));
    try (scope) {
      step = tf.train.adam(0.5f).minimize(loss(w));
    }
    try (Session session = session()) {
      session.run(tf.globalVariablesInitializer());
      session.run(step, Map.of(x, 3.0));
      assertEquals(3, session.run(average).doubleValue());
      assertEquals(0.5, session.run(w).doubleValue(), 1e-6);
    }
  }

  @Test
  void sharesSlotsBetweenItsSteps() {
    Variable w = weight(1);
    Optimizer optimizer = tf.train.momentum(0.5f, 0.5f);
    optimizer.minimize(loss(w));
    int variables = graph.collection("variables").size();
    assertEquals("Momentum_1", optimizer.minimize(loss(w)).name());
    assertEquals(variables, graph.collection("variables").size());
  }

  /** As in TensorFlow: its trainable variables hold {@code tf.Variable(0)} too. */
  @Test
  void countersAmongTheTrainableVariablesHaveNoGradient() {
    Variable count = tf.variable(0, "count");
    Variable w = weight(3);
    Output loss = tf.multiply(tf.cast(tf.add(count, 1), DType.FLOAT64), tf.square(w));
    Optimizer optimizer = tf.train.gradientDescent(0.1);
    List<GradientAndVariable> gradients = optimizer.computeGradients(loss);
    assertEquals(List.of(count, w), gradients.stream().map(g -> g.variable()).toList());
    assertEquals(
        List.of(false, true), gradients.stream().map(g -> g.gradient().isPresent()).toList());
    Operation train = optimizer.minimize(loss);
    try (Session session = new Session(graph)) {
      session.run(tf.globalVariablesInitializer());
      session.run(train);
      assertEquals(2.4, session.run(w).doubleValue(), 1e-7);
      assertEquals(0, session.run(count).intValue());
    }
  }

  @Test
  void refusesWhatCannotBeTrained() {
    Output x = tf.placeholder(DType.FLOAT32, Shape.scalar(), "x");
    Optimizer optimizer = tf.train.gradientDescent(0.5f);
    assertRefused("the graph has no trainable variables", () -> optimizer.minimize(x));
    Variable w = weight(1);
    Variable count = tf.variable(0L, "count", Variable.Options.notTrainable());
    assertRefused(
        "x:0 float32[] depends on none of the variables [w]", () -> optimizer.minimize(x));
    assertRefused(
        "a loss must be floating, not", () -> optimizer.minimize(tf.cast(w, DType.INT32)));
    assertRefused(
        "only floating variables can be trained, not count",
        () -> optimizer.computeGradients(loss(w), List.of(count)));
    assertRefused(
        "there are no gradients by the variables [w]",
        () -> optimizer.applyGradients(List.of(new GradientAndVariable(Optional.empty(), w))));
    assertRefused(
        "learning_rate must be a number or a scalar tensor",
        () -> tf.train.gradientDescent(tf.constant(new double[2])).minimize(loss(w)));
  }

  @Test
  void aRefusedStepLeavesNothingBehind() {
    Variable w = weight(1);
    Variable vector = tf.variable(tf.zeros(2), "vector");
    Variable bool = tf.variable(false, "bool");
    Output slope = tf.gradients(loss(w), w).get(0);
    Output narrow = tf.cast(slope, DType.FLOAT32);
    Output wide = tf.stack(List.of(slope, slope));
    Ops other = Ops.of(new Graph());
    Variable foreign = other.variable(other.zeros(DType.FLOAT64), "foreign");
    Optimizer adam = tf.train.adam(0.1f);
    Output loss = loss(w);
    int before = graph.operations().size();
    assertRefused(
        "the gradient Cast:0 float32[] does not fit the variable w float64[]",
        () -> adam.applyGradients(pairs(narrow, w)));
    assertRefused(
        "the gradient Pack:0 float64[2] does not fit the variable w float64[]",
        () -> adam.applyGradients(pairs(wide, w)));
    assertRefused(
        "the gradient foreign/read:0 float64[] (made at",
        () -> adam.applyGradients(pairs(foreign.asOutput(), w)));
    assertRefused(
        "the variable foreign:0 float64[] (made at",
        () -> adam.applyGradients(pairs(slope, foreign)));
    for (Variable counter : List.of(vector, bool)) {
      String told = "the global step must be a number, not " + counter;
      assertRefused(told, () -> adam.minimize(loss, counter));
      assertRefused(told, () -> adam.applyGradients(pairs(slope, w), counter));
    }
    assertEquals(before, graph.operations().size());
    assertEquals(Optional.empty(), adam.slot(w, "Adam"));
  }

  @Test
  void settingsAreScalarsOfTheGraph() {
    Output foreign = Ops.of(new Graph()).constant(0.1f);
    assertRefused("learning_rate Const:0 float32[] (made at", () -> tf.train.adam(foreign));
    assertRefused("learning_rate: 1.0E300 does not fit float32", () -> tf.train.adam(1e300));
    assertRefused(
        "learning_rate must be a number or a scalar tensor, not a tensor float32[2]",
        () -> tf.train.adam(Tensor.of(new float[2])));
  }
}
