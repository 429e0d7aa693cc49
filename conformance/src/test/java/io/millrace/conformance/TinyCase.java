package io.millrace.conformance;

import io.millrace.Graph;
import io.millrace.io.GraphDefs;
import io.millrace.ops.Ops;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a case for {@code y = 3 * x * x}, x being [1, 2], so that y is [3, 12] and its gradient
 * [6, 12]; tests then change what they are about.
 */
final class TinyCase {
  static final String JSON =
      """
      {
        "format": 1, "name": "math/tiny__case", "group": "math", "op": "tiny", "kind": "graph",
        "ops": ["Mul"],
        "inputs": [{"node": "x:0", "dtype": "float32", "shape": [2], "file": "x.npy"}],
        "outputs": [{"node": "y:0", "dtype": "float32", "shape": [2], "file": "y.npy", "rtol": 1e-5}],
        "grad_ys": [{"node": "y:0", "dtype": "float32", "shape": [2], "file": "ones.npy"}],
        "gradients": [
          {"of": ["y:0"], "wrt": "x:0", "dtype": "float32", "shape": [2], "file": "dx.npy", "atol": 1e-5}
        ]
      }
      """;

  final Path folder;

  private TinyCase(Path folder) {
    this.folder = folder;
  }

  /** Writes the case into a folder, under this name. */
  static TinyCase in(Path parent, String name) throws IOException {
    TinyCase tiny = new TinyCase(Files.createDirectories(parent.resolve(name)));
    return tiny.json(JSON.replace("math/tiny__case", name))
        .graph(graph())
        .tensor("x.npy", floats(1, 2))
        .tensor("y.npy", floats(3, 12))
        .tensor("ones.npy", floats(1, 1))
        .tensor("dx.npy", floats(6, 12));
  }

  private static Graph graph() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    var x = tf.placeholder(DType.FLOAT32, Shape.of(2), "x");
    tf.withName("y").multiply(tf.multiply(x, x), tf.constant(3f));
    return graph;
  }

  static Literal floats(double... values) {
    Literal.Builder builder = new Literal.Builder(TensorType.of(DType.FLOAT32, values.length));
    for (int i = 0; i < values.length; i++) {
      builder.setDouble(i, values[i]);
    }
    return builder.build();
  }

  TinyCase json(String text) throws IOException {
    Files.writeString(folder.resolve("case.json"), text);
    return this;
  }

  /** Replaces a part of case.json that must be there. */
  TinyCase edit(String part, String by) throws IOException {
    String text = Files.readString(folder.resolve("case.json"));
    if (!text.contains(part)) {
      throw new IllegalArgumentException(part + " is not in " + text);
    }
    return json(text.replace(part, by));
  }

  TinyCase graph(Graph graph) throws IOException {
    Files.write(folder.resolve("graph.pb"), GraphDefs.write(graph));
    return this;
  }

  /** Changes a text in the graph's file to another of the same length. */
  TinyCase editGraph(String part, String by) throws IOException {
    Path file = folder.resolve("graph.pb");
    String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    Files.write(file, text.replace(part, by).getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  TinyCase tensor(String file, Literal value) throws IOException {
    Files.write(folder.resolve(file), NpyBytes.of(value));
    return this;
  }
}
