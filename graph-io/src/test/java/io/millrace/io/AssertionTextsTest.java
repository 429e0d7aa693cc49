package io.millrace.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ExecutionException;
import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.UnsupportedException;
import io.millrace.io.proto.GraphDef;
import io.millrace.io.proto.NodeDef;
import io.millrace.ops.Ops;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Assertions that tell of texts, in graphs that TensorFlow 2.21 wrote, with what it said. */
class AssertionTextsTest {

  private static Session session(Graph graph) {
    return new Session(graph, SessionOptions.defaults().device("reference"));
  }

  private static String failure(Graph graph, String wanted, float... x) {
    try (Session session = session(graph)) {
      return assertThrows(ExecutionException.class, () -> session.run(wanted, Map.of("x", x)))
          .getMessage();
    }
  }

  private static void isTensorFlows(Graph graph) {
    try (Session session = session(graph)) {
      float[] x = {-0.5f, 0.9375f, -0.25f, -0.75f};
      float[] doubled = session.run("Identity:0", Map.of("x", x)).toFloatArray();
      assertArrayEquals(new float[] {-1, 1.875f, -0.5f, -1.5f}, doubled);
    }
    String large = failure(graph, "Identity:0", 1, 1, 1, 3);
    assertTrue(large.contains("assertion failed: [strange] [3.0] [most]"), large);
    String small = failure(graph, "Identity:0", 1, 1, 1, -2);
    assertTrue(small.contains("[x must be over -2:] [1.0 1.0 1.0 ...]"), small);
    String few = failure(graph, "Identity:0", 1, 1, 1);
    String all =
        "assertion failed: [four] [Condition x == y did not hold element-wise:]"
            + " [x (strided_slice:0) = ] [3] [y (assert_equal_1/y:0) = ] [4]";
    assertTrue(few.contains(all), few);
  }

  @Test
  void textsAreTold() {
    Graph graph = GraphDefs.read(GraphSamples.resource("assertions.pb"));
    isTensorFlows(graph);
    isTensorFlows(GraphDefs.read(GraphDefs.write(graph)));
  }

  @Test
  void textsOfOtherFramesAreTold() {
    Graph graph = GraphDefs.read(GraphSamples.resource("frames/assertions_in_turns.pb"));
    try (Session session = session(graph)) {
      Map<String, Object> feeds = Map.of("x", new float[] {0.5f, 1});
      float[] y = session.run("while/Exit_1:0", feeds).toFloatArray();
      assertArrayEquals(new float[] {1.90625f, 5}, y, 1e-6f);
    }
    for (Graph one : List.of(graph, GraphDefs.read(GraphDefs.write(graph)))) {
      String large = failure(one, "while/Exit_1:0", 1, 1, 1, 4);
      assertTrue(large.contains("[turn] [2] [captured text] [3.0 3.0 3.0 ...]"), large);
    }
  }

  @Test
  void sequencesOfDifferentLengthsAreRunThrough() {
    Graph graph = GraphDefs.read(GraphSamples.resource("frames/rnn_of_lengths.pb"));
    float[] x = new float[30];
    float[] w = new float[112];
    for (int i = 0; i < w.length; i++) {
      w[i] = (float) (Math.cos(i) / 2);
      if (i < x.length) {
        x[i] = (float) Math.sin(i);
      }
    }
    Output y = graph.output("rnn/transpose_1:0");
    Output gradient = Ops.of(graph).gradients(List.of(y), List.of(graph.output("x:0"))).get(0);
    Map<String, Object> feeds =
        Map.of(
            "x", Tensor.of(x, Shape.of(2, 5, 3)),
            "w", Tensor.of(w, Shape.of(7, 16)),
            "n", new int[] {5, 2});
    float[] state = {
      0.032202713f, 0.015937176f, -0.0012418765f, -0.026624803f,
      0.019143162f, 0.0076918514f, 0.00066827826f, -0.015600508f
    };
    float[] slopes = {
      0.6155249f,
      -0.6945207f,
      0.7147039f,
      0.46714503f,
      -0.571074f,
      0.62664384f,
      0.45331103f,
      -0.5186908f,
      0.5401474f,
      0.2650208f,
      -0.33998233f,
      0.38615382f,
      0.18334818f,
      -0.21699226f,
      0.2322612f,
      0.24817488f,
      -0.32618272f,
      0.37656906f,
      0.17799222f,
      -0.21121162f,
      0.22654541f,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0
    };
    try (Session session = session(graph)) {
      float[] last = session.run("rnn/while/Exit_3:0", feeds).toFloatArray();
      assertArrayEquals(state, last, 1e-6f);
      assertArrayEquals(slopes, session.run(gradient, feeds).toFloatArray(), 1e-5f);
    }
  }

  @Test
  void textsOfOnesOwnAreWrittenAsConstants() throws IOException {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(2), "x");
    tf.withName("check/data_0").constant(1f);
    Operation check = tf.withName("check").assertThat(tf.reduceAll(tf.greater(x, 0)), "x =", x);
    GraphDef file = GraphDef.parseFrom(GraphDefs.write(graph));
    NodeDef written =
        file.getNodeList().stream().filter(n -> n.getOp().equals("Assert")).findFirst().get();
    assertEquals(List.of("All", "check/data_0_1", "x"), written.getInputList());
    try (Session session = session(GraphDefs.read(file.toByteArray()))) {
      ExecutionException e =
          assertThrows(
              ExecutionException.class,
              () -> session.run(check.name(), Map.of("x", new float[] {1, -2})));
      assertTrue(e.getMessage().contains("assertion failed: [x =] [1.0 -2.0]"), e.getMessage());
    }
  }

  @Test
  void textsThatAreNotKnownStayWhereTheyAre() throws IOException {
    GraphDef file = GraphDef.parseFrom(GraphSamples.resource("assertions.pb"));
    String strange = "Assert/AssertGuard/Assert/data_0";
    GraphDef.Builder changed = file.toBuilder().clearNode();
    for (NodeDef node : file.getNodeList()) {
      changed.addNode(
          node.getName().equals(strange)
              ? node.toBuilder()
                  .setOp("ReadFile")
                  .clearAttr()
                  .clearInput()
                  .addInput("Assert/Const")
                  .build()
              : node);
    }
    Graph graph = GraphDefs.read(changed.build().toByteArray());
    try (Session session = session(graph)) {
      UnsupportedException e =
          assertThrows(
              UnsupportedException.class,
              () -> session.run("Identity:0", Map.of("x", new float[4])));
      assertTrue(e.getMessage().contains("ReadFile"), e.getMessage());
    }
  }
}
