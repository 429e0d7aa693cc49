package io.millrace.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Feed;
import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.MillraceException;
import io.millrace.Operation;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.ops.Ops;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads graphs as TensorFlow writes them. */
class GraphImportTest {
  private static final String PLACEHOLDER =
      "attr { key: 'dtype' value { type: DT_FLOAT } } attr { key: 'shape' value { shape { dim {"
          + " size: -1 } dim { size: 2 } } } }";
  private static final String FLOAT = "attr { key: 'T' value { type: DT_FLOAT } }";

  private static String node(String name, String op, String rest) {
    return "node { name: '" + name + "' op: '" + op + "' " + rest + " }\n";
  }

  private static String message(Class<? extends MillraceException> type, String text) {
    MillraceException e = assertThrows(type, () -> GraphDefs.readText(text));
    assertTrue(e.getMessage().contains("GraphImportTest.java:"), e.getMessage());
    return e.getMessage();
  }

  private static void assertMessage(String part, String text) {
    String message = message(GraphDefException.class, text);
    assertTrue(message.contains(part), message);
  }

  private static List<String> names(Graph graph) {
    return graph.operations().stream().map(Operation::name).toList();
  }

  @Test
  void keepsNamesAttributesDevicesAndControlInputs() {
    Graph graph =
        GraphDefs.readText(
            node("in/x", "Placeholder", PLACEHOLDER)
                + node("go_1", "NoOp", "device: '/device:CPU:0'")
                + node(
                    "m",
                    "MatMul",
                    "input: 'in/x' input: 'in/x:0' input: '^go_1' device: '/job:w/device:GPU:1'"
                        + FLOAT
                        + "attr { key: 'transpose_b' value { b: true } }"
                        + "attr { key: 'transpose_a' value { b: false } }"
                        + "attr { key: '_class' value { list { s: 'loc:@go_1' } } }"));
    assertEquals(List.of("in/x", "go_1", "m"), names(graph));
    Operation product = graph.operation("m");
    assertEquals(List.of(graph.output("in/x"), graph.output("in/x")), product.inputs());
    assertEquals(List.of(graph.operation("go_1")), product.controlInputs());
    assertEquals("/job:w/device:GPU:1", product.device());
    assertEquals("/device:CPU:0", graph.operation("go_1").device());
    assertEquals("", graph.operation("in/x").device());
    assertEquals(TensorType.of(DType.FLOAT32, -1, 2), graph.output("in/x").type());
    assertEquals(Shape.of(-1, -1), product.output(0).shape());
    assertTrue(product.source().file().equals("GraphImportTest.java"), product.source().toString());
    SessionOptions options = SessionOptions.defaults().device("reference").softPlacement(true);
    try (Session session = new Session(graph, options)) {
      float[][] x = {{1, 2}, {3, 4}};
      assertEquals(11, session.run("m", Feed.of("in/x", x)).getFloat(0, 1));
    }
  }

  @Test
  void takesTheFilesOrderAsFarAsItGoes() {
    String unary = "attr { key: 'T' value { type: DT_FLOAT } } input: ";
    Graph graph =
        GraphDefs.readText(
            node("late", "Neg", unary + "'b'")
                + node("y", "Placeholder", PLACEHOLDER)
                + node("b", "Neg", unary + "'a'")
                + node("a", "Neg", unary + "'x' input: '^y'")
                + node("x", "Placeholder", PLACEHOLDER)
                + node("free", "NoOp", ""));
    assertEquals(List.of("y", "x", "a", "b", "late", "free"), names(graph));
  }

  @Test
  void importsUnderAPrefixBesideWhatIsThere() {
    byte[] bytes = GraphDefs.write(GraphDefs.readText(node("x", "Placeholder", PLACEHOLDER)));
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    tf.placeholder(DType.INT32, Shape.scalar(), "x");
    assertEquals("net/", GraphDefs.importInto(graph, bytes, "net"));
    assertEquals("net_1/", GraphDefs.importInto(graph, bytes, "net"));
    try (Graph.Scope ignored = graph.nameScope("outer");
        Graph.Scope alsoIgnored = graph.device("/device:CPU:1")) {
      assertEquals("outer/net/", GraphDefs.importInto(graph, bytes, "net"));
    }
    assertEquals(List.of("x", "net/x", "net_1/x", "outer/net/x"), names(graph));
    assertEquals("/device:CPU:1", graph.operation("outer/net/x").device());
    GraphDefException taken =
        assertThrows(GraphDefException.class, () -> GraphDefs.importInto(graph, bytes, ""));
    assertTrue(taken.getMessage().contains("'x' already"), taken.getMessage());
    assertEquals(4, graph.size());
  }

  @Test
  void leavesAGraphAsItWasIfANodeBreaksARule() {
    byte[] bytes =
        GraphFiles.bytes(
            GraphFiles.parseText(
                node("x", "Placeholder", PLACEHOLDER)
                    + node("y", "Placeholder", PLACEHOLDER.replace("size: 2", "size: 3"))
                    + node("sum", "AddV2", "input: 'x' input: 'y' " + FLOAT)));
    Graph graph = new Graph();
    assertThrows(GraphException.class, () -> GraphDefs.importInto(graph, bytes, "net"));
    assertEquals(0, graph.size());
  }

  @Test
  void tellsTextFromBinary(@TempDir Path folder) throws IOException {
    Graph graph = GraphDefs.readText(node("x", "Placeholder", PLACEHOLDER));
    Path text = folder.resolve("graph.pbtxt");
    Files.writeString(text, "\n\n# a graph\n" + GraphDefs.writeText(graph));
    assertEquals(graph.toString(), GraphDefs.read(text).toString());
    Path binary = folder.resolve("graph.pb");
    GraphDefs.write(graph, binary);
    assertEquals(graph.toString(), GraphDefs.read(binary).toString());
    Path empty = Files.createFile(folder.resolve("empty"));
    assertEquals(0, GraphDefs.read(empty).size());
    Path other = Files.writeString(folder.resolve("other"), "not a graph");
    String message =
        assertThrows(GraphDefException.class, () -> GraphDefs.read(other)).getMessage();
    assertTrue(message.startsWith(other + ": the text is no GraphDef: line 1:"), message);
  }

  @Test
  void ignoresFunctionsThatNoNodeCalls() {
    Graph graph =
        GraphDefs.readText(
            node("x", "Placeholder", PLACEHOLDER)
                + "library { function { signature { name: 'Neg' } } }");
    assertEquals(1, graph.size());
  }

  @Test
  void namesBothTypesIfTheyDisagree() {
    assertMessage(
        "[Neg 'n'] input 0 is x:0 float32[?,2]: attribute 'T' is float64, but the inputs make it"
            + " float32",
        node("x", "Placeholder", PLACEHOLDER)
            + node("n", "Neg", "input: 'x' " + FLOAT.replace("FLOAT", "DOUBLE")));
    assertMessage(
        "attribute 'dtype' is int32, but output 0 is float32[]",
        node(
            "c",
            "Const",
            "attr { key: 'dtype' value { type: DT_INT32 } } attr { key: 'value' value { tensor {"
                + " dtype: DT_FLOAT tensor_shape {} float_val: 1 } } }"));
  }

  @Test
  void namesTheNodeWhoseShapesDoNotFit() {
    String message =
        message(
            GraphException.class,
            node("x", "Placeholder", PLACEHOLDER)
                + node("y", "Placeholder", PLACEHOLDER.replace("size: 2", "size: 3"))
                + node("sum", "AddV2", "input: 'x' input: 'y' " + FLOAT));
    assertTrue(
        message.startsWith("[AddV2 'sum'] input 0 is x:0 float32[?,2], input 1 is y:0"), message);
  }

  @Test
  void refusesReferencesThatLeadNowhere() {
    String x = node("x", "Placeholder", PLACEHOLDER);
    assertMessage(
        "[Neg 'n'] input 0 is 'y', but the file has no node 'y'",
        x + node("n", "Neg", "input: 'y'"));
    assertMessage(
        "[NoOp 'n'] input 0 is '^y', but the file has no node 'y'",
        x + node("n", "NoOp", "input: '^y'"));
    assertMessage(
        "[Neg 'n'] input 0 is output 1 of [Placeholder 'x'], which has 1 output, counted from 0",
        x + node("n", "Neg", FLOAT + "input: 'x:1'"));
    for (String index : List.of("-1", "99999999999999999999", "", "a", "0x1")) {
      assertMessage("is no number of an output", x + node("n", "Neg", "input: 'x:" + index + "'"));
    }
    assertMessage(
        "[Neg 'n'] input 1 is 'x', but tensors must come before control inputs",
        x + node("n", "Neg", "input: '^x' input: 'x'"));
    assertMessage("[NoOp 'x'] another node of the file has this name", x + node("x", "NoOp", ""));
    assertMessage("node 1 of the file has no name", x + node("", "NoOp", ""));
  }

  @Test
  void namesACircle() {
    assertMessage(
        "the graph is not acyclic: 'b', 'c' need each other",
        node("x", "Placeholder", PLACEHOLDER)
            + node("a", "Neg", FLOAT + "input: 'b'")
            + node("b", "AddV2", FLOAT + "input: 'x' input: 'c'")
            + node("c", "Neg", FLOAT + "input: 'b'"));
    assertMessage("'n' needs itself", node("n", "NoOp", "input: '^n'"));
  }
}
