package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Holds gradients where elements are zero, overflow or are replaced to closed forms. */
public abstract class SlopesContract {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final String device;

  /** Tests the device of this name. */
  protected SlopesContract(String device) {
    this.device = device;
  }

  private static Output sum(Ops tf, Output y, double... weights) {
    return tf.reduceSum(tf.multiply(tf.reshape(y, -1), weights));
  }

  private void check(Output actual, double... expected) {
    check(actual, Map.of(), expected);
  }

  private void check(Output actual, Map<Output, Tensor> feeds, double... expected) {
    SessionOptions options = SessionOptions.defaults().device(device);
    try (Session session = new Session(graph, options);
        Tensor result = session.run(actual, feeds)) {
      Literal literal = result.toLiteral();
      double[] values = new double[(int) literal.size()];
      Arrays.setAll(values, literal::getDouble);
      assertEquals(expected.length, values.length, Arrays.toString(values));
      double tolerance = literal.type().dtype() == DType.FLOAT32 ? 5e-7 : 1e-14;
      for (int i = 0; i < values.length; i++) {
        double scale = Double.isFinite(expected[i]) ? Math.abs(expected[i]) : 1;
        assertEquals(expected[i], values[i], tolerance * scale, Arrays.toString(values));
      }
    }
  }

  private Output slope(Output y, Output x) {
    return tf.gradients(y, x).get(0);
  }

  @Test
  void slicesThatLaterOnesReplaceInAStitchGetNothing() {
    for (boolean parallel : new boolean[] {false, true}) {
      Output x = tf.constant(new double[] {5, 6, 7});
      Output o = tf.constant(new double[] {8, 9});
      List<Output> indices =
          List.of(tf.constant(new int[] {0, 2, 0}), tf.constant(new int[] {2, 3}));
      List<Output> data = List.of(x, o);
      Output y =
          parallel ? tf.parallelDynamicStitch(indices, data) : tf.dynamicStitch(indices, data);
      Output weighted = sum(tf, y, 1, 2, 3, 4);
      check(y, 7, 0, 8, 9);
      check(slope(weighted, x), 0, 0, 1);
      check(slope(weighted, o), 3, 4);
    }
  }

  @Test
  void rowsThatLaterOnesReplaceInAStitchGetNothing() {
    Output x = tf.constant(new double[][][] {{{1, 2}}, {{3, 4}}});
    Output o = tf.constant(new double[] {5, 6});
    Output fed = tf.placeholder(DType.INT32, Shape.unknown());
    Output y = tf.dynamicStitch(List.of(fed, tf.constant(1)), List.of(x, o));
    Output weighted = tf.reduceSum(tf.multiply(y, new double[][] {{1, 2}, {3, 4}}));
    Map<Output, Tensor> feeds = Map.of(fed, Tensor.of(new int[][] {{1}, {0}}));
    check(slope(weighted, x), feeds, 0, 0, 1, 2);
    check(slope(weighted, o), feeds, 3, 4);
  }

  @Test
  void updatesThatLaterOnesReplaceGetNothing() {
    Output x = tf.constant(new double[] {1, 2, 3, 4});
    Output updates = tf.constant(new double[] {10, 20, 30});
    int[][] indices = {{2}, {0}, {2}};
    Output y = tf.tensorScatterNdUpdate(x, indices, updates);
    Output weighted = sum(tf, tf.square(y), 1, 2, 3, 4);
    check(y, 20, 2, 30, 4);
    check(slope(weighted, updates), 0, 40, 180);
    check(slope(weighted, x), 0, 8, 0, 32);
    Output rows = tf.constant(new double[][] {{1, 2}, {3, 4}});
    Output z =
        tf.tensorScatterNdUpdate(tf.zeros(DType.FLOAT64, 2, 2), new int[][] {{1}, {1}}, rows);
    check(slope(sum(tf, z, 1, 2, 3, 4), rows), 0, 0, 3, 4);
    int[][][] pairs = {{{0, 1}, {1, 1}}, {{0, 1}, {1, 0}}};
    Output w = tf.tensorScatterNdUpdate(tf.zeros(DType.FLOAT64, 2, 2), pairs, rows);
    check(slope(sum(tf, w, 1, 2, 3, 4), rows), 0, 4, 2, 3);
  }

  @Test
  void whatIsAddedAtOnePlaceGetsItsGradientEach() {
    Output updates = tf.constant(new double[] {10, 20, 30});
    Output y = tf.scatterNd(new int[][] {{2}, {0}, {2}}, updates, new int[] {4});
    check(slope(sum(tf, y, 1, 2, 3, 4), updates), 3, 1, 3);
    Output z =
        tf.tensorScatterNdMax(tf.zeros(DType.FLOAT64, 4), new int[][] {{2}, {2}, {0}}, updates);
    check(slope(sum(tf, z, 1, 2, 3, 4), updates), 0, 3, 1);
  }

  @Test
  void productsUpToEachHaveGradientsAtZeros() {
    Output x = tf.constant(new double[] {0, 2, 3});
    check(slope(tf.cumprod(x), x), 9, 0, 0);
    Output two = tf.constant(new double[][] {{2, 0, 3, 0, 5}, {1, 2, 3, 4, 5}});
    double[] weights = {1, 2, 3, 4, 5, 1, 1, 1, 1, 1};
    // Of a, b, c, d, e: a + 2 a b + 3 a b c + 4 a b c d + 5 a b c d e.
    check(
        slope(sum(tf, tf.cumprod(two, 1), weights), two),
        1,
        2 * (2 + 3 * 3),
        0,
        0,
        0,
        1 + 2 + 6 + 24 + 120,
        (1 + 3 + 12 + 60),
        2 + 8 + 40,
        6 + 30,
        24);
    // Of all but one's own: 1 + 2 a + 3 a b + 4 a b c + 5 a b c d.
    check(
        slope(sum(tf, tf.cumprod(two, -1, true, false), weights), two),
        2,
        6 + 4 * 6,
        0,
        0,
        0,
        1 + 2 + 6 + 24,
        1 + 3 + 12,
        2 + 8,
        6,
        0);
    // e d c b a + 2 e d c b + 3 e d c + 4 e d + 5 e; all ones in the second line.
    check(
        slope(sum(tf, tf.cumprod(two, 1, false, true), weights), two),
        0,
        0,
        0,
        5 * (4 + 3 * 3),
        5,
        120,
        60 + 60,
        40 + 40 + 20,
        30 + 30 + 15 + 5,
        24 + 24 + 12 + 4 + 1);
    Output tiny = tf.constant(new float[] {1e-30f, 1e-30f, 1e30f});
    check(slope(tf.cumprod(tiny), tiny), 2, 1, 0);
    Output wide = tf.constant(new float[] {Float.POSITIVE_INFINITY, 2, 3});
    Output fed = tf.placeholder(DType.FLOAT64, Shape.unknown());
    Map<Output, Tensor> feeds = Map.of(fed, Tensor.of(new double[][] {{2, 1}, {0, 3}, {4, 5}}));
    check(slope(tf.cumprod(fed), fed), feeds, 1, 19, 10, 6, 0, 3);
    check(slope(tf.cumprod(wide), wide), 9, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  @Test
  void productsUpToEachHaveSecondDerivativesAtZeros() {
    Output x = tf.placeholder(DType.FLOAT64, Shape.of(3));
    Output first = slope(tf.cumprod(x), x);
    // a + a b + a b c has the mixed derivatives 1 + c, b and a.
    Map<Output, Tensor> feeds = Map.of(x, Tensor.of(new double[] {0, 2, 3}));
    check(slope(sum(tf, first, 1, 0, 0), x), feeds, 0, 4, 2);
    check(slope(sum(tf, first, 0, 1, 0), x), feeds, 4, 0, 0);
    check(slope(sum(tf, first, 0, 0, 1), x), feeds, 2, 0, 0);
  }

  @Test
  void productsHaveGradientsAtZeros() {
    Output x = tf.constant(new double[] {0, 2, 3, 5, 0, 0});
    int[] ids = {0, 0, 0, 1, 2, 2};
    check(slope(sum(tf, tf.segmentProd(x, ids), 7, 1, 1), x), 42, 0, 0, 1, 0, 0);
    int[] mixed = {1, 0, 1, -1, 1, 0};
    Output y = tf.constant(new double[] {0, 2, 3, 5, 4, 0});
    check(slope(sum(tf, tf.unsortedSegmentProd(y, mixed, 2), 1, 1), y), 12, 0, 0, 0, 0, 2);
    Output z = tf.constant(new double[][] {{0, 2}, {3, 0}});
    check(slope(tf.reduceProd(z), z), 0, 0, 0, 0);
    check(slope(tf.reduceProd(z, 0), z), 3, 0, 0, 2);
    Output wide = tf.constant(new float[] {1e30f, 1e30f, 1e-30f, 1e-30f});
    int[] pairs = {0, 0, 1, 1};
    check(slope(tf.segmentProd(wide, pairs), wide), 1e30, 1e30, 1e-30, 1e-30);
    check(slope(tf.unsortedSegmentProd(wide, pairs, 2), wide), 1e30, 1e30, 1e-30, 1e-30);
  }

  @Test
  void whatIsNotFiniteStaysInItsSegment() {
    double nan = Double.NaN;
    double infinity = Double.POSITIVE_INFINITY;
    Output x = tf.constant(new double[] {nan, 2, 3, 5, infinity, 7});
    int[] ids = {0, 0, 1, 1, 3, 4};
    Output first = slope(tf.segmentProd(x, ids), x);
    check(first, 2, nan, 5, 3, 1, 1);
    Output others = slope(sum(tf, first, 1, 1, 1, 1, 1, 1), x);
    check(tf.gather(others, new int[] {2, 3, 4, 5}), 1, 1, 0, 0);
    int[] mixed = {2, 0, 1, 0, 1, -1};
    Output second = slope(tf.unsortedSegmentProd(x, mixed, 3), x);
    check(second, 1, 5, infinity, 2, 3, 0);
    others = slope(sum(tf, second, 1, 1, 1, 1, 1, 1), x);
    check(tf.gather(others, new int[] {0, 1, 3, 5}), 0, 1, 1, 0);
  }

  @Test
  void whatArrivesAtTheExtremeOfNothingIsNowhere() {
    Output none = tf.placeholder(DType.FLOAT64, Shape.unknown());
    Output arriving = tf.placeholder(DType.FLOAT64, Shape.of(2));
    Map<Output, Tensor> feeds =
        Map.of(none, Tensor.zeros(DType.FLOAT64, 0, 2), arriving, Tensor.of(new double[] {1, 2}));
    for (Output extreme : List.of(tf.reduceMax(none, 0), tf.reduceMin(none, 0))) {
      Output first = tf.gradients(List.of(extreme), List.of(none), List.of(arriving)).get(0);
      check(first, feeds);
      check(slope(first, arriving), feeds, 0, 0);
    }
  }
}
