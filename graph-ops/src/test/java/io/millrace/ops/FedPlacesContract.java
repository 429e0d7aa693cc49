package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.MillraceException;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.ops.index.SortOps;
import io.millrace.ops.linalg.DiagonalOps;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * Holds a device to this: a tensor that says a place or a size is worth what the number is, whether
 * it is a constant, fed or computed.
 */
public abstract class FedPlacesContract {
  private static final float[][][] X = {
    {{3, -1, 2, 0}, {5, 5, -7, 1}, {.5f, 2, 2, 9}}, {{-3, 4, 0, 1}, {8, -2, 6, 1}, {1, 7, -4, 3}}
  };

  /** What is built of a place, given as a number or a tensor. */
  private interface Use extends BiFunction<Ops, Object, Object> {}

  /** Uses of an axis of {@link #X}. */
  private static final Map<String, Use> AXES = new LinkedHashMap<>();

  /** Uses of a small size, 1 or more. */
  private static final Map<String, Use> SIZES = new LinkedHashMap<>();

  static {
    AXES.put("argmax", (tf, at) -> tf.argmax(X, at));
    AXES.put("argmin", (tf, at) -> tf.argmin(X, at, DType.INT32));
    AXES.put("cumsum", (tf, at) -> tf.cumsum(X, at, true, false));
    AXES.put("cumprod", (tf, at) -> tf.cumprod(X, at));
    AXES.put("gather", (tf, at) -> tf.gather(X, new int[] {1, 0}, at));
    AXES.put("concat", (tf, at) -> tf.concat(List.of(X, X), at));
    AXES.put("expandDims", (tf, at) -> tf.expandDims(X, at));
    AXES.put("reverse", (tf, at) -> tf.reverse(X, tf.reshape(at, 1)));
    AXES.put("softmax", (tf, at) -> tf.nn.softmax(X, at));
    AXES.put("logSoftmax", (tf, at) -> tf.nn.logSoftmax(X, at));
    AXES.put("sort", (tf, at) -> tf.sort(X, at, SortOps.Direction.DESCENDING));
    AXES.put("argsort", (tf, at) -> tf.argsort(X, at, SortOps.Direction.ASCENDING));
    AXES.put("unique", (tf, at) -> tf.unique(X, at).values());
    AXES.put("crelu", (tf, at) -> tf.nn.crelu(X, at));
    AXES.put("norm", (tf, at) -> tf.norm(X, 3, false, at));
    AXES.put("l2Normalize", (tf, at) -> tf.nn.l2Normalize(X, at));
    AXES.put("clipByNorm", (tf, at) -> tf.clipByNorm(X, 2, at));
    AXES.put("reduceSum", (tf, at) -> tf.reduceSum(X, at));
    AXES.put("reduceMean", (tf, at) -> tf.reduceMean(X, true, at));
    AXES.put("reduceProd", (tf, at) -> tf.reduceProd(X, at));
    AXES.put("reduceMax", (tf, at) -> tf.reduceMax(X, at));
    AXES.put("reduceMin", (tf, at) -> tf.reduceMin(X, true, at));
    AXES.put("reduceEuclideanNorm", (tf, at) -> tf.reduceEuclideanNorm(X, at));
    AXES.put("reduceAll", (tf, at) -> tf.reduceAll(tf.greater(X, 0), at));
    AXES.put("reduceAny", (tf, at) -> tf.reduceAny(tf.greater(X, 5), true, at));
    AXES.put("reduceLogsumexp", (tf, at) -> tf.reduceLogsumexp(X, at));
    AXES.put("reduceVariance", (tf, at) -> tf.reduceVariance(X, at));
    AXES.put("reduceStd", (tf, at) -> tf.reduceStd(X, true, at));
    AXES.put("countNonzero", (tf, at) -> tf.countNonzero(X, at));
    AXES.put("split", (tf, at) -> tf.split(tf.tile(X, 1, 2, 1), 2, at));
    AXES.put("roll", (tf, at) -> tf.roll(X, 1, at));
    AXES.put(
        "booleanMask",
        (tf, at) -> tf.booleanMask(tf.ones(2, 2, 2), new boolean[] {true, false}, at));
    SIZES.put("oneHot", (tf, n) -> tf.oneHot(new int[] {0, 2, 1}, n));
    SIZES.put("oneHot values", (tf, n) -> tf.oneHot(new int[] {0, 2, 1}, 3, n, -1, 0));
    SIZES.put("topK", (tf, n) -> tf.topK(X, n).values());
    SIZES.put("eye", (tf, n) -> tf.eye(n, 3, DType.FLOAT32));
    SIZES.put("zeros", (tf, n) -> tf.zeros(tf.reshape(n, 1)));
    SIZES.put("fill", (tf, n) -> tf.fill(List.of(n, 2), n));
    SIZES.put("reshape", (tf, n) -> tf.reshape(tf.range(12), List.of(n, -1)));
    SIZES.put("broadcastTo", (tf, n) -> tf.broadcastTo(X, List.of(n, 2, 3, 4)));
    SIZES.put("tile", (tf, n) -> tf.tile(X, List.of(1, n, 1)));
    SIZES.put("range", (tf, n) -> tf.range(n, 9, n));
    SIZES.put("linspace", (tf, n) -> tf.linspace(0f, 1f, n));
    SIZES.put("scatterNd", (tf, n) -> tf.scatterNd(new int[][] {{0}, {0}}, X, List.of(n, 3, 4)));
    SIZES.put("unsortedSegmentSum", (tf, n) -> tf.unsortedSegmentSum(X, new int[] {0, -1}, n));
    SIZES.put("slice", (tf, n) -> tf.slice(X, List.of(0, 0, n), List.of(2, 3, 1)));
    SIZES.put("slice sizes", (tf, n) -> tf.slice(X, List.of(0, 0, 1), List.of(2, n, -1)));
    SIZES.put(
        "stridedSlice",
        (tf, n) -> tf.stridedSlice(X, List.of(0, 0, 0), List.of(2, n, 4), List.of(1, 1, n)));
    SIZES.put("pad", (tf, n) -> tf.pad(tf.ones(2), List.of(List.of(n, 1))));
    SIZES.put("pad value", (tf, n) -> tf.pad(tf.ones(DType.INT32, 2), new int[][] {{1, 1}}, n));
    SIZES.put("roll", (tf, n) -> tf.roll(X, n, 2));
    SIZES.put("matrixBandPart", (tf, n) -> tf.matrixBandPart(X, n, 0));
    SIZES.put(
        "matrixDiag",
        (tf, n) -> tf.matrixDiag(new int[] {1, 2}, 1, 3, 3, n, DiagonalOps.Align.RIGHT_LEFT));
    SIZES.put("matrixDiagPart", (tf, n) -> tf.matrixDiagPart(X, n));
    SIZES.put(
        "spaceToBatch",
        (tf, n) ->
            tf.spaceToBatchNd(
                tf.ones(1, 6, 1), tf.reshape(n, 1), tf.constant(new int[][] {{0, 0}})));
    SIZES.put("inTopK", (tf, n) -> tf.nn.inTopK(X[0], new int[] {0, 1, 2}, n));
    SIZES.put(
        "split sizes",
        (tf, n) -> tf.split(tf.range(6), tf.stack(List.of(n, tf.subtract(6, n))), 0));
    SIZES.put("transpose", (tf, n) -> tf.transpose(X, List.of(0, n, tf.subtract(3, n))));
    SIZES.put(
        "invertPermutation", (tf, n) -> tf.invertPermutation(List.of(0, n, tf.subtract(3, n))));
    SIZES.put("initializers", (tf, n) -> tf.initializers.constant(tf.cast(n, DType.FLOAT32), 2));
    SIZES.put(
        "batchNormalization",
        (tf, n) -> tf.nn.batchNormalization(X, 0, 1, 0, 1, tf.cast(n, DType.FLOAT32)));
  }

  private final String device;

  /** Tests the device of this name. */
  protected FedPlacesContract(String device) {
    this.device = device;
  }

  @Test
  void axes() {
    AXES.forEach((name, use) -> check(name, use, 0, 1, 2, -1, -3));
  }

  @Test
  void sizes() {
    SIZES.forEach((name, use) -> check(name, use, 1, 2));
  }

  /** Those for which the number is data: one plan serves all. */
  @Test
  void whatSizesNothingIsCompiledOnce() {
    for (String name :
        List.of(
            "oneHot values",
            "slice",
            "pad value",
            "roll",
            "matrixBandPart",
            "matrixDiag",
            "inTopK",
            "initializers",
            "batchNormalization")) {
      Graph graph = new Graph();
      Output fed = Ops.of(graph).placeholder(DType.INT32, Shape.scalar());
      Output use = outputs(SIZES.get(name).apply(Ops.of(graph), fed)).get(0);
      SessionOptions options = SessionOptions.defaults().device(device);
      try (Session session = new Session(graph, options)) {
        String text = session.explain(use, Map.of(fed, 1));
        assertFalse(text.contains("found first"), name + ": " + text);
      }
    }
  }

  @Test
  void whatIsOutOfRangeIsRefused() {
    for (String name : List.of("argmax", "softmax", "sort", "booleanMask", "concat", "reduceSum")) {
      for (int place : new int[] {3, -4}) {
        String message = refused(AXES.get(name), place);
        assertTrue(message.contains("axis") && message.contains("" + place), message);
      }
    }
  }

  private String refused(Use use, int place) {
    Graph graph = new Graph();
    Output fed = Ops.of(graph).placeholder(DType.INT32, Shape.scalar());
    Output result = outputs(use.apply(Ops.of(graph), fed)).get(0);
    SessionOptions options = SessionOptions.defaults().device(device);
    try (Session session = new Session(graph, options)) {
      Map<Output, Object> feeds = Map.of(fed, place);
      String message =
          assertThrows(MillraceException.class, () -> session.run(result, feeds)).getMessage();
      assertTrue(message.contains("FedPlacesContract"), message);
      return message;
    }
  }

  /** Sizes that only the run knows are refused before anything is allocated. */
  @Test
  void whatDoesNotFitIsRefusedByTheRun() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Output dims = tf.placeholder(DType.INT64, Shape.of(-1));
    Output huge = tf.fill(dims, tf.constant(1, DType.UINT8));
    List<Output> all =
        List.of(
            tf.shape(huge),
            tf.size(huge),
            tf.argmax(huge, 0, DType.INT32),
            tf.topK(huge, 1).indices(),
            tf.unique(huge).indices());
    SessionOptions options = SessionOptions.defaults().device(device);
    try (Session session = new Session(graph, options)) {
      for (Output each : all) {
        Map<Output, Object> feeds = Map.of(dims, new long[] {1L << 32});
        String message =
            assertThrows(GraphException.class, () -> session.run(each, feeds)).getMessage();
        assertTrue(message.contains("does not fit int32"), message);
        assertTrue(message.contains("[" + each.operation().type()), message);
      }
    }
  }

  /** What the graph needs to know says so. */
  @Test
  void whatHasToBeKnownSaysSo() {
    Ops tf = Ops.of(new Graph());
    Output fed = tf.placeholder(DType.INT32, Shape.scalar());
    Output many = tf.placeholder(DType.INT32, Shape.of(-1));
    assertRefused(
        "the axes have to be known while the graph is built", () -> tf.tensordot(X, X, fed));
    assertRefused("the number of parts must be a number that is known", () -> tf.split(X, fed));
    assertRefused("say the number of parts too", () -> tf.split(X, many, 1));
    assertRefused("the number of parts must be an int, not 2.5", () -> tf.split(X, 2.5));
    assertRefused("axis", () -> tf.concat(List.of(X, X), .5f));
    assertRefused("axis", () -> tf.nn.softmax(X, .5f));
    assertEquals(Shape.of(2, 3, 3, 2), tf.tensordot(X, tf.transpose(X), tf.constant(1)).shape());
    int[][] pairs = {{2, 0}, {2, 0}};
    assertEquals(Shape.of(3, 3), tf.tensordot(X, X, tf.constant(pairs)).shape());
  }

  private static void assertRefused(String message, Executable call) {
    String told = assertThrows(GraphException.class, call).getMessage();
    assertTrue(told.contains(message), told);
  }

  private static List<Output> outputs(Object built) {
    return built instanceof List<?> list
        ? list.stream().map(Output.class::cast).toList()
        : List.of((Output) built);
  }

  private void check(String name, Use use, int... places) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Output fed = tf.placeholder(DType.INT32, Shape.scalar());
    Output wide = tf.placeholder(DType.INT64, Shape.scalar());
    List<Output> ofFed = outputs(use.apply(tf, fed));
    List<Output> computed = outputs(use.apply(tf, tf.cast(tf.add(wide, 1), DType.INT32)));
    SessionOptions options = SessionOptions.defaults().device(device);
    try (Session session = new Session(graph, options)) {
      for (int place : places) {
        if (name.equals("booleanMask") && place < -1) {
          continue;
        }
        List<Output> all = new ArrayList<>(ofFed);
        all.addAll(computed);
        all.addAll(outputs(use.apply(tf, tf.constant(place))));
        List<Output> known = outputs(use.apply(tf, place));
        all.addAll(known);
        List<Tensor> values = session.run(all, Map.of(fed, place, wide, (long) place - 1));
        for (int i = 0; i < all.size(); i++) {
          Tensor expected = values.get(3 * known.size() + i % known.size());
          String of = name + " at " + place + ", " + i;
          assertEquals(expected.shape(), values.get(i).shape(), of);
          assertEquals(expected.toString(), values.get(i).toString(), of);
        }
      }
    }
  }
}
