package io.millrace.conformance.mistakes;

import static io.millrace.type.DType.FLOAT32;

import io.millrace.Session;
import io.millrace.io.GraphDefs;
import io.millrace.ops.Ops;
import io.millrace.type.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

@Subject("Files and imported graphs")
final class FileMistakes extends Mistakes {

  @Mistake("A file that there is not")
  void noFile() throws IOException {
    GraphDefs.read(Path.of("model.pb"));
  }

  @Mistake("Bytes that are no graph")
  void noGraph() {
    GraphDefs.read(new byte[] {1, 2, 3, 4});
  }

  @Mistake("A graph that was cut off")
  void truncated() {
    tf.withName("y").square(tf.placeholder(FLOAT32, Shape.of(3), "x"));
    var bytes = GraphDefs.write(graph);
    GraphDefs.read(Arrays.copyOf(bytes, bytes.length / 2));
  }

  @Mistake("Text that is no graph")
  void noText() {
    GraphDefs.readText("graph {");
  }

  @Mistake("An image instead of a graph")
  void image() {
    GraphDefs.read(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
  }

  @Mistake("A node whose input there is not")
  void noInput() {
    GraphDefs.readText(
        """
        node { name: "y" op: "Square" input: "x" attr { key: "T" value { type: DT_FLOAT } } }
        """);
  }

  @Mistake("Two nodes of one name")
  void twoOfOneName() {
    GraphDefs.readText(
        """
        node { name: "x" op: "NoOp" }
        node { name: "x" op: "NoOp" }
        """);
  }

  @Mistake("Nodes in a circle")
  void circle() {
    GraphDefs.readText(
        """
        node { name: "x" op: "Square" input: "y" attr { key: "T" value { type: DT_FLOAT } } }
        node { name: "y" op: "Square" input: "x" attr { key: "T" value { type: DT_FLOAT } } }
        """);
  }

  @Mistake("A node of other inputs than its operation")
  void inputs() {
    GraphDefs.readText(
        """
        node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } }
        node { name: "y" op: "MatMul" input: "x" attr { key: "T" value { type: DT_FLOAT } } }
        """);
  }

  @Mistake("A constant without its value")
  void constant() {
    GraphDefs.readText(
        """
        node { name: "c" op: "Const" attr { key: "dtype" value { type: DT_FLOAT } } }
        """);
  }

  @Mistake("A node's name that is none")
  void name() {
    GraphDefs.readText("node { name: \"my node\" op: \"NoOp\" }");
  }

  @Mistake("An output that the file does not have")
  void output() {
    GraphDefs.readText("node { name: \"init\" op: \"NoOp\" }", List.of("initial"));
  }

  @Mistake("An operation that Millrace does not have")
  void unsupported() {
    var read =
        GraphDefs.readText(
            """
            node { name: "file" op: "Placeholder" attr { key: "dtype" value { type: DT_STRING } } }
            node { name: "bytes" op: "ReadFile" input: "file" }
            """);
    try (var other = new Session(read)) {
      other.run("bytes");
    }
  }

  @Mistake("Names of a file that the graph has already")
  void importTwice() {
    tf.placeholder(FLOAT32, Shape.of(3), "x");
    GraphDefs.importInto(graph, GraphDefs.write(graph), "");
  }

  @Mistake("A prefix that is no name")
  void prefix() {
    tf.placeholder(FLOAT32, Shape.of(3), "x");
    GraphDefs.importInto(graph, GraphDefs.write(graph), "my model");
  }

  @Mistake("A graph frozen before its variables have values")
  void freeze() {
    var w = tf.variable(tf.zeros(3), "w");
    var y = tf.square(w);
    GraphDefs.freeze(session, List.of(y));
  }

  @Mistake("A training step frozen")
  void freezeTraining() {
    var w = tf.variable(tf.zeros(3), "w");
    var train = tf.train.gradientDescent(0.1).minimize(tf.reduceSum(tf.square(w)));
    session.run(tf.globalVariablesInitializer());
    GraphDefs.freeze(session, List.of(train));
  }

  @Mistake("An output frozen that there is not")
  void freezeNoSuch() {
    tf.withName("scores").square(tf.ones(3));
    GraphDefs.freeze(session, List.of("score"));
  }

  @Mistake("A graph written into a folder that there is not")
  void writeNowhere() throws IOException {
    tf.placeholder(FLOAT32, Shape.of(3), "x");
    GraphDefs.write(graph, Path.of("no-such-folder", "model.pb"));
  }

  @Mistake("A variable of a file without an initializer")
  void noInitializer() {
    var read =
        GraphDefs.readText(
            """
            node { name: "w" op: "VariableV2" attr { key: "dtype" value { type: DT_FLOAT } }
              attr { key: "shape" value { shape { dim { size: 3 } } } } }
            """);
    Ops.of(read).variableNamed("w").initializer();
  }
}
