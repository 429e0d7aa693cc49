package io.millrace.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Graph;
import io.millrace.GraphKeys;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.io.proto.GraphDef;
import io.millrace.io.proto.NodeDef;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
import io.millrace.ops.state.ResourceGatherOps;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Resource variables in files. */
class ResourceFilesTest {
  private static final Variable.Options RESOURCE = Variable.Options.defaults().useResource(true);

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private static Session session(Graph graph) {
    return new Session(graph, SessionOptions.defaults().device("reference"));
  }

  @Test
  void theirVariablesAreTrained() {
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(2), "x");
    Variable w = tf.variable(new float[] {1, 2}, "w", RESOURCE);
    tf.withName("loss").reduceSum(tf.square(tf.subtract(w, x)));
    Graph back = GraphDefs.read(GraphDefs.write(graph));
    assertEquals(graph.toString(), back.toString());
    Variable same = back.collection(GraphKeys.TRAINABLE_VARIABLES, Variable.class).get(0);
    assertEquals("w float32[2]", same.toString());
    assertTrue(same.isResource());
    assertEquals("w/Assign", same.initializer().name());
    assertEquals("w/Read/ReadVariableOp:0", same.value().name());
    Ops more = Ops.of(back);
    Operation train = more.train.gradientDescent(0.25f).minimize(back.output("loss"));
    assertEquals("ResourceApplyGradientDescent", train.controlInputs().get(0).type());
    try (Session session = session(back)) {
      session.run(more.globalVariablesInitializer());
      session.run(train, Map.of("x", new float[] {0, 0}));
      assertArrayEquals(new float[] {0.5f, 1}, session.run(same).toFloatArray());
      session.set(same, new float[] {8, 8});
      assertArrayEquals(new float[] {8, 8}, session.get(same).toFloatArray());
    }
  }

  @Test
  void frozenTheyAreConstants() {
    Variable w = tf.variable(new float[] {1, 2, 3}, "w", RESOURCE);
    Variable r = tf.variable(new float[] {10}, "r");
    Output rows =
        tf.result(
            new ResourceGatherOps.ResourceGather(DType.FLOAT32, 0),
            w.reference(),
            tf.constant(new int[] {2, 0}));
    Output y = tf.withName("y").add(tf.multiply(w, r), tf.reduceSum(rows));
    byte[] frozen;
    try (Session session = session(graph)) {
      session.run(tf.globalVariablesInitializer());
      session.set(w, new float[] {4, 5, 6});
      assertEquals(2, session.get(List.of("w", r)).size());
      frozen = GraphDefs.freeze(session, List.of(y));
    }
    Graph back = GraphDefs.read(frozen);
    assertFalse(back.toString().contains("resource"));
    assertEquals("Const", back.operation("w").type());
    try (Session session = session(back)) {
      assertArrayEquals(new float[] {50, 60, 70}, session.run("y").toFloatArray());
    }
  }

  /** TensorFlow reads when it likes, so what Millrace reads before a write is read before it. */
  @Test
  void writesWaitForReadsBefore() {
    Variable w = tf.variable(new float[] {1, 2}, "w", RESOURCE);
    Output before = tf.multiply(w, 2f);
    Operation up = w.assignAdd(new float[] {1, 1}).operation().controlInputs().get(0);
    Output after = tf.multiply(w, 3f);
    tf.group(before.operation(), up, after.operation());
    GraphDef file = GraphFiles.parse(GraphDefs.write(graph));
    NodeDef write =
        file.getNodeList().stream()
            .filter(n -> n.getName().equals(up.name()))
            .findAny()
            .orElseThrow();
    String read = "^" + before.operation().input(0).operation().name();
    String later = "^" + after.operation().input(0).operation().name();
    assertTrue(write.getInputList().contains(read), write.toString());
    assertFalse(write.getInputList().contains(later), write.toString());
  }
}
