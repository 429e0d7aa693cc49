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
import io.millrace.Tensor;
import io.millrace.ops.index.SortOps;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.List;
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
      return text(result);
    }
  }

  private static String text(Tensor tensor) {
    return tensor.toString().replaceAll("\\s+", " ");
  }

  private String value(Operand fetch) {
    return value(fetch, Map.of());
  }

  /** Values of TensorFlow 2.21's tf.compat.v1.where and where_v2. */
  @Test
  void vectorOfConditionsChoosesSlicesAsInTensorFlow1() {
    Output x = tf.constant(new float[][] {{1, 2}, {3, 4}});
    boolean[] first = {true, false};
    assertEquals("[[ 1. 2.] [-3. -4.]]", value(tf.where(first, x, tf.negative(x))));
    assertEquals("[[ 1. -2.] [ 3. -4.]]", value(tf.whereV2(first, x, tf.negative(x))));
    assertEquals("[[1. 0.] [3. 0.]]", value(tf.where(first, x, 0)));
    assertEquals("[[1. 2.] [0. 0.]]", value(tf.where(new boolean[][] {{true}, {false}}, x, 0)));
    GraphException refused =
        assertThrows(GraphException.class, () -> tf.where(first, tf.ones(3, 2), tf.zeros(3, 2)));
    assertTrue(refused.getMessage().contains("there are 3, not 2; whereV2"), refused::getMessage);
    Output slope = tf.gradients(tf.where(first, x, tf.square(x)), x).get(0);
    assertEquals("[[1. 1.] [6. 8.]]", value(slope));
  }

  @Test
  void conditionOfAnyShapeChoosesAsTheRunFindsIt() {
    Output condition = tf.placeholder(DType.BOOL, Shape.unknown());
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1, -1));
    Output chosen = tf.where(condition, x, tf.negative(x));
    float[][] fed = {{1, 2}, {3, 4}};
    boolean[] first = {true, false};
    boolean[][] each = {{true, false}, {false, true}};
    assertEquals("[[ 1. 2.] [-3. -4.]]", value(chosen, Map.of(condition, first, x, fed)));
    assertEquals("[[ 1. -2.] [-3. 4.]]", value(chosen, Map.of(condition, each, x, fed)));
    assertEquals("[[-1. -2.] [-3. -4.]]", value(chosen, Map.of(condition, false, x, fed)));
    Output rows = tf.placeholder(DType.BOOL, Shape.of(-1));
    Output sliced = tf.where(rows, x, tf.placeholderWithDefault(fed, Shape.of(-1, 2)));
    assertEquals("[[0. 0.] [3. 4.]]", value(sliced, Map.of(rows, first, x, new float[2][2])));
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

  @Test
  void embeddingsComeFromTheirPartOfTheTable() {
    List<Object> parts = List.of(new float[][] {{0, 0}, {2, 2}}, new float[][] {{1, 1}, {3, 3}});
    int[][] ids = {{3, 0}, {1, 3}};
    assertEquals("[[[3. 3.] [0. 0.]] [[1. 1.] [3. 3.]]]", value(tf.nn.embeddingLookup(parts, ids)));
  }

  @Test
  void masksAlongSomeAxes() {
    Output x = tf.constant(new float[][] {{1, 2, 3}, {4, 5, 6}});
    boolean[][] mask = {{true, false, true}, {false, true, false}};
    assertEquals("[1. 3. 5.]", value(tf.booleanMask(x, mask)));
    assertEquals("[[4. 5. 6.]]", value(tf.booleanMask(x, new boolean[] {false, true})));
    boolean[] columns = {true, false, true};
    assertEquals("[[1. 3.] [4. 6.]]", value(tf.booleanMask(x, columns, 1)));
    assertEquals("[[1. 3.] [4. 6.]]", value(tf.booleanMask(x, columns, -1)));
    assertEquals(Shape.of(2, -1), tf.booleanMask(x, columns, 1).shape());
    String message =
        assertThrows(GraphException.class, () -> tf.booleanMask(x, columns)).getMessage();
    assertTrue(
        message.contains(
            "the mask Const_6:0 bool[3] does not fit Const:0 float32[2,3] from axis 0 on"),
        message);
    assertThrows(GraphException.class, () -> tf.booleanMask(x, true));
  }

  @Test
  void masksOfUnknownExtentAreGivenGradients() {
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1, 2), "x");
    Output positive = tf.greater(tf.reduceSum(x, 1), 0);
    Output gradient = tf.gradients(tf.square(tf.booleanMask(x, positive)), x).get(0);
    float[][] rows = {{1, 2}, {-3, 1}, {0, 4}};
    assertEquals("[[2. 4.] [0. 0.] [0. 8.]]", value(gradient, Map.of(x, rows)));
    assertEquals("[[0. 0.]]", value(gradient, Map.of(x, new float[][] {{-1, 0}})));
  }

  @Test
  void aMaskThatDoesNotFitIsNamed() {
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1, 2), "x");
    Output mask = tf.placeholder(DType.BOOL, Shape.of(-1, 2), "wanted");
    Output some = tf.booleanMask(x, mask);
    Map<Output, Object> right =
        Map.of(
            x,
            new float[][] {{1, 2}, {3, 4}},
            mask,
            new boolean[][] {{true, false}, {false, true}});
    for (int rows : new int[] {1, 3}) {
      Map<Output, Object> wrong = Map.of(x, right.get(x), mask, new boolean[rows][2]);
      String message = assertThrows(GraphException.class, () -> value(some, wrong)).getMessage();
      assertEquals(
          "[Select 'boolean_mask/mask'] input 0 is wanted:0 bool[%d,2], input 1 is boolean_mask/Fill:0 bool[2,2], input 2 is boolean_mask/LogicalNot:0 bool[2,2]: shapes [2,2] and [%d,2] differ"
              .formatted(rows, rows),
          message.replaceAll("\n.*", ""));
      assertTrue(message.contains("(IndexingFacadeTest.java:"), message);
      assertEquals("[1. 4.]", value(some, right));
    }
    String message =
        assertThrows(GraphException.class, () -> tf.booleanMask(tf.zeros(2, 3), mask, 1))
            .getMessage();
    assertEquals(
        "[booleanMask] the mask wanted:0 bool[?,2] does not fit Fill:0 float32[2,3] from axis 1 on",
        message.replaceAll("\n.*", ""));
  }

  @Test
  void findsWhatIsThereOnceInTheOrderOfFirstOccurrence() {
    Output x = tf.placeholder(DType.INT64, Shape.of(-1), "x");
    UniqueValues unique = tf.uniqueWithCounts(x);
    Map<Output, long[]> feeds = Map.of(x, new long[] {7, 3, 7, 9, 3, 7});
    assertEquals("[7 3 9]", value(unique.values(), feeds));
    assertEquals("[0 1 0 2 1 0]", value(unique.indices(), feeds));
    assertEquals("[3 2 1]", value(unique.counts(), feeds));
    Output rows = tf.unique(new int[][] {{1, 2}, {1, 2}, {0, 2}}, 0).values();
    assertEquals("[[1 2] [0 2]]", value(rows));
    ValuesAndIndices left = tf.setdiff1d(x, new long[] {3, 4});
    assertEquals("[7 7 9 7]", value(left.values(), feeds));
    assertEquals("[0 2 3 5]", value(left.indices(), feeds));
  }

  @Test
  void manySizesFollowEachOther() {
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1), "x");
    Output whole = tf.cast(tf.unique(tf.booleanMask(x, tf.greater(x, 0))).values(), DType.INT32);
    List<Output> parts = tf.dynamicPartition(whole, tf.floormod(whole, 2), 2);
    Output both = tf.dynamicStitch(List.of(parts.get(1)), List.of(parts.get(1)));
    Map<Output, float[]> feeds = Map.of(x, new float[] {3, -1, 4, 3, 1, -7, 4});
    assertEquals("[4]", value(parts.get(0), feeds));
    assertEquals("[0 1 0 3]", value(both, feeds));
    assertEquals("[]", value(both, Map.of(x, new float[] {-1})));
  }

  @Test
  void changesSlicesOfVariables() {
    Variable v = tf.variable(new float[][] {{1, 2}, {3, 4}, {5, 6}}, "v");
    Output added = tf.scatterAdd(v, new int[] {2, 0, 2}, new float[][] {{1, 1}, {2, 2}, {3, 3}});
    Output placed = tf.scatterNdUpdate(added, new int[][] {{0, 1}}, new float[] {-1});
    Output beyond = tf.scatterUpdate(v, 3, 0f);
    SessionOptions options = SessionOptions.defaults().device("reference");
    try (Session session = new Session(graph, options)) {
      session.run(v.initializer());
      assertEquals("[[ 3. -1.] [ 3. 4.] [ 9. 10.]]", text(session.run(placed)));
      assertThrows(ExecutionException.class, () -> session.run(beyond));
      assertEquals("[[ 3. -1.] [ 3. 4.] [ 9. 10.]]", text(session.run(v)));
    }
    Output computed = tf.add(v, 1f);
    String message =
        assertThrows(GraphException.class, () -> tf.scatterSub(computed, 0, 1f)).getMessage();
    assertTrue(message.contains("is not a variable"), message);
  }

  @Test
  void changesSlicesOfTensors() {
    Output x = tf.constant(new int[] {1, 2, 3});
    int[][] places = {{2}, {0}, {2}};
    int[] updates = {5, 7, -4};
    assertEquals("[ 7 2 -4]", value(tf.tensorScatterNdUpdate(x, places, updates)));
    assertEquals("[8 2 4]", value(tf.tensorScatterNdAdd(x, places, updates)));
    assertEquals("[-6 2 2]", value(tf.tensorScatterNdSub(x, places, updates)));
    assertEquals("[ 1 2 -4]", value(tf.tensorScatterNdMin(x, places, updates)));
    assertEquals("[7 2 5]", value(tf.tensorScatterNdMax(x, places, updates)));
  }
}
