package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ClosedException;
import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.Tensor;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What is refused is told with the value, the rule and the user's line. */
class RefusalsTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private static void refused(Executable mistake, String... parts) {
    String message = assertThrows(GraphException.class, mistake).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
    assertTrue(message.contains("at io.millrace.ops.RefusalsTest."), message);
  }

  @Test
  void aMeasureThatCannotBeMinimizedSaysWhereThePathEnds() {
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1, 2), "x");
    Output y = tf.placeholder(DType.INT64, Shape.of(-1), "y");
    Variable w = tf.variable(tf.zeros(2, 3), "w");
    Output correct = tf.equal(tf.argmax(tf.matmul(x, w), 1), y);
    Output accuracy = tf.reduceMean(tf.cast(correct, DType.FLOAT32));
    refused(
        () -> tf.train.gradientDescent(0.1f).minimize(accuracy),
        "[GradientDescent] " + accuracy.name(),
        "the path from w ends at",
        "not differentiable there because");
  }

  @Test
  void aLossWithoutVariablesSaysSo() {
    tf.variable(tf.zeros(2), "w");
    Output loss = tf.reduceSum(tf.ones(2));
    refused(
        () -> tf.train.gradientDescent(0.1f).minimize(loss),
        "depends on none of the variables [w]");
  }

  @Test
  void ratesAreNumbers() {
    refused(() -> Dropout.keep("0.5"), "keep_prob is a number", "the text '0.5'");
    refused(() -> Dropout.keep(null), "[Dropout.keep] keep_prob is null");
    refused(() -> tf.train.adam("0.1"), "learning_rate must be a number", "the text '0.1'");
    refused(() -> tf.train.adam(null), "[TrainApi.adam] rate is null");
    refused(() -> tf.train.adam(tf.ones(2)), "learning_rate must be a number", "float32[2]");
  }

  @Test
  void anAxisToUnstackIsInRange() {
    refused(() -> tf.unstack(tf.zeros(2, 3), 2), "axis 2 is out of range", "2 axes");
    refused(() -> tf.unstack(tf.zeros(2, 3), -3), "axis -3 is out of range");
  }

  @Test
  void namesOfScopesAreToldWithTheUsersLine() {
    refused(() -> graph.nameScope("a b").close(), "'a b' is not a valid name");
    refused(() -> tf.withName("a b").booleanMask(tf.ones(2), new boolean[2]), "'a b'");
  }

  @Test
  void nullIsNamed() {
    refused(() -> Ops.of(null), "[Ops.of] graph is null");
    refused(() -> tf.withName(null), "[Ops.withName] name is null");
    refused(() -> tf.matmul(tf.ones(2, 2), null), "[matmul] input 1 of MatMul is null");
    refused(() -> tf.clipByValue(tf.ones(2), 0, null), "[clipByValue] greatest is null");
    refused(() -> tf.cast(tf.ones(2), null), "[cast] to is null");
    refused(
        () -> graph.controlDependencies(null), "[Graph.controlDependencies] operations is null");
  }

  @Test
  void aClosedSessionSaysWhere() {
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(2), "x");
    Output twice = tf.multiply(x, 2f);
    Session session = new Session(graph);
    session.close();
    session.close();
    closed("the session was closed at", () -> session.run(twice, Map.of(x, new float[2])));
  }

  @Test
  void aClosedTensorSaysHowToSeeWhere() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(2), "x");
    Output twice = tf.multiply(x, 2f);
    Tensor closed = Tensor.of(new float[2]);
    closed.close();
    String how =
        "the tensor was closed; run Java with -Dmillrace.recordClosing=true to see by which line";
    assertEquals(how, told(() -> closed.getFloat(0)));
    assertEquals(how, told(() -> tf.constant(closed)));
    String made =
        "\n  at io.millrace.ops.RefusalsTest.aClosedTensorSaysHowToSeeWhere(RefusalsTest.java:?)";
    try (Session session = new Session(graph)) {
      for (int i = 0; i < 2; i++) {
        assertEquals(
            "cannot feed x:0 float32[2]: " + how + made,
            told(() -> session.run(twice, Map.of(x, closed))));
      }
    }
  }

  private static String told(Executable use) {
    String message = assertThrows(ClosedException.class, use).getMessage();
    return message.replaceAll("java:\\d+", "java:?");
  }

  private static void closed(String what, Executable use) {
    String message = assertThrows(ClosedException.class, use).getMessage();
    String line = "io.millrace.ops.RefusalsTest.aClosedSessionSaysWhere(RefusalsTest.java:";
    assertTrue(message.contains(what + " " + line), message);
  }
}
