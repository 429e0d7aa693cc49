package io.millrace.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.protobuf.TextFormat;
import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.io.proto.AttrValue;
import io.millrace.io.proto.GraphDef;
import io.millrace.io.proto.NodeDef;
import io.millrace.op.Example;
import io.millrace.op.ForeignOp;
import io.millrace.op.Op;
import io.millrace.ops.Catalogue;
import io.millrace.ops.Ops;
import io.millrace.type.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Reads what old or sparing files mean; what is asserted was tried with TensorFlow 2.21. */
class OldFilesTest {
  private static final String DTYPE = "attr { key: 'dtype' value { type: DT_FLOAT } } ";

  private static Shape placeholder(String op, String shape, String versions) {
    return GraphDefs.readText(
            "node { name: 'x' op: '" + op + "' " + DTYPE + shape + " } versions {" + versions + "}")
        .output("x")
        .shape();
  }

  @Test
  void takesEmptyShapesOfOldPlaceholdersAsUnknown() {
    String scalar = "attr { key: 'shape' value { shape {} } }";
    for (String old : List.of("", "producer: 0", "producer: 8", "producer: 21")) {
      assertEquals(Shape.unknown(), placeholder("Placeholder", scalar, old));
      assertEquals(Shape.scalar(), placeholder("PlaceholderV2", scalar, old));
      assertEquals(Shape.scalar(), placeholder("VariableV2", scalar, old));
      assertEquals(
          Shape.of(3),
          placeholder(
              "Placeholder", "attr { key: 'shape' value { shape { dim { size: 3 } } } }", old));
    }
    for (String now : List.of("producer: 22", "producer: 26", "producer: 2474")) {
      assertEquals(Shape.scalar(), placeholder("Placeholder", scalar, now));
    }
    assertEquals(Shape.unknown(), placeholder("Placeholder", "", "producer: 26"));
    assertEquals(
        Shape.unknown(),
        placeholder("Placeholder", "attr { key: 'shape' value { } }", "producer: 26"));
  }

  @Test
  void keepsWhatOldPlaceholdersMeanInNewFiles() {
    Graph graph =
        GraphDefs.readText(
            "node { name: 'x' op: 'Placeholder' attr { key: 'dtype' value { type: DT_STRING } } attr {"
                + " key: 'shape' value { shape {} } } }");
    NodeDef node = GraphFiles.parse(GraphDefs.write(graph)).getNode(0);
    assertTrue(node.getAttrOrThrow("shape").getShape().getUnknownRank());
  }

  @Test
  void takesTheFirstOfTooManyValues() {
    Graph graph =
        GraphDefs.readText(
            "node { name: 'c' op: 'Const' "
                + DTYPE
                + "attr { key: 'value' value { tensor { dtype: DT_FLOAT tensor_shape { dim { size: 2 }"
                + " } float_val: 1 float_val: 2 float_val: 3 } } } }");
    assertEquals(
        List.of(1f, 2f),
        List.of(
            (float) graph.staticValue(graph.output("c")).orElseThrow().getDouble(0),
            (float) graph.staticValue(graph.output("c")).orElseThrow().getDouble(1)));
  }

  private static Map<String, Map<String, AttrValue>> defaults() throws IOException {
    Map<String, Map<String, AttrValue>> defaults = new HashMap<>();
    try (InputStream stream = OldFilesTest.class.getResourceAsStream("defaults.txt")) {
      for (String line :
          new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        String[] words = line.split(" ", 3);
        defaults
            .computeIfAbsent(words[0], op -> new HashMap<>())
            .put(words[1], TextFormat.parse(words[2], AttrValue.class));
      }
    }
    return defaults;
  }

  /** The file defaults.txt holds the defaults of TensorFlow 2.21's own operations. */
  @TestFactory
  Stream<DynamicTest> takesTensorFlowsDefaultsForWhatIsLeftOut() throws IOException {
    Map<String, Map<String, AttrValue>> defaults = defaults();
    return Catalogue.operations().stream()
        .map(
            operation ->
                dynamicTest(
                    operation.getSimpleName(),
                    () -> {
                      List<String> wrong = new ArrayList<>();
                      Catalogue.examples(operation).stream()
                          .filter(e -> e.rejection().isEmpty())
                          .filter(e -> e.op().signature().isKnown())
                          .forEach(e -> compare(e, defaults, wrong));
                      assertEquals(List.of(), wrong.stream().distinct().toList());
                    }));
  }

  private static void compare(
      Example example, Map<String, Map<String, AttrValue>> defaults, List<String> wrong) {
    Ops tf = Ops.of(new Graph());
    List<Output> inputs = new ArrayList<>();
    for (Example.Input input : example.inputs()) {
      inputs.add(ExampleInputs.of(tf, input));
    }
    int number = tf.graph().add(example.op(), "example", inputs).id();
    GraphDef file = GraphFiles.parse(GraphDefs.write(tf.graph()));
    NodeDef node = file.getNode(number);
    defaults
        .getOrDefault(node.getOp(), Map.of())
        .forEach(
            (name, value) -> {
              String said = read(file, number, node.toBuilder().putAttr(name, value));
              String silent = read(file, number, node.toBuilder().removeAttr(name));
              // What inputs tell is taken from them, where TensorFlow has an error.
              if (!said.equals(silent) && !said.contains("but the inputs make it")) {
                wrong.add(node.getOp() + " " + name + ": " + said + " but left out " + silent);
              }
            });
  }

  private static String read(GraphDef file, int number, NodeDef.Builder node) {
    try {
      byte[] bytes = file.toBuilder().setNode(number, node).build().toByteArray();
      Op op = GraphDefs.read(bytes).operations().get(number).op();
      return op instanceof ForeignOp foreign ? foreign.reason() : op.toString();
    } catch (RuntimeException e) {
      return String.valueOf(e.getMessage()).replaceAll("\n.*", "");
    }
  }
}
