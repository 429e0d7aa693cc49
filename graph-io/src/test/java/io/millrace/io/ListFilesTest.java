package io.millrace.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.ops.Ops;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Lists of tensors in files. */
class ListFilesTest {
  private static final Map<String, Object> FEEDS =
      Map.of("x", new float[] {1, 2, 3, 0.5f}, "n", 4, "p", true);

  private static void expect(Graph graph, Object wanted, double... expected) {
    expect(graph, FEEDS, wanted, expected);
  }

  private static void expect(
      Graph graph, Map<String, Object> feeds, Object wanted, double... expected) {
    for (boolean passes : new boolean[] {false, true}) {
      SessionOptions options = SessionOptions.defaults().device("reference").passes(passes);
      try (Session session = new Session(graph, options);
          Tensor value = session.run(List.of(wanted), feeds).tensors().get(0)) {
        double[] actual = new double[expected.length];
        float[] flat = value.toFloatArray();
        for (int i = 0; i < expected.length; i++) {
          actual[i] = flat[i];
        }
        assertArrayEquals(expected, actual, 1e-4, wanted.toString());
      }
    }
  }

  /** A graph of TensorFlow 2.21 with arrays in loops in loops and branches, and its values. */
  private static void isTensorFlows(Graph graph) {
    expect(graph, "y", 2, 5, 16, 9);
    expect(graph, "z", 1, 2, 3, 2, 4, 6, 3, 6, 9, 0.5, 1, 1.5);
    expect(graph, "m", 4, 7, 12.5, 3.75);
    expect(graph, "sc", 1, 3, 10, 6);
    expect(graph, "c", 1, 2, 3, 0.5);
    Ops tf = Ops.of(graph);
    List<Output> ys =
        List.of(
            tf.square(graph.output("y")), graph.output("z"), graph.output("m"), graph.output("sc"));
    Output dx = tf.gradients(ys, List.of(graph.output("x"))).get(0);
    expect(graph, dx, 768.5, 290, 230, 307);
  }

  @Test
  void arraysOfTensorFlowsAreWhatTheyAreThere() throws IOException {
    try (InputStream file = ListFilesTest.class.getResourceAsStream("lists.pb")) {
      Graph graph = GraphDefs.read(file.readAllBytes());
      byte[] written = GraphDefs.write(graph);
      isTensorFlows(graph);
      isTensorFlows(GraphDefs.read(written));
    }
  }

  /** TensorFlow keeps what its gradients of loops need in lists that grow. */
  @Test
  void gradientsThatTensorFlowBuiltAreWhatTheyAreThere() throws IOException {
    try (InputStream file = ListFilesTest.class.getResourceAsStream("list_gradients.pb")) {
      Graph graph = GraphDefs.read(file.readAllBytes());
      Map<String, Object> feeds = Map.of("x", new float[] {1, 2, 3, 0.5f}, "n", 4);
      expect(graph, feeds, "y", 1.7615942, 1.9982603, 1.9999876, 1.7615916);
      expect(graph, feeds, "gx", 17.302155, 0.024476314, 0.00023371846, 2.9593027);
    }
  }

  @Test
  void listsHoldLists() {
    Graph graph =
        GraphDefs.readText(
            """
            node { name: "shape" op: "Const" attr { key: "dtype" value { type: DT_INT32 } }
              attr { key: "value" value { tensor { dtype: DT_INT32 tensor_shape {} int_val: -1 } } } }
            node { name: "inner" op: "EmptyTensorList" input: "shape" input: "shape"
              attr { key: "element_dtype" value { type: DT_FLOAT } }
              attr { key: "shape_type" value { type: DT_INT32 } } }
            node { name: "outer" op: "EmptyTensorList" input: "shape" input: "shape"
              attr { key: "element_dtype" value { type: DT_VARIANT } }
              attr { key: "shape_type" value { type: DT_INT32 } } }
            node { name: "both" op: "TensorListPushBack" input: "outer" input: "inner"
              attr { key: "element_dtype" value { type: DT_VARIANT } } }
            node { name: "length" op: "TensorListLength" input: "both" }
            node { name: "other" op: "TensorListLength" input: "inner" }
            """);
    SessionOptions options = SessionOptions.defaults().device("reference");
    try (Session session = new Session(graph, options)) {
      try (Tensor length = session.run("other")) {
        assertArrayEquals(new int[] {0}, length.toIntArray());
      }
      try (Tensor length = session.run("length")) {
        assertArrayEquals(new int[] {1}, length.toIntArray());
      }
    }
  }
}
