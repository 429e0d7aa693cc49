package io.millrace.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Feed;
import io.millrace.FeedException;
import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.UninitializedException;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The variables of graphs from files: found, initialized, trained, set, and frozen. */
class ImportedVariablesTest {
  private static Session session(Graph graph) {
    return new Session(graph, SessionOptions.defaults().device("reference"));
  }

  private static List<String> names(List<Variable> variables) {
    return variables.stream().map(Variable::name).toList();
  }

  private static Graph copy(Graph graph) {
    return GraphDefs.read(GraphDefs.write(graph));
  }

  /** loss = (w x + b)^2, with w = 2, b = 1. */
  private static Graph model() {
    Ops tf = Ops.of(new Graph());
    Output x = tf.placeholder(DType.FLOAT32, Shape.scalar(), "x");
    Variable w = tf.variable(2f, "w");
    Variable b = tf.variable(1f, "b");
    tf.withName("loss").square(tf.add(tf.multiply(w, x), b));
    return tf.graph();
  }

  @Test
  void trainsTheVariablesOfAFile() {
    Graph graph = copy(model());
    Ops tf = Ops.of(graph);
    assertEquals(List.of("w", "b"), names(tf.globalVariables()));
    assertEquals(List.of("w", "b"), names(tf.trainableVariables()));
    Variable w = tf.variableNamed("w");
    assertEquals("w/read:0", w.asOutput().name());
    assertEquals("w/Assign", w.initializer().name());
    assertEquals("w/initial_value:0", w.initialValue().name());
    Operation train = tf.train.gradientDescent(0.01f).minimize(graph.output("loss"));
    Operation init = tf.globalVariablesInitializer();
    try (Session session = session(graph)) {
      session.run(init);
      assertEquals(49, session.run("loss", Feed.of("x", 3f)).floatValue());
      session.run(train, Feed.of("x", 3f));
      // The gradient of (w x + b)^2 is 2 (w x + b) x = 42 by w, and 14 by b.
      assertEquals(2 - 0.42f, session.run(w).floatValue(), 1e-6f);
      assertEquals(1 - 0.14f, session.run(tf.variableNamed("b")).floatValue(), 1e-6f);
    }
    String missing = assertThrows(GraphException.class, () -> tf.variableNamed("v")).getMessage();
    assertTrue(missing.contains("no variable is called 'v': there are [w, b]"), missing);
  }

  /** TensorFlow has no operation by which Adam changes rows only: it uses several. */
  @ParameterizedTest
  @ValueSource(strings = {"sparse_reference", "sparse_resource"})
  void trainsVariablesThatAreTrainedByRows(String name) throws IOException {
    try (InputStream file = getClass().getResourceAsStream("variables/" + name + ".pb")) {
      Graph graph = GraphDefs.read(Objects.requireNonNull(file).readAllBytes());
      Ops tf = Ops.of(graph);
      assertEquals(List.of("layer/w", "layer/d"), names(tf.trainableVariables()));
      try (Session session = session(graph)) {
        session.run(tf.globalVariablesInitializer());
        Operation train = tf.train.gradientDescent(0.1f).minimize(graph.output("loss:0"));
        session.run(train, Map.of("ids:0", new int[] {3, 1, 3}));
        assertArrayEquals(
            new float[] {1, 1, 0.9f, 0.9f, 1, 1, 0.8f, 0.8f, 1, 1},
            session.get(tf.variableNamed("layer/w")).toFloatArray(),
            1e-6f);
        assertArrayEquals(
            new float[] {-0.1f, -0.1f},
            session.get(tf.variableNamed("layer/d")).toFloatArray(),
            1e-6f);
      }
    }
  }

  @Test
  void leavesAloneWhatIsNotTrained() {
    Ops built = Ops.of(model());
    Variable step = built.variable(0, "step", Variable.Options.notTrainable());
    built.train.adam(0.1f).minimize(built.graph().output("loss"), step);
    Variable mean = built.variable(0f, "mean");
    mean.assignSub(built.multiply(0.1f, built.graph().output("loss")));
    Ops tf = Ops.of(copy(built.graph()));
    assertEquals(names(built.globalVariables()), names(tf.globalVariables()));
    assertTrue(tf.globalVariables().size() > 6, names(tf.globalVariables()).toString());
    assertEquals(List.of("w", "b"), names(tf.trainableVariables()));
  }

  @Test
  void knowsThoseOfImportedScopes() {
    byte[] bytes = GraphDefs.write(model());
    Graph graph = new Graph();
    GraphDefs.importInto(graph, bytes, "net");
    GraphDefs.importInto(graph, bytes, "net");
    Ops tf = Ops.of(graph);
    assertEquals(List.of("net/w", "net/b", "net_1/w", "net_1/b"), names(tf.globalVariables()));
    assertEquals("net_1/b/Assign", tf.variableNamed("net_1/b").initializer().name());
  }

  @Test
  void findsInitializersThatAreCalledOtherwise() {
    String float32 = "attr { key: 'T' value { type: DT_FLOAT } }";
    String typed =
        "attr { key: 'dtype' value { type: DT_FLOAT } } attr { key: 'shape' value { shape {} } }";
    Graph graph =
        GraphDefs.readText(
            "node { name: 'v' op: 'Variable' "
                + typed
                + " }"
                + "node { name: 'lone' op: 'VariableV2' "
                + typed
                + " }"
                + "node { name: 'x' op: 'Placeholder' "
                + typed
                + " } versions { producer: 26 }"
                + "node { name: 'one' op: 'Const' attr { key: 'dtype' value { type: DT_FLOAT } } attr {"
                + " key: 'value' value { tensor { dtype: DT_FLOAT tensor_shape {} float_val: 1 } } } }"
                + "node { name: 'start' op: 'Assign' input: 'v' input: 'one' "
                + float32
                + " }"
                + "node { name: 'feed' op: 'Assign' input: 'v' input: 'x' "
                + float32
                + " }"
                + "node { name: 'feed2' op: 'Assign' input: 'lone' input: 'x' "
                + float32
                + " }"
                + "node { name: 'y' op: 'Neg' input: 'v' "
                + float32
                + " }");
    Ops tf = Ops.of(graph);
    Variable v = tf.variableNamed("v");
    assertEquals("start", v.initializer().name());
    assertFalse(v.isTrainable());
    assertEquals("v:0", v.asOutput().name());
    Variable lone = tf.variableNamed("lone");
    assertFalse(lone.hasInitializer());
    String none = assertThrows(GraphException.class, lone::initializer).getMessage();
    assertTrue(none.contains("[VariableV2 'lone']"), none);
    Operation init = tf.globalVariablesInitializer();
    try (Session session = session(graph)) {
      session.run(init);
      assertEquals(-1, session.run("y").floatValue());
      assertThrows(UninitializedException.class, () -> session.run(lone));
      session.set(lone, 4);
      assertEquals(4, session.run(lone).floatValue());
    }
  }

  @Test
  void keepsInitializersOfWhatIsPruned() {
    Ops built = Ops.of(model());
    built.train.adam(0.1f).minimize(built.graph().output("loss"));
    Graph graph = GraphDefs.read(GraphDefs.write(built.graph()), List.of("loss"));
    assertEquals(List.of("w", "b"), names(Ops.of(graph).globalVariables()));
    assertTrue(graph.operations().stream().noneMatch(o -> o.type().equals("ApplyAdam")));
    Operation init = Ops.of(graph).globalVariablesInitializer();
    try (Session session = session(graph)) {
      session.run(init);
      assertEquals(9, session.run("loss", Feed.of("x", 1f)).floatValue());
    }
  }

  @Test
  void setsValuesFromJava() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Variable w = tf.variable(new float[] {1, 2}, "w");
    Variable n = tf.variable(new long[][] {{3}}, "n");
    Output twice = tf.multiply(w, 2f);
    int size = graph.size();
    SessionOptions options = SessionOptions.defaults().device("reference");
    try (Session session = new Session(graph, options);
        Session other = new Session(graph, options)) {
      session.set(w, new float[] {5, 6});
      assertArrayEquals(new float[] {10, 12}, session.run(twice).toFloatArray());
      session.set(Map.of("w", List.of(7, 8), n, new int[][] {{9}}));
      assertArrayEquals(new float[] {14, 16}, session.run(twice).toFloatArray());
      assertEquals(9, session.run(n).getLong(0, 0));
      session.set("w", session.run(twice));
      assertArrayEquals(new float[] {28, 32}, session.run(twice).toFloatArray());
      assertThrows(UninitializedException.class, () -> other.run(twice));
      String shape =
          assertThrows(FeedException.class, () -> session.set(w, new float[] {1, 2, 3}))
              .getMessage();
      assertTrue(shape.startsWith("cannot set w float32[2] with float32[3]: the shapes"), shape);
      assertTrue(shape.contains("ImportedVariablesTest.java:"), shape);
      for (Object wrong : List.of(twice, "w/read", 3)) {
        assertThrows(FeedException.class, () -> session.set(Map.of(wrong, 1f)));
      }
      assertArrayEquals(new float[] {14, 16}, session.run(w).toFloatArray());
    }

    assertEquals(size, graph.size());
  }

  @Test
  void setsVariablesThatChangeTheirShape() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Variable v =
        tf.variable(new float[] {1}, "v", Variable.Options.defaults().validateShape(false));
    Output sum = tf.reduceSum(v);
    try (Session session = session(graph)) {
      session.set(v, new float[] {1, 2, 3});
      assertEquals(6, session.run(sum).floatValue());
      session.set(v, new float[][] {{4}, {5}});
      assertEquals(9, session.run(sum).floatValue());
    }
  }

  @Test
  void freezesVariables() {
    Graph graph = model();
    Ops tf = Ops.of(graph);
    Output update = tf.withName("up").identity(tf.variableNamed("w").assignAdd(1f));
    byte[] frozen;
    try (Session session = session(graph)) {
      assertThrows(UninitializedException.class, () -> GraphDefs.freeze(session, List.of("loss")));
      session.set(Map.of("w", 4f, "b", -2f));
      frozen = GraphDefs.freeze(session, List.of("loss:0"));
      session.set("w", 0f);
      for (Object wrong : List.of(update, "up", update.operation())) {
        String message =
            assertThrows(GraphDefException.class, () -> GraphDefs.freeze(session, List.of(wrong)))
                .getMessage();
        assertTrue(message.contains("AssignAdd"), message);
        assertTrue(message.contains("ImportedVariablesTest.java:"), message);
      }
    }
    Graph back = GraphDefs.read(frozen);
    assertEquals(
        List.of("x", "w", "w/read", "b", "b/read", "Mul", "AddV2", "loss"),
        back.operations().stream().map(Operation::name).toList());
    assertEquals(List.of(), Ops.of(back).globalVariables());
    try (Session session = session(back)) {
      assertEquals(100, session.run("loss", Feed.of("x", 3f)).floatValue());
    }
  }
}
