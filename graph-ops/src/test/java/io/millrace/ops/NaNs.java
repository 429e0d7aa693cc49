package io.millrace.ops;

import static io.millrace.type.DType.FLOAT32;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.ops.index.SortOps.Direction;
import io.millrace.ops.math.ClipOps.ClipByValue;
import io.millrace.type.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.DoubleStream;

/** What becomes of NaN, as the decision on it says: it counts as greater than every number. */
public final class NaNs {
  private static final float NAN = Float.NaN;
  private static final float INF = Float.POSITIVE_INFINITY;
  private static final int LONG = 5000;
  private static final int PLACE = 4321;

  private NaNs() {}

  private record Case(Function<Ops, Output> computed, List<Double> wanted) {}

  /** Collects cases by name. */
  private static final class Table {
    final Map<String, Case> cases = new LinkedHashMap<>();

    void is(String name, Function<Ops, Output> computed, double... wanted) {
      cases.put(name, new Case(computed, DoubleStream.of(wanted).boxed().toList()));
    }
  }

  /** Returns a vector that no compiler knows: with random numbers, of which nothing remains. */
  private static Output vector(Ops tf, float... values) {
    Output drawn = tf.random.uniform(new int[] {values.length}, 0, 1, FLOAT32, OptionalLong.of(1));
    return tf.add(tf.constant(values), tf.multiply(drawn, 0));
  }

  private static Output gradient(Ops tf, Function<Output, Output> y, float... values) {
    Output x = vector(tf, values);
    return tf.gradients(y.apply(x), x).get(0);
  }

  private static Output pixels(Ops tf, float... values) {
    return tf.reshape(vector(tf, values), 1, 2, 2, 1);
  }

  private static float[] longRow() {
    float[] row = new float[LONG];
    for (int i = 0; i < LONG; i++) {
      row[i] = i % 97;
    }
    row[PLACE] = NAN;
    return row;
  }

  private static Map<String, Case> cases() {
    Table table = new Table();
    pools(table);
    extremes(table);
    orders(table);
    segments(table);
    clips(table);
    activations(table);
    gradients(table);
    return table.cases;
  }

  private static void pools(Table table) {
    PoolOptions rows = PoolOptions.window(1, 2);
    PoolOptions all = PoolOptions.window(2, 2);
    table.is("pool rows", tf -> tf.nn.maxPool(pixels(tf, NAN, 1, NAN, NAN), rows), NAN, NAN);
    table.is("pool last", tf -> tf.nn.maxPool(pixels(tf, 1, NAN, 3, 2), rows), NAN, 3);
    table.is("pool all", tf -> tf.nn.maxPool(pixels(tf, 1, 2, NAN, INF), all), NAN);
    table.is("pool least", tf -> tf.nn.maxPool(pixels(tf, -INF, -INF, -INF, -INF), all), -INF);
    table.is(
        "pool same",
        tf -> tf.nn.maxPool(pixels(tf, 1, NAN, 2, 3), all.strides(1, 1).same()),
        NAN,
        NAN,
        3,
        3);
    table.is("mean pool", tf -> tf.nn.avgPool(pixels(tf, 1, NAN, 3, 2), rows), NAN, 2.5);
    table.is(
        "pool of 64-bit numbers",
        tf -> tf.nn.maxPool(tf.cast(pixels(tf, 1, NAN, 3, 2), DType.FLOAT64), rows),
        NAN,
        3);
  }

  private static void extremes(Table table) {
    table.is("max", tf -> tf.reduceMax(vector(tf, 1, NAN, 2)), NAN);
    table.is("min", tf -> tf.reduceMin(vector(tf, 1, NAN, 2)), NAN);
    table.is("long max", tf -> tf.reduceMax(vector(tf, longRow())), NAN);
    table.is("long argmax", tf -> tf.argmax(vector(tf, longRow()), 0), PLACE);
    table.is("long argmin", tf -> tf.argmin(vector(tf, longRow()), 0), PLACE);
    table.is("argmax", tf -> tf.argmax(vector(tf, 1, NAN, INF, NAN), 0), 1);
    table.is("argmin", tf -> tf.argmin(vector(tf, 1, NAN, -INF, NAN), 0), 1);
    table.is("argmax of none else", tf -> tf.argmax(vector(tf, NAN, NAN), 0), 0);
    table.is("argmax of least", tf -> tf.argmax(vector(tf, -INF, -INF), 0), 0);
    table.is(
        "argmax of columns",
        tf -> tf.argmax(tf.reshape(vector(tf, 1, NAN, NAN, 2, 3, 0), 3, 2), 0),
        1,
        0);
    table.is(
        "maximum",
        tf -> tf.maximum(vector(tf, NAN, 1, NAN), vector(tf, 1, NAN, NAN)),
        NAN,
        NAN,
        NAN);
    table.is(
        "minimum",
        tf -> tf.minimum(vector(tf, NAN, 1, NAN), vector(tf, 1, NAN, NAN)),
        NAN,
        NAN,
        NAN);
  }

  private static void orders(Table table) {
    float[] four = {1, NAN, 2, INF};
    float[] twice = {NAN, 1, NAN, 1};
    table.is("top", tf -> tf.topK(vector(tf, four), 2).values(), NAN, INF);
    table.is("top places", tf -> tf.topK(vector(tf, four), 2).indices(), 1, 3);
    table.is("top of long", tf -> tf.topK(vector(tf, longRow()), 2).indices(), PLACE, 96);
    table.is("sort", tf -> tf.sort(vector(tf, four)), 1, 2, INF, NAN);
    table.is("sort down", tf -> tf.sort(vector(tf, four), 0, Direction.DESCENDING), NAN, INF, 2, 1);
    table.is("argsort", tf -> tf.argsort(vector(tf, twice)), 1, 3, 0, 2);
    table.is(
        "argsort down", tf -> tf.argsort(vector(tf, twice), 0, Direction.DESCENDING), 0, 2, 1, 3);
  }

  private static void segments(Table table) {
    int[] ids = {0, 0, 1, 1};
    float[] data = {1, NAN, 2, 3};
    table.is("segment max", tf -> tf.segmentMax(vector(tf, data), ids), NAN, 3);
    table.is("segment min", tf -> tf.segmentMin(vector(tf, data), ids), NAN, 2);
    table.is(
        "unsorted max",
        tf -> tf.unsortedSegmentMax(vector(tf, data), new int[] {1, 0, 1, -1}, 2),
        NAN,
        2);
    table.is(
        "unsorted min",
        tf -> tf.unsortedSegmentMin(vector(tf, data), new int[] {1, 0, 1, -1}, 2),
        NAN,
        1);
    int[][] places = {{0}, {1}};
    table.is(
        "scatter max",
        tf -> tf.tensorScatterNdMax(vector(tf, 1, NAN, 5), places, vector(tf, NAN, 1)),
        NAN,
        NAN,
        5);
    table.is(
        "scatter min",
        tf -> tf.tensorScatterNdMin(vector(tf, 1, NAN, 5), places, vector(tf, NAN, 1)),
        NAN,
        NAN,
        5);
  }

  private static void clips(Table table) {
    table.is("clip", tf -> tf.clipByValue(vector(tf, NAN, 5, -INF), 0, 1), NAN, 1, 0);
    table.is("clip from NaN", tf -> tf.clipByValue(vector(tf, 5), NAN, 1), NAN);
    table.is("clip to NaN", tf -> tf.clipByValue(vector(tf, 5), 0, NAN), NAN);
    for (float[] bounds : new float[][] {{0, 1}, {NAN, 1}, {0, NAN}}) {
      table.is(
          "ClipByValue from " + bounds[0] + " to " + bounds[1],
          tf ->
              tf.result(
                  new ClipByValue(),
                  vector(tf, NAN, 5),
                  tf.constant(bounds[0]),
                  tf.constant(bounds[1])),
          NAN,
          bounds[0] + bounds[1]);
    }
  }

  private static void activations(Table table) {
    float[] x = {NAN, -INF, INF};
    table.is("relu", tf -> tf.nn.relu(vector(tf, x)), NAN, 0, INF);
    table.is("relu6", tf -> tf.nn.relu6(vector(tf, x)), NAN, 0, 6);
    table.is("elu", tf -> tf.nn.elu(vector(tf, x)), NAN, -1, INF);
    table.is("softplus", tf -> tf.nn.softplus(vector(tf, x)), NAN, 0, INF);
    table.is("leaky", tf -> tf.nn.leakyRelu(vector(tf, x)), NAN, -INF, INF);
    table.is("leaky by 0", tf -> tf.nn.leakyRelu(vector(tf, x), 0), NAN, 0, INF);
    table.is(
        "relu of a product",
        tf -> tf.nn.relu(tf.add(tf.matmul(tf.reshape(vector(tf, x), 3, 1), tf.ones(1, 1)), 1f)),
        NAN,
        0,
        INF);
    table.is("sigmoid", tf -> tf.math.sigmoid(vector(tf, x)), NAN, 0, 1);
    table.is("sign", tf -> tf.sign(vector(tf, x)), NAN, -1, 1);
    table.is("softmax", tf -> tf.nn.softmax(vector(tf, 1, NAN)), NAN, NAN);
    table.is("log of sum", tf -> tf.reduceLogsumexp(vector(tf, 1, NAN)), NAN);
  }

  private static void gradients(Table table) {
    float[] x = {1, NAN, 2, NAN};
    table.is("max gradient", tf -> gradient(tf, tf::reduceMax, x), 0, 0.5, 0, 0.5);
    table.is("min gradient", tf -> gradient(tf, tf::reduceMin, x), 0, 0.5, 0, 0.5);
    table.is("maximum gradient", tf -> gradient(tf, y -> tf.maximum(y, 1.5f), x), 0, 1, 1, 1);
    table.is("minimum gradient", tf -> gradient(tf, y -> tf.minimum(1.5f, y), x), 1, 1, 0, 1);
    table.is("clip gradient", tf -> gradient(tf, y -> tf.clipByValue(y, 0, 1.5f), x), 1, 1, 0, 1);
    table.is("relu gradient", tf -> gradient(tf, tf.nn::relu, x), 1, 1, 1, 1);
    table.is("relu6 gradient", tf -> gradient(tf, tf.nn::relu6, x), 1, 1, 1, 1);
    table.is(
        "pool gradient",
        tf -> {
          Output images = pixels(tf, x);
          return tf.gradients(tf.nn.maxPool(images, 2), images).get(0);
        },
        0,
        1,
        0,
        0);
    table.is(
        "segment gradient",
        tf -> gradient(tf, y -> tf.segmentMax(y, new int[] {0, 0, 0, 1}), x),
        0,
        1,
        0,
        1);
    table.is("top gradient", tf -> gradient(tf, y -> tf.topK(y, 2).values(), x), 0, 1, 0, 1);
  }

  /** Returns the names of all cases. */
  public static List<String> names() {
    return List.copyOf(cases().keySet());
  }

  /** Returns what a device makes of a case. */
  public static double[] run(String name, String device) {
    Graph graph = new Graph();
    Output y = cases().get(name).computed.apply(Ops.of(graph));
    SessionOptions options = SessionOptions.defaults().device(device);
    try (Session session = new Session(graph, options);
        Tensor result = session.run(y)) {
      double[] values = new double[(int) result.shape().size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = result.toLiteral().getDouble(i);
      }
      return values;
    }
  }

  /** Fails unless a device gives what is wanted. */
  public static void check(String name, String device) {
    double[] wanted = cases().get(name).wanted.stream().mapToDouble(v -> v).toArray();
    assertArrayEquals(wanted, run(name, device), 1e-6, name + " on " + device);
  }
}
