package io.millrace.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.Graph;
import io.millrace.GraphFunction;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.io.proto.GraphDef;
import io.millrace.ops.Ops;
import io.millrace.ops.TensorArray;
import io.millrace.ops.Variable;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Gradients through loops, branches and functions, and loops over rows, in files: they compute what
 * the graph does that was written. TensorFlow 2.21 computes the same of each of these files.
 */
class GradientFilesTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Output x = tf.placeholder(DType.FLOAT32, Shape.of(3), "x");
  private final Output n = tf.placeholder(DType.INT32, Shape.scalar(), "n");
  private final Output rows = tf.placeholder(DType.FLOAT32, Shape.of(-1, 3), "rows");
  private final List<Output> wanted = new ArrayList<>();

  private void want(Output... tensors) {
    wanted.addAll(List.of(tensors));
  }

  private static Map<String, Object> feeds(int count) {
    float[] values = new float[3 * count];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i + 1);
    }
    return Map.of(
        "x",
        new float[] {0.5f, -0.25f, 0.75f},
        "n",
        count,
        "rows",
        Tensor.of(values, Shape.of(count, 3)));
  }

  private void isSameRead(int... counts) throws IOException {
    byte[] file = GraphDefs.write(graph);
    Graph read = GraphDefs.read(file);
    SessionOptions options = SessionOptions.defaults().device("reference");
    List<String> names = wanted.stream().map(Output::name).toList();
    try (Session own = new Session(graph, options);
        Session other = new Session(read, options)) {
      for (int count : counts) {
        List<Tensor> expected = own.run(names, feeds(count)).tensors();
        List<Tensor> actual = other.run(names, feeds(count)).tensors();
        for (int i = 0; i < names.size(); i++) {
          assertEquals(expected.get(i).type(), actual.get(i).type(), names.get(i));
          assertArrayEquals(
              expected.get(i).toFloatArray(), actual.get(i).toFloatArray(), 1e-5f, names.get(i));
        }
      }
    }
  }

  private Output whileLoop() {
    return tf.whileLoop(
            v -> tf.less(v.get(0), n),
            v -> List.of(tf.add(v.get(0), 1), tf.tanh(tf.multiply(v.get(1), x))),
            List.of(0, tf.multiply(x, 2f)))
        .get(1);
  }

  private Output gradient(Output y, Output of) {
    return tf.gradients(y, of).get(0);
  }

  /** Wants a tensor, its gradient and one of the second order. */
  private void wantGradients(Output y) {
    Output dx = gradient(y, x);
    want(y, dx, gradient(tf.square(dx), x));
  }

  @Test
  void loops() throws IOException {
    wantGradients(whileLoop());
    isSameRead(4, 1, 0);
  }

  @Test
  void loopsOverRows() throws IOException {
    want(tf.mapFn(tf::square, rows));
    want(tf.foldr((before, row) -> tf.sin(tf.multiply(before, row)), rows, x));
    Output y = tf.scan((before, row) -> tf.add(tf.multiply(before, row), x), rows, x);
    want(gradient(tf.square(y), rows));
    wantGradients(y);
    isSameRead(4, 1);
  }

  @Test
  void branches() throws IOException {
    wantGradients(
        tf.cond(
            tf.greater(n, 2), () -> tf.multiply(tf.sin(x), tf.exp(x)), () -> tf.square(tf.cos(x))));
    wantGradients(
        tf.switchCase(
            n,
            List.of(
                () -> tf.exp(tf.sin(x)),
                () -> tf.tanh(tf.square(x)),
                () -> tf.multiply(tf.square(x), 3f))));
    isSameRead(4, 1, 0);
  }

  @Test
  void branchesInLoopsAndLoopsInBranches() throws IOException {
    wantGradients(
        tf.whileLoop(
                v -> tf.less(v.get(0), n),
                v ->
                    List.of(
                        tf.add(v.get(0), 1),
                        tf.cond(
                            tf.greater(tf.reduceSum(v.get(1)), 0.5f),
                            () -> tf.multiply(tf.sin(v.get(1)), x),
                            () -> tf.add(tf.exp(v.get(1)), x))),
                List.of(0, x))
            .get(1));
    wantGradients(tf.cond(tf.greater(n, 0), this::whileLoop, () -> tf.square(x)));
    isSameRead(4, 1, 0);
  }

  @Test
  void loopsInLoops() throws IOException {
    wantGradients(
        tf.whileLoop(
                v -> tf.less(v.get(0), n),
                v -> List.of(tf.add(v.get(0), 1), tf.add(whileLoop(), v.get(1))),
                List.of(0, x))
            .get(1));
    isSameRead(3, 1);
  }

  @Test
  void functions() throws IOException {
    GraphFunction f =
        tf.function(
            "f",
            List.of(TensorType.of(DType.FLOAT32, 3)),
            v -> List.of(tf.multiply(tf.sin(v.get(0)), tf.exp(x))));
    wantGradients(tf.call(f, tf.call(f, x).get(0)).get(0));
    isSameRead(1);
  }

  /** A function is made plain and written once: of calls there are 2 to the power of 40 here. */
  @Test
  void functionsCalledTwiceByFunctionsCalledTwice() throws IOException {
    TensorType vector = TensorType.of(DType.FLOAT32, 3);
    GraphFunction f =
        tf.function(
            "f0", List.of(vector), v -> List.of(tf.foldl((a, row) -> tf.multiply(a, x), rows, x)));
    for (int i = 1; i <= 40; i++) {
      GraphFunction inner = f;
      f =
          tf.function(
              "f" + i,
              List.of(vector),
              v -> List.of(tf.add(tf.call(inner, v.get(0)).get(0), tf.call(inner, x).get(0))));
    }
    tf.call(f, x);
    GraphDef file = GraphFiles.parse(GraphDefs.write(graph));
    long calls =
        file.getLibrary().getFunctionList().stream()
            .filter(function -> function.getSignature().getName().matches("f[0-9]+"))
            .count();
    assertEquals(41, calls);
  }

  @Test
  void arrays() throws IOException {
    TensorArray array = tf.tensorArray(DType.FLOAT32, tf.add(n, 1));
    List<Output> ends =
        tf.whileLoop(
            v -> tf.less(v.get(0), n),
            v -> {
              Output next = tf.multiply(tf.sin(v.get(1)), x);
              TensorArray written = array.with(v.get(2)).write(v.get(0), next);
              return List.of(tf.add(v.get(0), 1), next, written);
            },
            List.of(0, x, array));
    Output all = array.with(ends.get(2)).write(n, x).stack();
    want(all, gradient(tf.square(tf.reduceSum(all, 0)), x));
    isSameRead(4, 1, 0);
  }

  @Test
  void frozenGradients() {
    Variable w = tf.variable(new float[] {0.5f, 0.25f, -1}, "w");
    Output y = tf.scan((before, row) -> tf.tanh(tf.multiply(tf.add(before, row), w)), rows, x);
    Output gradient = tf.gradients(y, List.of(x, w)).get(1);
    SessionOptions options = SessionOptions.defaults().device("reference");
    try (Session session = new Session(graph, options)) {
      session.run(tf.globalVariablesInitializer());
      Graph frozen = GraphDefs.read(GraphDefs.freeze(session, List.of(gradient)));
      try (Session other = new Session(frozen, options)) {
        Map<String, Object> feeds = new HashMap<>(feeds(3));
        feeds.remove("n");
        assertArrayEquals(
            session.run(gradient, feeds).toFloatArray(),
            other.run(gradient.name(), feeds).toFloatArray(),
            1e-5f);
      }
    }
  }
}
