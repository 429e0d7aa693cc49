package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.DType;
import io.millrace.ExecutionException;
import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Shape;
import io.millrace.Tensor;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The methods that index by data and are made of several operations, beside worked examples. */
class IndexingFacadeTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private String value(Operand fetch, Map<?, ?> feeds) {
    SessionOptions options = SessionOptions.defaults().device("reference");
    try (Session session = new Session(graph, options);
        Tensor result = session.run(fetch, feeds)) {
      return result.toString().replaceAll("\\s+", " ");
    }
  }

  private String value(Operand fetch) {
    return value(fetch, Map.of());
  }

  @Test
  void sortsAlongAnyAxisEitherWay() {
    Output x = tf.constant(new float[][] {{3, 1, 2}, {1, 5, 2}});
    assertEquals("[[1. 2. 3.] [1. 2. 5.]]", value(tf.sort(x)));
    assertEquals("[[1. 1. 2.] [3. 5. 2.]]", value(tf.sort(x, 0, SortOps.Direction.ASCENDING)));
    assertEquals("[[3. 2. 1.] [5. 2. 1.]]", value(tf.sort(x, -1, SortOps.Direction.DESCENDING)));
    assertEquals("[[1 0 0] [0 1 1]]", value(tf.argsort(x, 0, SortOps.Direction.ASCENDING)));
    assertEquals("[[1 2 0] [0 2 1]]", value(tf.argsort(x)));
  }

  @Test
  void sortsIntegersThatCannotBeNegated() {
    int[] values = {3, Integer.MIN_VALUE, Integer.MAX_VALUE, -1};
    assertEquals("[-2147483648 -1 3 2147483647]", value(tf.sort(values)));
    Output bytes = tf.constant(new int[] {200, 0, 255, 7}, DType.UINT8);
    assertEquals("[ 0 7 200 255]", value(tf.sort(bytes)));
  }

  @Test
  void gathersByCoordinatesWithinABatch() {
    Output x = tf.constant(new float[][][] {{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}});
    int[][] rows = {{1}, {0}};
    assertEquals("[[3. 4.] [5. 6.]]", value(tf.gatherNd(x, rows, 1)));
    int[][][] elements = {{{0, 1}, {1, 1}}, {{1, 0}, {0, 0}}};
    assertEquals("[[2. 4.] [7. 5.]]", value(tf.gatherNd(x, elements, 1)));
    int[][][] last = {{{1}, {0}}, {{0}, {1}}};
    assertEquals("[[2. 3.] [5. 8.]]", value(tf.gatherNd(x, last, 2)));
    assertThrows(GraphException.class, () -> tf.gatherNd(x, rows, 2));
  }

  @Test
  void averagesSegmentsInAnyOrder() {
    Output x = tf.constant(new float[][] {{1, 2}, {3, 4}, {5, 9}});
    int[] ids = {2, 0, 2};
    assertEquals("[[3. 4. ] [0. 0. ] [3. 5.5]]", value(tf.unsortedSegmentMean(x, ids, 3)));
    Output single = tf.constant(new float[] {8, 3, 2, 6, 4});
    int[] all = {0, -1, 0, 0, 0};
    assertEquals("[10.]", value(tf.unsortedSegmentSqrtN(single, all, 1)));
  }

  @Test
  void embeddingsAreTrainedWhereTheyAreLookedUp() {
    Variable table = tf.variable(new float[][] {{1, 2}, {3, 4}, {5, 6}}, "table");
    Output rows = tf.nn.embeddingLookup(table, new int[] {2, 0, 2});
    Output gradient = tf.gradients(rows, table).get(0);
    assertEquals("[[1. 1.] [0. 0.] [2. 2.]]", value(gradient, Map.of(table, new float[3][2])));
  }

  @Test
  void indicesOutOfRangeFailTheRunAndNameTheRule() {
    Output index = tf.placeholder(DType.INT32, Shape.of(-1), "index");
    Output picked = tf.gather(new float[] {1, 2, 3}, index);
    assertEquals("[3. 1.]", value(picked, Map.of(index, new int[] {2, 0})));
    ExecutionException failure =
        assertThrows(
            ExecutionException.class, () -> value(picked, Map.of(index, new int[] {0, 3})));
    String message = String.valueOf(failure.getMessage());
    assertTrue(message.contains("indices must be in [0, 3)"), message);
    assertTrue(message.contains("GatherV2") && message.contains("IndexingFacadeTest"), message);
  }
}
