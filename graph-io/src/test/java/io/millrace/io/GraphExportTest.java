package io.millrace.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.millrace.Feed;
import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.io.proto.NodeDef;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.ops.Catalogue;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Writes graphs; that TensorFlow loads what is asserted here was tried with TensorFlow 2.21. */
class GraphExportTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private List<String> inputs(String node) {
    return GraphFiles.parse(GraphDefs.write(graph)).getNodeList().stream()
        .filter(n -> n.getName().equals(node))
        .findAny()
        .orElseThrow()
        .getInputList();
  }

  @Test
  void writesDevicesAsTensorFlowReadsThem() {
    Map<String, String> names =
        Map.of(
            "cuda:1", "/device:GPU:1",
            "cpu", "/device:CPU:*",
            "/gpu:0", "/device:GPU:0",
            "/device:CPU:0", "/device:CPU:0",
            "/job:w/task:1", "/job:w/task:1",
            "/job:W/replica:0/task:1/cuda:2", "/job:W/replica:0/task:1/device:GPU:2",
            "reference:0", "/device:REFERENCE:0");
    names.forEach(
        (device, written) -> {
          try (Graph.Scope ignored = graph.device(device)) {
            Output x = tf.placeholder(DType.FLOAT32, Shape.of(2));
            NodeDef node =
                GraphFiles.parse(GraphDefs.write(graph)).getNodeList().stream()
                    .filter(n -> n.getName().equals(x.operation().name()))
                    .findAny()
                    .orElseThrow();
            assertEquals(written, node.getDevice());
          }
        });
  }

  @Test
  void writesNodesAsTensorFlowDoes() {
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1, 2), "x");
    try (Graph.Scope ignored = graph.device("/device:CPU:0");
        Graph.Scope alsoIgnored = graph.controlDependencies(List.of(tf.withName("go").noOp()))) {
      tf.withName("m").matmul(x, x, false, true);
    }
    assertEquals(
        """
        node {
          name: "x"
          op: "Placeholder"
          attr {
            key: "dtype"
            value {
              type: DT_FLOAT
            }
          }
          attr {
            key: "shape"
            value {
              shape {
                dim {
                  size: -1
                }
                dim {
                  size: 2
                }
              }
            }
          }
        }
        node {
          name: "go"
          op: "NoOp"
          device: "/device:CPU:0"
        }
        node {
          name: "m"
          op: "MatMul"
          input: "x"
          input: "x"
          input: "^go"
          device: "/device:CPU:0"
          attr {
            key: "T"
            value {
              type: DT_FLOAT
            }
          }
          attr {
            key: "transpose_a"
            value {
              b: false
            }
          }
          attr {
            key: "transpose_b"
            value {
              b: true
            }
          }
        }
        versions {
          producer: 2474
        }
        """,
        GraphDefs.writeText(graph));
  }

  @Test
  void namesOutputsButTheFirst() {
    Output logits = tf.placeholder(DType.FLOAT32, Shape.of(2, 3), "logits");
    Output labels = tf.placeholder(DType.INT64, Shape.of(2), "labels");
    Output loss = tf.nn.sparseSoftmaxCrossEntropyWithLogits(labels, logits);
    Output second = loss.operation().output(1);
    tf.withName("n").negative(second);
    assertEquals(List.of(loss.operation().name() + ":1"), inputs("n"));
  }

  /** Every operation with every kind of attributes that its examples have. */
  @TestFactory
  Stream<DynamicTest> everyOperationComesBack() {
    return Catalogue.operations().stream()
        .map(
            operation ->
                dynamicTest(
                    operation.getSimpleName(),
                    () ->
                        Catalogue.examples(operation).stream()
                            .filter(e -> e.rejection().isEmpty())
                            .filter(e -> e.op().signature().isKnown())
                            .forEach(GraphExportTest::comesBack)));
  }

  private static void comesBack(Example example) {
    Ops tf = Ops.of(new Graph());
    List<Output> inputs = new ArrayList<>();
    for (Example.Input input : example.inputs()) {
      inputs.add(ExampleInputs.of(tf, input));
    }
    tf.graph().add(example.op(), "example", inputs);
    byte[] bytes = GraphDefs.write(tf.graph());
    assertEquals(tf.graph().toString(), GraphDefs.read(bytes).toString());
    assertArrayEquals(bytes, GraphDefs.write(GraphDefs.read(bytes)));
    assertEquals(
        tf.graph().toString(), GraphDefs.readText(GraphDefs.writeText(tf.graph())).toString());
  }

  @Test
  void trainsTheSameAfterComingBack() {
    graph.setSeed(5);
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1, 4), "x");
    Variable w = tf.variable(tf.random.normal(Shape.of(4, 8)), "w");
    Variable v = tf.variable(tf.random.truncatedNormal(Shape.of(8, 1), 0f, 1f), "v");
    Output loss = tf.withName("loss").reduceMean(tf.square(tf.matmul(tf.tanh(tf.matmul(x, w)), v)));
    Operation train = tf.train.adam(0.1f).minimize(loss);
    Operation init = tf.globalVariablesInitializer();
    Graph back = GraphDefs.read(GraphDefs.write(graph));
    float[] first = losses(graph, init, train);
    assertArrayEquals(
        first, losses(back, back.operation(init.name()), back.operation(train.name())));
    assertTrue(first[4] < first[0]);
  }

  private static float[] losses(Graph graph, Operation init, Operation train) {
    float[][] x = {{1, 2, 3, 4}, {-1, 0, 1, 0}, {0.5f, 2, -3, 1}};
    float[] losses = new float[5];
    try (Session session = new Session(graph, SessionOptions.defaults().device("reference"))) {
      session.run(init);
      for (int i = 0; i < losses.length; i++) {
        losses[i] = session.run("loss", Feed.of("x", x)).floatValue();
        session.run(train, Feed.of("x", x));
      }
    }
    return losses;
  }

  @Test
  void letsUpdatesWaitForTheUsesOfWhatTheyOverwrite() {
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(2, 3), "x");
    Variable w = tf.variable(tf.zeros(DType.FLOAT32, 3, 4), "w");
    Variable v = tf.variable(tf.zeros(DType.FLOAT32, 4, 5), "v");
    Output hidden = tf.withName("hidden").matmul(x, w);
    tf.train.gradientDescent(1f).minimize(tf.reduceSum(tf.withName("out").matmul(hidden, v)));
    Output backward =
        graph.operations().stream()
            .filter(o -> o.inputs().contains(v.value()) && !o.name().equals("out"))
            .findAny()
            .orElseThrow()
            .output(0);
    assertEquals(
        List.of("^" + backward.operation().name()),
        controls(graph.operation("GradientDescent/update_v/ApplyGradientDescent")));
    // Nobody needs the gradient by x, for which w is used once more.
    assertEquals(
        List.of("^hidden"),
        controls(graph.operation("GradientDescent/update_w/ApplyGradientDescent")));
  }

  @Test
  void letsNoUpdateNeedMoreThanBefore() {
    Variable w = tf.variable(1f, "w");
    Output fed = tf.placeholder(DType.FLOAT32, Shape.scalar(), "fed");
    Output feedless = tf.withName("feedless").multiply(w, w);
    Output other = tf.withName("other").multiply(w, fed);
    Output draw = tf.withName("draw").multiply(w, tf.random.uniform(Shape.scalar()));
    Operation update = w.assignAdd(1f).operation();
    assertEquals(List.of(), controls(update));
    tf.group(feedless.operation(), other.operation(), draw.operation(), update);
    assertEquals(List.of("^feedless"), controls(update));
  }

  private List<String> controls(Operation operation) {
    return inputs(operation.name()).stream().filter(i -> i.startsWith("^")).toList();
  }

  /** An operation of a user's own, which TensorFlow cannot have. */
  private record Own(String type) implements Op {
    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(in.type(0));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("tests need none");
    }

    @Override
    public void lower(Lowering to) {
      to.output(0, to.input(0));
    }
  }

  @Test
  void reportsAllThatTensorFlowDoesNotHave() {
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(2), "x");
    graph.add(new Own("Mine"), "a", List.of(x));
    graph.add(new Own("Ours"), "b", List.of(x));
    graph.add(new Own("Mine"), "c", List.of(x));
    GraphDefException e = assertThrows(GraphDefException.class, () -> GraphDefs.write(graph));
    assertEquals(List.of("Mine", "Ours"), e.unsupported());
    assertTrue(
        e.getMessage()
            .startsWith(
                """
                the graph holds nodes that cannot be exported:
                  Mine: TensorFlow does not have this operation (2 nodes: 'a', 'c')
                  Ours: TensorFlow does not have this operation (1 node: 'b')
                  at io.millrace.io.GraphExportTest."""),
        e.getMessage());
  }
}
