package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Holds a device to the limits of functions at zeros, poles and infinities. */
public abstract class LimitsContract {
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final double NAN = Double.NaN;

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final String device;

  /** Tests the device of this name. */
  protected LimitsContract(String device) {
    this.device = device;
  }

  private static Output numbers(Ops tf, double... values) {
    return tf.constant(values);
  }

  private Output slope(Output y, Output x) {
    return tf.gradients(y, x).get(0);
  }

  /** Compares to a millionth. */
  private void check(Output actual, double... expected) {
    SessionOptions options = SessionOptions.defaults().device(device);
    try (Session session = new Session(graph, options);
        Tensor result = session.run(actual)) {
      Literal literal = result.toLiteral();
      double[] values = new double[(int) literal.size()];
      Arrays.setAll(values, literal::getDouble);
      assertEquals(expected.length, values.length, Arrays.toString(values));
      for (int i = 0; i < values.length; i++) {
        double near = Math.abs(expected[i]) * 1e-6;
        boolean plain = expected[i] != 0 && Double.isFinite(expected[i]);
        double tolerance = plain ? near : 0;
        assertEquals(expected[i], values[i], tolerance, Arrays.toString(values));
      }
    }
  }

  @Test
  void gammaFunctionsHavePolesAndZeros() {
    check(tf.lgamma(numbers(tf, 1, 2, 0, -0.0, -1, INF, -INF)), 0, 0, INF, INF, INF, INF, INF);
    check(tf.digamma(numbers(tf, 0, -0.0, -1, -2, INF)), -INF, INF, NAN, NAN, INF);
    Output fours = tf.constant(new float[] {0, -0.0f, -3});
    check(tf.digamma(fours), -INF, INF, NAN);
    check(
        tf.zeta(numbers(tf, 2, 3, 3, 2, 1, INF), numbers(tf, 0, 0, -0.0, -1, 5, 1)),
        INF,
        INF,
        -INF,
        INF,
        INF,
        1);
    check(tf.polygamma(numbers(tf, 1, 2, 2, 2), numbers(tf, 0, 0, -0.0, -1)), INF, -INF, INF, NAN);
    check(tf.erfinv(numbers(tf, 1, -1, 0, 2)), INF, -INF, 0, NAN);
    check(tf.erfc(numbers(tf, INF, -INF)), 0, 2);
  }

  @Test
  void anglesOfZerosAndInfinities() {
    Output y = numbers(tf, 0, -0.0, 0, -0.0, INF, INF, -INF);
    Output x = numbers(tf, 0, 0, -0.0, -0.0, INF, -INF, 1);
    double pi = Math.PI;
    check(tf.atan2(y, x), 0, 0, pi, -pi, pi / 4, 3 * pi / 4, -pi / 2);
    Output zeros = numbers(tf, 0, -0.0);
    check(tf.reciprocal(tf.atan2(zeros, numbers(tf, 0, 0))), INF, -INF);
    Output small = tf.constant(new float[] {1e-30f, 3e30f, 0});
    Output beside = tf.constant(new float[] {1e-30f, 4e30f, 2});
    List<Output> slopes = tf.gradients(tf.atan2(small, beside), small, beside);
    check(slopes.get(0), 5e29, 4 / 25e30, 0.5);
    check(slopes.get(1), -5e29, -3 / 25e30, -0.0);
    Output up = numbers(tf, 1, INF, INF, -INF, NAN);
    Output right = numbers(tf, -INF, 2, INF, 3, INF);
    List<Output> far = tf.gradients(tf.atan2(up, right), up, right);
    check(far.get(0), -0.0, 0, 0, 0, NAN);
    check(far.get(1), -0.0, -0.0, -0.0, 0, NAN);
    check(slope(far.get(0), right), 0, 0, 0, 0, NAN);
  }

  @Test
  void powersOfZerosOnesAndInfinities() {
    Output x = numbers(tf, 0, 0, -0.0, 1, -1, INF, NAN, -8, 0, 2);
    Output y = numbers(tf, 0, -1, -1, NAN, INF, 0, 0, 1 / 3.0, INF, -INF);
    check(tf.pow(x, y), 1, INF, -INF, 1, 1, 1, 1, NAN, 0, 0);
    Output base = numbers(tf, 0, 0, 0, 2, -2);
    Output power = numbers(tf, 0, 1, 2, 3, 3);
    List<Output> slopes = tf.gradients(tf.pow(base, power), base, power);
    check(slopes.get(0), 0, 1, 0, 12, 12);
    check(slopes.get(1), 0, 0, 0, 8 * Math.log(2), 0);
    Output curve = slope(slopes.get(0), base);
    check(curve, 0, 0, 2, 12, -12);
    check(slope(curve, base), 0, 0, 0, 6, 6);
    Output root = numbers(tf, 0, 4, INF);
    check(slope(tf.sqrt(root), root), INF, 0.25, 0);
  }

  @Test
  void productsWithLogarithmsAndQuotients() {
    Output x = numbers(tf, 0, 0, 0, 2);
    Output y = numbers(tf, 0, 3, -1, 3);
    check(tf.xlogy(x, y), 0, 0, 0, 2 * Math.log(3));
    List<Output> slopes = tf.gradients(tf.xlogy(x, y), x, y);
    check(slopes.get(0), 0, Math.log(3), 0, Math.log(3));
    check(slopes.get(1), 0, 0, 0, 2 / 3.0);
    check(slope(tf.xlog1py(x, tf.subtract(y, 1)), x), 0, Math.log(3), 0, Math.log(3));
    check(slope(tf.xdivy(x, y), x), 0, 1 / 3.0, -1, 1 / 3.0);
    Output big = tf.constant(new float[] {1e30f});
    check(slope(tf.xdivy(1e25f, big), big), -1e-35);
    check(slope(tf.divide(1e25f, big), big), -1e-35);
  }

  @Test
  void normsDoNotOverflow() {
    Output floats = tf.constant(new float[] {3e30f, 4e30f});
    Output doubles = numbers(tf, 3e200, 4e200);
    Output tiny = numbers(tf, 3e-200, 4e-200);
    check(tf.norm(floats), 5e30);
    check(tf.norm(doubles), 5e200);
    check(tf.norm(tiny), 5e-200);
    check(tf.norm(numbers(tf, 3e-300, 4e-300, 1e-160)), 1e-160);
    check(tf.norm(numbers(tf, 1e-200, 1, 1e200)), 1e200);
    check(tf.norm(numbers(tf, 3, 4)), 5);
    check(tf.norm(numbers(tf, INF, 1)), INF);
    check(tf.norm(numbers(tf, NAN, 1e300)), NAN);
    check(tf.norm(doubles, 3), 1e200 * Math.cbrt(27 + 64));
    check(tf.reduceEuclideanNorm(tf.constant(new float[][] {{3e-30f, 4e-30f}}), 1), 5e-30);
    check(tf.globalNorm(List.of(floats, tf.constant(new float[] {12e30f}))), 13e30);
    for (Output x : List.of(floats, doubles, tiny)) {
      check(slope(tf.norm(x), x), 0.6, 0.8);
    }
    check(tf.nn.l2Normalize(floats, 0), 0.6, 0.8);
    Output most = tf.constant(new float[] {3e38f, -3e38f});
    check(tf.nn.l2Normalize(most, 0), Math.sqrt(0.5), -Math.sqrt(0.5));
    check(slope(tf.norm(most), most), Math.sqrt(0.5), -Math.sqrt(0.5));
  }

  @Test
  void windowsMayBeMuchLongerThanTheImage() {
    Output image = tf.constant(new float[][][][] {{{{1}, {2}, {4}}, {{3}, {5}, {9}}}});
    for (long size : new long[] {7, 70_000, 1L << 31, 1L << 40, 1L << 62}) {
      PoolOptions all = PoolOptions.window(size, size).strides(2, 2).same();
      check(tf.reduceMean(tf.nn.maxPool(image, all)), 9);
      check(tf.reduceMean(tf.nn.avgPool(image, all)), 4);
      check(slope(tf.reduceMean(tf.nn.avgPool(image, all)), image), sixth(6));
      PoolOptions columns = PoolOptions.window(size, 1).strides(1, 1).same();
      check(tf.nn.maxPool(image, columns), 3, 5, 9, 3, 5, 9);
      check(slope(tf.nn.maxPool(image, columns), image), 0, 0, 0, 2, 2, 2);
    }
  }

  /** Only the middle of the window is in the image; no one reads what lies around it. */
  @Test
  void filtersMayReachFarBeyondTheImage() {
    Output image = tf.ones(DType.FLOAT32, 1, 2, 2, 1);
    Output filter = tf.ones(DType.FLOAT32, 3, 3, 1, 1);
    Output even = tf.ones(DType.FLOAT32, 2, 2, 1, 1);
    for (long apart : new long[] {1_000, 1L << 28}) {
      ConvOptions far = ConvOptions.same().dilations(apart, apart);
      check(tf.nn.conv2d(image, filter, far), 1, 1, 1, 1);
      check(tf.nn.depthwiseConv2d(image, filter, far), 1, 1, 1, 1);
      check(tf.nn.conv2d(image, even, far), 0, 0, 0, 0);
    }
    for (long apart : new long[] {1L << 31, 1L << 62}) {
      ConvOptions far = ConvOptions.same().dilations(apart, apart);
      String message =
          assertThrows(GraphException.class, () -> tf.nn.conv2d(image, even, far)).getMessage();
      assertTrue(
          message.contains("dilations [" + apart + ", " + apart + "] of a window of [2, 2]"));
    }
  }

  private static double[] sixth(int times) {
    double[] all = new double[times];
    Arrays.fill(all, 1 / 6.0);
    return all;
  }

  @Test
  void normsOfNothingAreZero() {
    Output nothing = tf.zeros(DType.FLOAT32, 2, 0);
    check(tf.norm(nothing, 1, false, 1), 0, 0);
    check(tf.norm(nothing, 2, false, 1), 0, 0);
    check(tf.norm(nothing, INF, false, 1), 0, 0);
    Output x = numbers(tf, -3, 2);
    check(slope(tf.norm(x, INF, false, 0), x), -1, 0);
    check(tf.norm(numbers(tf, 0, NAN), INF, false, 0), NAN);
  }

  @Test
  void normsCurveWhereAnElementIsZero() {
    Output x = numbers(tf, 0, 3, 4);
    Output direction = tf.nn.l2Normalize(x, 0);
    Output byFirst = slope(direction.get("1"), x).get("0");
    check(slope(byFirst, x), -3 / 125.0, 0, 0);
    for (Output norm : List.of(tf.norm(x), tf.reduceEuclideanNorm(x))) {
      Output slopes = slope(norm, x);
      check(slope(slopes.get("0"), x), 1 / 5.0, 0, 0);
      check(slope(slope(slopes.get("1"), x).get("0"), x), -3 / 125.0, 0, 0);
      check(slope(slope(slopes.get("0"), x).get("0"), x), 0, -3 / 125.0, -4 / 125.0);
    }
  }

  @Test
  void normsBendAtZeroElements() {
    Output x = numbers(tf, 0, 0, 3);
    Output weighted = tf.multiply(slope(tf.norm(x), x), numbers(tf, 0.5, 0.75, 1));
    check(slope(weighted, x), 0.5 / 3, 0.25, 0);
  }

  @Test
  void normsOfZerosHaveTheSlopeZero() {
    Output zeros = tf.zeros(DType.FLOAT64, 2);
    check(slope(tf.norm(zeros), zeros), 0, 0);
    check(slope(tf.norm(zeros, 3), zeros), 0, 0);
    check(slope(tf.reduceEuclideanNorm(zeros), zeros), 0, 0);
    check(slope(tf.globalNorm(List.of(zeros, zeros)), zeros), 0, 0);
    Output equal = numbers(tf, 7, 7);
    check(tf.reduceStd(equal), 0);
    check(slope(tf.reduceStd(equal), equal), 0, 0);
    check(tf.nn.l2Normalize(zeros, 0), 0, 0);
    check(slope(tf.nn.l2Normalize(zeros, 0), zeros), 1e6, 1e6);
    check(slope(slope(tf.reduceSum(tf.square(tf.norm(zeros))), zeros), zeros), 0, 0);
  }

  @Test
  void clippingToAnInfiniteNormChangesNothing() {
    Output x = numbers(tf, 3, 4);
    check(tf.clipByNorm(x, INF), 3, 4);
    check(slope(tf.clipByNorm(x, INF), x), 1, 1);
    check(tf.clipByNorm(x, 1), 0.6, 0.8);
    check(tf.clipByNorm(x, 0), 0, 0);
    check(tf.clipByNorm(numbers(tf, 3e200, 4e200), 5), 3, 4);
    check(tf.clipByNorm(numbers(tf, 0, 0), 0), 0, 0);
    Output zeros = tf.zeros(DType.FLOAT64, 2);
    check(slope(tf.clipByNorm(zeros, 1), zeros), 1, 1);
    check(tf.clipByNorm(numbers(tf, NAN, 4), 5), NAN, NAN);
    check(tf.clipByAverageNorm(x, INF), 3, 4);
    check(tf.clipByAverageNorm(x, 1.25), 1.5, 2);
    check(tf.clipByGlobalNorm(List.of(x), INF).get(0), 3, 4);
    check(tf.clipByGlobalNorm(List.of(x), 0).get(0), 0, 0);
    check(tf.clipByGlobalNorm(List.of(numbers(tf, 0, 0)), 0).get(0), 0, 0);
    check(tf.clipByGlobalNorm(List.of(x, numbers(tf, 12)), 6.5).get(0), 1.5, 2);
  }

  @Test
  void logarithmsOfSumsWithInfinities() {
    Output rows =
        tf.constant(
            new double[][] {{-INF, -INF}, {INF, 0}, {-INF, 3}, {INF, INF}, {NAN, 0}, {INF, -INF}});
    check(tf.reduceLogsumexp(rows, 1), -INF, INF, 3, INF, NAN, INF);
    Output one = numbers(tf, -INF, 3);
    check(slope(tf.reduceLogsumexp(one), one), 0, 1);
    Output ends = tf.constant(new double[][] {{INF, 0}, {3, -INF}, {NAN, 0}});
    Output sums = tf.reduceLogsumexp(ends, 1);
    check(slope(sums, ends), 1, 0, 1, 0, NAN, NAN);
    Output masked = tf.constant(new double[][] {{-INF, 0, 0}});
    check(tf.nn.logSoftmax(masked), -INF, -Math.log(2), -Math.log(2));
    Output truth = tf.constant(new double[][] {{0, 1, 0}});
    Output loss = tf.nn.softmaxCrossEntropyWithLogits(truth, masked);
    check(loss, Math.log(2));
    check(slope(loss, masked), 0, -0.5, 0.5);
  }

  @Test
  void activationsHaveLimits() {
    Output ends = numbers(tf, -INF, INF);
    check(tf.sigmoid(ends), 0, 1);
    check(slope(tf.sigmoid(ends), ends), 0, 0);
    check(slope(tf.tanh(ends), ends), 0, 0);
    check(tf.nn.softsign(ends), -1, 1);
    check(tf.nn.softplus(ends), 0, INF);
    check(tf.nn.elu(ends), -1, INF);
    check(slope(tf.nn.elu(ends), ends), 0, 1);
    check(tf.nn.swish(ends), 0, INF);
    check(tf.nn.gelu(ends), 0, INF);
    check(tf.nn.gelu(ends, true), 0, INF);
    check(slope(tf.asinh(ends), ends), 0, 0);
    check(slope(tf.nn.swish(ends), ends), 0, 1);
    check(slope(tf.nn.gelu(ends), ends), 0, 1);
    check(slope(tf.nn.gelu(ends, true), ends), 0, 1);
  }

  @Test
  void slopesFlattenOut() {
    Output far = numbers(tf, -INF, -1e4, -400, 400, 1e4, INF);
    List<UnaryOperator<Output>> flat =
        List.of(tf::sigmoid, tf::tanh, tf::erf, tf::erfc, tf.nn::swish, tf.nn::gelu);
    for (UnaryOperator<Output> each : flat) {
      Output second = slope(slope(each.apply(far), far), far);
      check(tf.cast(tf.less(tf.abs(second), 1e-100), DType.FLOAT64), 1, 1, 1, 1, 1, 1);
      Output floats = tf.constant(new float[] {-1e30f, -200, 200, 1e4f, Float.POSITIVE_INFINITY});
      check(slope(slope(each.apply(floats), floats), floats), 0, 0, 0, 0, 0);
    }
    Output ends = numbers(tf, -INF, INF);
    check(slope(slope(tf.atan(ends), ends), ends), 0, 0);
    check(slope(slope(slope(tf.nn.softplus(ends), ends), ends), ends), 0, 0);
    Output huge = numbers(tf, 1e100);
    check(slope(tf.atan(huge), huge), 1e-200);
    check(slope(slope(tf.atan(huge), huge), huge), -2e-300);
  }

  @Test
  void scoresThatAreInfinitelyRightCostNothing() {
    Output scores = numbers(tf, -INF, INF, -INF, INF, 0);
    Output truth = numbers(tf, 0, 1, 1, 0, 1);
    Output loss = tf.nn.sigmoidCrossEntropyWithLogits(truth, scores);
    check(loss, 0, 0, INF, INF, Math.log(2));
    check(slope(loss, scores), 0, 0, -1, 1, -0.5);
    Output lost = tf.nn.sigmoidCrossEntropyWithLogits(numbers(tf, 0, 1), numbers(tf, NAN, NAN));
    check(lost, NAN, NAN);
  }
}
