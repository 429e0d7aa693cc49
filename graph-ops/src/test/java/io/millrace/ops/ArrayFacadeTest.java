package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.Graph;
import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.ops.array.MirrorPadOps;
import io.millrace.ops.linalg.DiagonalOps;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the facade's methods for moving elements give, beside NumPy's or TensorFlow's results. */
class ArrayFacadeTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final int[][] x = {{1, 2, 3}, {4, 5, 6}};

  private String value(Operand fetch) {
    SessionOptions options = SessionOptions.defaults().device("reference");
    try (Session session = new Session(graph, options);
        Tensor result = session.run(fetch)) {
      return result.toString().replaceAll("\\s+", " ");
    }
  }

  private List<String> values(List<Output> fetches) {
    return fetches.stream().map(this::value).toList();
  }

  @Test
  void takesApart() {
    assertEquals(List.of("[[1 2 3]]", "[[4 5 6]]"), values(tf.split(x, 2)));
    assertEquals(List.of("[[1] [4]]", "[[2] [5]]", "[[3] [6]]"), values(tf.split(x, 3, -1)));
    List<String> uneven = List.of("[[1 2] [4 5]]", "[[3] [6]]");
    assertEquals(uneven, values(tf.split(x, new int[] {-1, 1}, 1)));
    assertEquals(uneven, values(tf.split(x, tf.constant(new long[] {2, 1}), 2, 1)));
    assertEquals(List.of("[1 4]", "[2 5]", "[3 6]"), values(tf.unstack(x, 1)));
  }

  @Test
  void putsTogether() {
    assertEquals("[[1 2 3 1 2 3] [4 5 6 4 5 6]]", value(tf.concat(List.of(x, x), 1)));
    assertEquals("[[7 8] [9 9]]", value(tf.stack(List.of(new int[] {7, 9}, new int[] {8, 9}), 1)));
    assertEquals("[[1 2 3 1 2 3] [4 5 6 4 5 6]]", value(tf.tile(x, 1, 2)));
    assertEquals("[[5 5 5] [5 5 5]]", value(tf.broadcastTo(5, 2, 3)));
  }

  @Test
  void listsHoldTensorsBesideNumbers() {
    for (DType index : List.of(DType.INT32, DType.INT64)) {
      Output one = tf.constant(1, index);
      assertEquals("[[4 5]]", value(tf.slice(x, List.of(one, 0), List.of(1, 2))));
      assertEquals("[[4 5]]", value(tf.slice(x, new int[] {1, 0}, List.of(one, 2))));
      assertEquals("[[1 2]]", value(tf.slice(x, new long[2], tf.stack(List.of(one, 2)))));
      List<Object> end = List.of(2, tf.add(one, 1));
      assertEquals("[[5]]", value(tf.stridedSlice(x, List.of(one, 1), end, List.of(1, 1))));
      assertEquals("[0 7 7]", value(tf.pad(new int[] {7, 7}, List.of(List.of(one, 0)))));
      assertEquals("[[1 0] [2 1]]", value(tf.add(new Object[][] {{one, 0}, {2, one}}, 0)));
      assertEquals("[1.5 3. ]", value(tf.multiply(1.5, List.of(tf.constant(1f), 2))));
      int[][] places = {{1}};
      assertEquals("[0 5]", value(tf.scatterNd(places, new int[] {5}, List.of(tf.add(one, 1)))));
      assertEquals("[0 5]", value(tf.scatterNd(places, new int[] {5}, 2)));
    }
  }

  @Test
  void turns() {
    assertEquals("[[6 5 4] [3 2 1]]", value(tf.reverse(x, 0, 1)));
    assertEquals("[[3 1 2] [6 4 5]]", value(tf.roll(x, 1, 1)));
    assertEquals("[[5 6 4] [2 3 1]]", value(tf.roll(x, new int[] {1, -1}, new int[] {0, 1})));
  }

  @Test
  void pads() {
    int[][] around = {{1, 0}, {1, 1}};
    assertEquals("[[0 0 0 0 0] [0 1 2 3 0] [0 4 5 6 0]]", value(tf.pad(x, around)));
    assertEquals("[[9 9 9 9 9] [9 1 2 3 9] [9 4 5 6 9]]", value(tf.pad(x, around, 9)));
    assertEquals(
        "[[5 4 5 6 5] [2 1 2 3 2] [5 4 5 6 5]]",
        value(tf.pad(x, around, MirrorPadOps.Mode.REFLECT)));
    assertEquals(
        "[[1 1 2 3 3] [1 1 2 3 3] [4 4 5 6 6]]",
        value(tf.pad(x, around, MirrorPadOps.Mode.SYMMETRIC)));
  }

  @Test
  void diagonals() {
    assertEquals("[[1. 0. 0.] [0. 1. 0.]]", value(tf.eye(2, 3, DType.FLOAT32)));
    assertEquals("6", value(tf.trace(x)));
    assertEquals("[[0 1 0] [0 0 2] [0 0 0]]", value(tf.matrixDiag(new int[] {1, 2}, 1)));
    assertEquals("[2 6]", value(tf.matrixDiagPart(x, 1)));
    assertEquals(
        "[[2 6] [1 5] [4 0]]",
        value(tf.matrixDiagPart(x, new int[] {-1, 1}, 0, DiagonalOps.Align.LEFT_LEFT)));
    assertEquals("[[8 2 3] [4 9 6]]", value(tf.matrixSetDiag(x, new int[] {8, 9})));
    assertEquals("[[1 2 0] [0 5 6]]", value(tf.matrixBandPart(x, 0, 1)));
    assertEquals("[[3 0] [0 4]]", value(tf.diag(new int[] {3, 4})));
    assertEquals("[3 4]", value(tf.diagPart(tf.diag(new int[] {3, 4}))));
  }

  @Test
  void bitsOfFedAndComputedNumbers() {
    Output fed = tf.placeholder(DType.FLOAT32, Shape.of(2));
    Output sum = tf.add(fed, 1f);
    Output bits = tf.bitcast(sum, DType.INT32);
    Output bytes = tf.bitcast(fed, DType.UINT8);
    Output back = tf.multiply(tf.bitcast(bits, DType.FLOAT32), 2f);
    for (String device : List.of("reference", "cpu")) {
      try (Session session = new Session(graph, SessionOptions.defaults().device(device))) {
        List<Tensor> results =
            session.run(List.of(bits, bytes, back, sum), Map.of(fed, new float[] {1, -1.5f}));
        assertEquals("[ 1073741824 -1090519040]", results.get(0).toString());
        assertEquals(
            "[[ 0 0 128 63] [ 0 0 192 191]]", results.get(1).toString().replaceAll("\\s+", " "));
        assertEquals("[ 4. -1.]", results.get(2).toString());
        assertEquals("[ 2.  -0.5]", results.get(3).toString());
        results.forEach(Tensor::close);
      }
    }
  }

  @Test
  void blocks() {
    Output image = tf.reshape(tf.range(8), 1, 2, 4, 1);
    assertEquals("[[[[0 1 4 5] [2 3 6 7]]]]", value(tf.spaceToDepth(image, 2)));
    assertEquals(value(image), value(tf.depthToSpace(tf.spaceToDepth(image, 2), 2)));
    int[][] none = {{0, 0}};
    Output batch = tf.spaceToBatchNd(tf.reshape(tf.range(4), 1, 4), new int[] {2}, none);
    assertEquals("[[0 2] [1 3]]", value(batch));
    assertEquals("[[1 2]]", value(tf.batchToSpaceNd(batch, new int[] {2}, new int[][] {{1, 1}})));
  }
}
