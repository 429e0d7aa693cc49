package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.function.Function;
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

  @Test
  void everyNumberThatIsNoneIsNamed() {
    float infinity = Float.POSITIVE_INFINITY;
    numbers(
        new float[][] {{1, 2, 3}, {infinity, Float.NaN, -infinity}},
        (tf, x) -> tf.withName("watch").checkNumerics(x, "the loss"),
        """
        the run failed: the loss : Tensor had NaN values: element [1,1] is NaN
          in watch (CheckNumerics): input 0 is Placeholder:0 float32[2,3]""");
    numbers(
        new float[][] {{1, 2, 3}, {4, infinity, -infinity}},
        (tf, x) -> tf.withName("watch").checkNumerics(x, "the loss"),
        """
        the run failed: the loss : Tensor had Inf values: element [1,1] is Infinity
          in watch (CheckNumerics): input 0 is Placeholder:0 float32[2,3]""");
    numbers(
        -infinity,
        (tf, x) -> tf.withName("watch").checkNumerics(x, "rate"),
        """
        the run failed: rate : Tensor had Inf values: it is -Infinity
          in watch (CheckNumerics): input 0 is Placeholder:0 float32[]""");
  }

  @Test
  void everyLabelThatIsNoneIsNamed() {
    numbers(
        new float[][] {{0, 1}, {0.5f, 0.5f}, {1.5f, -0.5f}, {9, 9}},
        (tf, x) -> {
          tf.debugging.enableCheckLabels();
          return tf.nn.softmaxCrossEntropyWithLogits(x, tf.zeros(4, 2));
        },
        """
        the run failed: assertion failed: [2] [-0.5] [1.0]
          in labels_are_distributions (Assert): input 0 is All:0 bool[], input 1 is position:0 \
        int32[], input 2 is least_label:0 float32[], input 3 is sum:0 float32[]""");
    numbers(
        new float[][] {{0, 1}, {0.5f, 2}},
        (tf, x) -> {
          tf.debugging.enableCheckLabels();
          return tf.nn.sigmoidCrossEntropyWithLogits(x, tf.zeros(2, 2));
        },
        """
        the run failed: assertion failed: [3] [2.0]
          in labels_are_probabilities (Assert): input 0 is All:0 bool[], input 1 is position:0 \
        int32[], input 2 is label:0 float32[]""");
  }

  @Test
  void everyPlaceOfAnOrderIsNamed() {
    refused(
        tf -> tf.invertPermutation(new int[] {2, 0, 3}),
        "[InvertPermutation 'InvertPermutation'] input 0 is Const:0 int32[3]: [2, 0, 3] must hold"
            + " each number in [0, 3) once: element [2] is 3");
    refused(
        tf -> tf.invertPermutation(new int[] {2, -1, 0}),
        "[InvertPermutation 'InvertPermutation'] input 0 is Const:0 int32[3]: [2, -1, 0] must hold"
            + " each number in [0, 3) once: element [1] is -1");
    refused(
        tf -> tf.transpose(tf.zeros(2, 3, 4), 0, 2, 2),
        "[Transpose 'Transpose'] input 0 is Fill:0 float32[2,3,4], input 1 is Const_2:0 int32[3]:"
            + " [0, 2, 2] must hold each number in [0, 3) once: elements [1] and [2] are both 2");
    refused(
        tf -> tf.topK(tf.zeros(2, 3), 4).values(),
        "[TopKV2 'TopKV2'] input 0 is Fill:0 float32[2,3], input 1 is Const_2:0 int32[]: k = 4 is"
            + " more than there are along the last axis of [2,3], which are 3");
    refused(
        tf -> tf.topK(tf.zeros(2, 3), -1).values(),
        "[TopKV2 'TopKV2'] input 0 is Fill:0 float32[2,3], input 1 is Const_2:0 int32[]: k must be"
            + " 0 or more, not -1");
    refused(
        tf -> tf.oneHot(new int[] {1}, -3),
        "[OneHot 'OneHot'] input 0 is Const_2:0 int32[1], input 1 is Const_3:0 int32[], input 2 is"
            + " Const:0 float32[], input 3 is Const_1:0 float32[]: depth must be 0 or more, not"
            + " -3");
    refused(
        tf -> tf.fill(new int[] {2, -3}, 1f),
        "[Fill 'Fill'] input 0 is Const:0 int32[2], input 1 is Const_1:0 float32[]: a shape has no"
            + " negative extents: element [1] is -3");
  }

  private static void refused(Function<Ops, Output> wrong, String message) {
    Ops tf = Ops.of(new Graph());
    GraphException e = assertThrows(GraphException.class, () -> wrong.apply(tf));
    assertEquals(message, told(e));
  }

  /** Returns a message without the lines of the user's program. */
  private static String told(Exception e) {
    return String.valueOf(e.getMessage()).replaceAll("\n  at .*SuspectsTest.java:.*", "");
  }

  private static void numbers(Object fed, BiFunction<Ops, Output, Output> wrong, String message) {
    for (String device : List.of("reference", "cpu")) {
      Graph graph = new Graph();
      Ops tf = Ops.of(graph);
      Output x = tf.placeholder(DType.FLOAT32, tf.constant(fed).shape());
      Output result = wrong.apply(tf, x);
      try (Session session = new Session(graph, SessionOptions.defaults().device(device))) {
        ExecutionException e =
            assertThrows(ExecutionException.class, () -> session.run(result, Map.of(x, fed)));
        assertEquals(message, told(e), device);
      }
    }
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
