package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ExecutionException;
import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.type.DType;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** A run that fails on an index, a label or an id says which one, where it is, and the rule. */
class SuspectsTest {

  @Test
  void everyIndexIsNamed() {
    check(
        new int[][] {{0, 1}, {2, 7}},
        (tf, i) -> tf.gather(tf.zeros(3, 2), i),
        "indices must be in [0, 3): element [1,1] is 7");
    check(5, (tf, i) -> tf.gather(tf.zeros(3), i), "indices must be in [0, 3): it is 5");
    check(
        new int[][] {{0, 1}, {2, 0}},
        (tf, i) -> tf.gatherNd(tf.zeros(2, 3), i),
        "within the shape [2,3]: the coordinates at [1] are [2 0]");
    check(
        new int[] {1, -1},
        (tf, i) -> tf.gatherNd(tf.zeros(2, 3), i),
        "within the shape [2,3]: they are [1 -1]");
    check(
        new int[][] {{3}, {9}},
        (tf, i) -> tf.scatterNd(i, tf.ones(2), new long[] {4}),
        "within the shape [4]: element [1,0] is 9");
    check(
        new int[][] {{3}, {-9}},
        (tf, i) -> tf.tensorScatterNdUpdate(tf.zeros(4), i, tf.ones(2)),
        "within the shape [4]: element [1,0] is -9");
  }

  @Test
  void everyIdIsNamed() {
    check(
        new int[] {0, 2, 1},
        (tf, i) -> tf.segmentSum(tf.ones(3), i),
        "segment ids must ascend: element [2] is 1 after 2");
    check(
        new int[] {-4, 2, 3},
        (tf, i) -> tf.segmentSum(tf.ones(3), i),
        "segment ids must be 0 or more: element [0] is -4");
    check(
        new int[] {0, 2, 5},
        (tf, i) -> tf.unsortedSegmentSum(tf.ones(3), i, 4),
        "less than the number of segments, 4: element [2] is 5");
    check(
        new int[] {0, 4, 5},
        (tf, i) -> tf.dynamicPartition(tf.ones(3), i, 4).get(0),
        "partitions must be in [0, 4): element [1] is 4");
    check(
        new int[] {0, -3},
        (tf, i) -> tf.dynamicStitch(List.of(i), List.of(tf.ones(2))),
        "indices must be 0 or more: element [1] is -3");
    check(
        new int[] {0, 1, 4},
        (tf, i) -> tf.sparseSegmentSum(tf.ones(3), i, tf.constant(new int[] {0, 0, 1})),
        "indices must be in [0, 3): element [2] is 4");
  }

  @Test
  void everyLabelAndLengthIsNamed() {
    check(
        new int[] {0, 1, 3},
        (tf, i) -> tf.nn.sparseSoftmaxCrossEntropyWithLogits(i, tf.zeros(3, 3)),
        "outside the valid range of [0, 3): element [2] is 3");
    check(
        new int[] {1, 9},
        (tf, i) -> tf.reverseSequence(tf.zeros(2, 3), i, 1, 0),
        "the lengths must be in [0, 3]: element [1] is 9");
  }

  /** The first in memory is told of, however the work is shared. */
  @Test
  void theFirstOfManyIsNamed() {
    int[] many = new int[10_000];
    many[4_321] = 12;
    many[4_322] = 13;
    many[9_999] = 14;
    check(
        many,
        (tf, i) -> tf.gather(tf.zeros(3), i),
        "indices must be in [0, 3): element [4321] is 12");
  }

  private static void check(Object fed, BiFunction<Ops, Output, Operand> wrong, String message) {
    for (DType dtype : List.of(DType.INT32, DType.INT64)) {
      for (String device : List.of("reference", "cpu")) {
        Graph graph = new Graph();
        Ops tf = Ops.of(graph);
        Output index = tf.placeholder(dtype, tf.constant(fed).shape());
        Output result;
        try {
          result = wrong.apply(tf, index).asOutput();
        } catch (GraphException e) {
          assertTrue(dtype == DType.INT64 && e.getMessage().contains("int32"), e.getMessage());
          continue;
        }
        try (Session session = new Session(graph, SessionOptions.defaults().device(device))) {
          ExecutionException e =
              assertThrows(ExecutionException.class, () -> session.run(result, Map.of(index, fed)));
          assertTrue(e.getMessage().contains(message), device + ": " + e.getMessage());
          assertTrue(e.getMessage().contains("SuspectsTest"), e.getMessage());
        }
      }
    }
  }
}
