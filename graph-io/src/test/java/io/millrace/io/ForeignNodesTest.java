package io.millrace.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Feed;
import io.millrace.FeedException;
import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Operation;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.UnsupportedException;
import io.millrace.io.proto.GraphDef;
import io.millrace.io.proto.NodeDef;
import io.millrace.ops.Ops;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Operations that the engine does not have, in graphs of which other parts are run. */
class ForeignNodesTest {
  private static final String FLOAT = type("T", "DT_FLOAT");
  private static final String HALF = type("T", "DT_HALF");
  private static final String X =
      node(
          "x",
          "Placeholder",
          type("dtype", "DT_FLOAT") + attr("shape", "shape { dim { size: 2 } }"));

  /** A picture that is decoded and scaled, a saver of strings, and a network on the picture. */
  private static final String PICTURES =
      node("file", "Placeholder", type("dtype", "DT_STRING") + attr("shape", "shape {}"))
          + node("decode", "DecodeJpeg", "input: 'file' " + attr("channels", "i: 3"))
          + node(
              "cast",
              "Cast",
              "input: 'decode' " + type("SrcT", "DT_UINT8") + type("DstT", "DT_FLOAT"))
          + node("result", "Neg", "input: 'cast' " + FLOAT)
          + node(
              "save/Const",
              "Const",
              type("dtype", "DT_STRING")
                  + attr("value", "tensor { dtype: DT_STRING tensor_shape {} }"))
          + node(
              "save/SaveV2",
              "SaveV2",
              "input: 'save/Const' input: 'save/Const' input: 'save/Const' input: 'result' "
                  + attr("dtypes", "list { type: DT_FLOAT }"))
          + node(
              "save/all",
              "Identity",
              "input: 'save/Const' input: '^save/SaveV2' " + type("T", "DT_STRING"));

  private static String node(String name, String op, String rest) {
    return "node { name: '" + name + "' op: '" + op + "' " + rest + " }\n";
  }

  private static String attr(String name, String value) {
    return " attr { key: '" + name + "' value { " + value + " } }";
  }

  private static String type(String name, String type) {
    return attr(name, "type: " + type);
  }

  private static Session session(Graph graph) {
    return new Session(graph, SessionOptions.defaults().device("reference"));
  }

  private static String message(Session session, Object wanted) {
    UnsupportedException e =
        assertThrows(UnsupportedException.class, () -> session.run(List.of(wanted)));
    assertTrue(e.getMessage().contains("\n  at io.millrace.io.ForeignNodesTest."), e.getMessage());
    return e.getMessage();
  }

  @Test
  void runsWhatDoesNotNeedThem() {
    Graph graph = GraphDefs.readText(PICTURES);
    assertEquals(new TensorType(DType.UINT8, Shape.unknown()), graph.output("decode").type());
    try (Session session = session(graph)) {
      byte[][][] picture = {{{1, 2, 3}}};
      assertEquals(-3, session.run("result", Feed.of("decode", picture)).getFloat(0, 0, 2));
      String message = message(session, "save/all");
      assertTrue(
          message.startsWith(
              """
              the run needs operations that cannot be computed:
                Const: attribute 'dtype': element type string is not supported (1 node: 'save/Const')
                DecodeJpeg: Millrace does not have this operation (1 node: 'decode')
                Identity: attribute 'T': element type string is not supported (1 node: 'save/all')
                Placeholder: attribute 'dtype': element type string is not supported (1 node: 'file')
                SaveV2: Millrace does not have this operation (1 node: 'save/SaveV2')
                at io.millrace.io.ForeignNodesTest."""),
          message);
      assertEquals(message, message(session, graph.operation("save/all")));
      UnsupportedException e =
          assertThrows(UnsupportedException.class, () -> session.run("result"));
      assertEquals(List.of("DecodeJpeg", "Placeholder"), e.operations());
    }
  }

  @Test
  void namesAllReasonsTogether() {
    String text =
        X
            + Stream.of("f1", "f2", "f3", "f4", "f5", "f6", "f7")
                .map(n -> node(n, "Fancy", "input: 'x'"))
                .collect(Collectors.joining())
            + node(
                "p",
                "Cast",
                "input: 'f1' "
                    + type("SrcT", "DT_FLOAT")
                    + type("DstT", "DT_INT32")
                    + attr("Truncate", "b: true"))
            + node("odd", "Neg", "input: 'x'" + FLOAT + attr("more", "i: 3"))
            + node("logic", "Erf", "input: 'p'" + type("T", "DT_INT32"))
            + node(
                "all",
                "NoOp",
                "input: '^f2' input: '^f3' input: '^f4' input: '^f5' input: '^f6' input: '^f7' input:"
                    + " '^odd' input: '^logic'");
    try (Session session = session(GraphDefs.readText(text))) {
      List<String> lines = message(session, "all").lines().toList();
      assertEquals(6, lines.size(), lines.toString());
      assertEquals(
          "  Cast: attribute 'Truncate' must be false, not true (1 node: 'p')", lines.get(1));
      assertEquals("  Erf: input 'x' must be floating, not int32 (1 node: 'logic')", lines.get(2));
      assertEquals(
          "  Fancy: Millrace does not have this operation (7 nodes: 'f1', 'f2', 'f3', 'f4', 'f5',"
              + " ...)",
          lines.get(3));
      assertEquals("  Neg: attribute 'more' = 3 is not known (1 node: 'odd')", lines.get(4));
    }
  }

  @Test
  void hasAsManyOutputsAsTensorFlowSays() {
    Graph graph =
        GraphDefs.readText(
            X
                + node("s", "Switch", "input: 'x' input: 'b' " + FLOAT)
                + node("b", "Placeholder", type("dtype", "DT_BOOL") + attr("shape", "shape {}"))
                + node("m", "Merge", "input: 's' input: 's:1' " + FLOAT + attr("N", "i: 2"))
                + node("n", "Neg", "input: 's:1' " + FLOAT)
                + node(
                    "i",
                    "IteratorGetNext",
                    "input: 'c:4' "
                        + attr("output_types", "list { type: DT_INT64 type: DT_STRING }"))
                + node("c", "Custom", "")
                + node("d", "Neg", "input: 'c:1' " + type("T", "DT_DOUBLE")));
    assertEquals(2, graph.operation("s").outputs().size());
    assertEquals(DType.FLOAT32, graph.output("s:1").dtype());
    assertEquals(DType.INT32, graph.output("m:1").dtype());
    assertEquals(DType.INT64, graph.output("i:0").dtype());
    assertEquals("i:1 string<unknown>", graph.output("i:1").toString());
    assertEquals(DType.FLOAT64, graph.output("c:1").dtype());
    assertEquals(5, graph.operation("c").outputs().size());
    String wrong =
        assertThrows(
                GraphDefException.class,
                () ->
                    GraphDefs.readText(
                        X
                            + node("s", "PrintV2", "input: 'x'")
                            + node("n", "Neg", "input: 's' " + FLOAT)))
            .getMessage();
    assertTrue(wrong.contains("is output 0 of [PrintV2 's'], which has 0 outputs"), wrong);
  }

  @Test
  void refusesToUseTypesThatTheEngineDoesNotHave() {
    Graph graph = GraphDefs.readText(PICTURES);
    String used =
        assertThrows(GraphException.class, () -> Ops.of(graph).shape(graph.output("file")))
            .getMessage();
    assertTrue(used.contains("file:0"), used);
    assertTrue(used.contains("is none that Millrace has"), used);
    try (Session session = session(graph)) {
      String fed =
          assertThrows(FeedException.class, () -> session.run("cast", Feed.of("file", 1f)))
              .getMessage();
      assertTrue(fed.startsWith("cannot feed file:0 string"), fed);
    }
  }

  /** A loop of an element type that the engine does not have: i = 0; while (i < 3) i = i + 3. */
  private static String loop() {
    String frame = attr("frame_name", "s: 'while'");
    return node(
            "zero",
            "Const",
            type("dtype", "DT_HALF") + attr("value", "tensor { dtype: DT_HALF tensor_shape {} }"))
        + node("enter", "Enter", "input: 'zero' " + HALF + frame)
        + node("merge", "Merge", "input: 'enter' input: 'next' " + HALF + attr("N", "i: 2"))
        + node(
            "three",
            "Const",
            "input: '^merge' "
                + type("dtype", "DT_HALF")
                + attr("value", "tensor { dtype: DT_HALF tensor_shape {} }"))
        + node("less", "Less", "input: 'merge' input: 'three' " + HALF)
        + node("cond", "LoopCond", "input: 'less'")
        + node("switch", "Switch", "input: 'merge' input: 'cond' " + HALF)
        + node("add", "AddV2", "input: 'switch:1' input: 'three' " + HALF)
        + node("next", "NextIteration", "input: 'add' " + HALF)
        + node("exit", "Exit", "input: 'switch' " + HALF);
  }

  @Test
  void keepsLoops() {
    Graph graph = GraphDefs.readText(X + loop() + node("y", "Neg", "input: 'x' " + FLOAT));
    assertTrue(
        graph.toString().contains("merge = Merge[N=2, T=float16, input 1=next] enter:0"),
        graph.toString());
    GraphDef before = GraphFiles.parseText(loop());
    Map<String, NodeDef> after =
        GraphFiles.parse(GraphDefs.write(graph)).getNodeList().stream()
            .collect(Collectors.toMap(NodeDef::getName, n -> n));
    assertEquals(12, after.size());
    before.getNodeList().forEach(n -> assertEquals(n, after.get(n.getName())));
    try (Session session = session(graph)) {
      assertEquals(-2, session.run("y", Feed.of("x", new float[] {1, 2})).getFloat(1));
      assertTrue(
          message(session, "exit")
              .contains("  Merge: it begins a loop that carries what Millrace"));
    }
  }

  @Test
  void writesThemUnchanged() {
    byte[] bytes =
        GraphFiles.bytes(
            GraphFiles.parseText(
                X
                    + PICTURES
                    + node(
                        "f",
                        "Fancy",
                        "device: '/job:w/task:3' input: 'x' input: 'save/Const' input: '^file' "
                            + attr("f", "func { name: 'twice' }")
                            + attr("_class", "list { s: 'loc:@x' }")
                            + attr("bytes", "s: '\\377\\000a'")
                            + attr("none", ""))
                    + "library { function { signature { name: 'twice' } } } versions { producer: 27 }"));
    GraphDef before = GraphFiles.parse(bytes);
    GraphDef after = GraphFiles.parse(GraphDefs.write(GraphDefs.read(bytes)));
    assertEquals(before.getLibrary(), after.getLibrary());
    Map<String, NodeDef> nodes =
        after.getNodeList().stream().collect(Collectors.toMap(NodeDef::getName, n -> n));
    for (String name : List.of("f", "decode", "save/SaveV2", "save/all", "save/Const", "file")) {
      NodeDef node =
          before.getNodeList().stream()
              .filter(n -> n.getName().equals(name))
              .findAny()
              .orElseThrow();
      assertEquals(node, nodes.get(name));
    }
    Graph twice = new Graph();
    GraphDefs.importInto(twice, bytes, "a");
    GraphDefs.importInto(twice, bytes, "b");
    GraphDef both = GraphFiles.parse(GraphDefs.write(twice));
    assertEquals(before.getLibrary(), both.getLibrary());
    NodeDef second =
        both.getNodeList().stream().filter(n -> n.getName().equals("b/f")).findAny().orElseThrow();
    assertEquals(List.of("b/x", "b/save/Const", "^b/file"), second.getInputList());
    assertEquals("loc:@b/x", second.getAttrOrThrow("_class").getList().getS(0).toStringUtf8());
    GraphDefs.importInto(
        twice,
        GraphFiles.bytes(
            GraphFiles.parseText(
                node("f", "Fancy", attr("f", "func { name: 'twice' }"))
                    + "library { function { signature { name: 'twice' } } }")),
        "c");
    assertEquals(1, GraphFiles.parse(GraphDefs.write(twice)).getLibrary().getFunctionCount());
  }

  @Test
  void prunesToWhatOutputsNeed() {
    String text =
        X
            + PICTURES
            + node("y", "Neg", "input: 'x' input: '^go' " + FLOAT)
            + node("go", "NoOp", "");
    Graph graph = GraphDefs.readText(text, List.of("y:0"));
    assertEquals(
        List.of("x", "go", "y"), graph.operations().stream().map(Operation::name).toList());
    byte[] bytes = GraphFiles.bytes(GraphFiles.parseText(text));
    assertEquals(graph.toString(), GraphDefs.read(bytes, List.of("y", "x")).toString());
    String missing =
        assertThrows(GraphDefException.class, () -> GraphDefs.read(bytes, List.of("z")))
            .getMessage();
    assertTrue(missing.startsWith("the file has no node 'z', which is asked for"), missing);
  }

  @Test
  void refusesWhatIsNoNode() {
    for (String type : List.of("a b", "a\\nb", "x".repeat(2000))) {
      String message =
          assertThrows(GraphDefException.class, () -> GraphDefs.readText(node("n", type, "")))
              .getMessage();
      assertTrue(message.contains("is not a valid name of an operation"), message);
    }
    String outputs =
        assertThrows(
                GraphDefException.class,
                () ->
                    GraphDefs.readText(
                        X
                            + node("f", "Fancy", "")
                            + node("n", "Neg", "input: 'f:999999999' " + FLOAT)))
            .getMessage();
    assertTrue(outputs.startsWith("[Fancy 'f'] brings the file to more than"), outputs);
    String split =
        assertThrows(
                GraphDefException.class,
                () ->
                    GraphDefs.readText(
                        node("s", "QueueDequeueManyV2", "")
                            + node(
                                "n",
                                "DynamicPartition",
                                type("T", "DT_HALF") + attr("num_partitions", "i: 9000000000"))))
            .getMessage();
    assertTrue(split.contains("cannot have 9000000000 outputs"), split);
    assertTrue(GraphDefs.readText(node("x", "Fancy", "")).toString().startsWith("x = Fancy : ?"));
  }
}
