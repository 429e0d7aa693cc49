package com.acme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.ops.Ops;
import io.millrace.ops.Optimizer;
import io.millrace.ops.Variable;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Holds an optimizer from outside the engine to its formula, on the loss {@code w^2 / 2}. */
class SignMomentumTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Variable w = tf.variable(tf.constant(1, DType.FLOAT64), "w");
  private final Output loss = tf.nn.l2Loss(w);

  @Test
  void takesItsSteps() {
    Output rate = tf.placeholder(DType.FLOAT32, Shape.scalar(), "rate");
    Variable count = tf.train.createGlobalStep();
    Optimizer optimizer = new SignMomentum(graph, rate);
    Operation step = optimizer.minimize(loss, count);
    double expected = 1;
    double sum = 0;
    try (Session session = new Session(graph, SessionOptions.defaults().device("reference"))) {
      session.run(tf.globalVariablesInitializer());
      for (float each : new float[] {0.75f, 0.5f, 0.25f, 0.125f}) {
        sum = 0.5 * sum + expected;
        expected -= each * Math.signum(sum);
        session.run(step, Map.of(rate, each));
      }
      assertEquals(expected, session.run(w).doubleValue());
      assertEquals(sum, session.run(optimizer.slot(w, "sum").orElseThrow()).doubleValue());
      assertEquals(4, session.run(count).longValue());
    }
  }

  @Test
  void namesItsOperationsAsTheEnginesOwnDo() {
    Optimizer optimizer = new SignMomentum(graph, 0.5f);
    assertEquals("SignMomentum/update_w/AssignSub", last(optimizer.minimize(loss)).name());
    assertEquals("w/SignMomentum", optimizer.slot(w, "sum").orElseThrow().name());
    assertEquals(Shape.scalar(), graph.output("SignMomentum/learning_rate").shape());
  }

  private static Operation last(Operation step) {
    return step.controlInputs().get(step.controlInputs().size() - 1);
  }

  @Test
  void mistakesNameTheLineOfTheUser() {
    Optimizer strange =
        new Optimizer(graph, "Strange", List.of()) {
          @Override
          protected Operation apply(Output gradient, Variable variable, Settings settings) {
            return variable.assign(settings.get("rate")).operation();
          }
        };
    assertEquals(
        "the optimizer has no setting 'rate', but []",
        assertThrows(IllegalArgumentException.class, () -> strange.minimize(loss)).getMessage());
    for (Runnable mistake :
        List.<Runnable>of(
            () -> new SignMomentum(graph, 1).minimize(tf.constant(1f)),
            () -> new SignMomentum(graph, new float[2]).minimize(loss))) {
      String text = String.valueOf(assertThrows(GraphException.class, mistake::run).getMessage());
      assertTrue(text.contains("at com.acme.SignMomentum"), text);
    }
  }
}
