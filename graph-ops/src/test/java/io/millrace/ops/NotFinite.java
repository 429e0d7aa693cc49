package io.millrace.ops;

import static io.millrace.type.DType.FLOAT32;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.type.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * NaN and infinity reach the elements that depend on where they are, and no others.
 *
 * <p>What depends on an element is found with finite numbers on the reference device: what changes
 * when the element does.
 */
public final class NotFinite {
  private NotFinite() {}

  /** A tensor computed from another one. */
  interface Computation {
    Output of(Ops tf, Output x);
  }

  /** A gradient as a function of what arrives. */
  private static Computation gradient(Computation y, long... dims) {
    return (tf, dy) -> {
      Output x = tf.multiply(numbers(tf, 7, dims), 1);
      return tf.gradients(List.of(y.of(tf, x)), List.of(x), List.of(dy)).get(0);
    };
  }

  private static Output numbers(Ops tf, long seed, long... dims) {
    return tf.reshape(tf.constant(floats(seed, (int) Shape.of(dims).size())), dims);
  }

  private static float[] floats(long seed, int size) {
    Random random = new Random(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** A computation of a tensor of this shape. */
  private record Case(Shape shape, Computation computation) {}

  private static void put(Map<String, Case> all, String name, Computation of, long... dims) {
    all.put(name, new Case(Shape.of(dims), of));
  }

  private static Map<String, Case> cases() {
    Map<String, Case> all = new LinkedHashMap<>();
    ConvOptions same = ConvOptions.same();
    ConvOptions valid = ConvOptions.valid();
    Map<String, ConvOptions> options = new LinkedHashMap<>();
    options.put("SAME", same);
    options.put("VALID", valid);
    options.put("SAME by 2", same.strides(2, 2));
    options.put("SAME dilated", same.dilations(2, 2));
    options.put("padded", ConvOptions.explicit(2, 1, 0, 2));
    options.forEach(
        (name, how) -> {
          convolution(all, name + " of 1 channel", how, 1, 1, 1);
          convolution(all, name + " of 4 channels", how, 4, 4, 2);
          convolution(all, name + " in groups", how, 4, 2, 4);
          put(
              all,
              "depthwise " + name,
              (tf, x) -> tf.nn.depthwiseConv2d(x, numbers(tf, 2, 3, 3, 2, 2), how),
              1,
              6,
              6,
              2);
          put(
              all,
              "gradient of depthwise " + name,
              (tf, f) -> tf.nn.depthwiseConv2d(numbers(tf, 2, 1, 6, 6, 2), f, how),
              3,
              3,
              2,
              2);
        });
    PoolOptions pool = PoolOptions.window(3, 3).strides(2, 2).same();
    put(all, "mean pool", (tf, x) -> tf.nn.avgPool(x, pool), 1, 5, 6, 2);
    put(
        all,
        "mean pool gradient",
        gradient((tf, x) -> tf.nn.avgPool(x, pool), 1, 5, 6, 2),
        1,
        3,
        3,
        2);
    put(
        all,
        "max pool gradient",
        gradient((tf, x) -> tf.nn.maxPool(x, pool), 1, 5, 6, 2),
        1,
        3,
        3,
        2);
    put(
        all,
        "patches",
        (tf, x) ->
            tf.extractImagePatches(
                x, new int[] {2, 3}, new int[] {1, 2}, new int[] {2, 1}, Padding.Kind.SAME),
        1,
        4,
        5,
        2);
    put(
        all,
        "patches gradient",
        gradient(
            (tf, x) ->
                tf.extractImagePatches(
                    x, new int[] {2, 2}, new int[] {1, 1}, new int[] {1, 1}, Padding.Kind.SAME),
            1,
            3,
            3,
            1),
        1,
        3,
        3,
        4);
    put(
        all,
        "responses",
        (tf, x) -> tf.nn.localResponseNormalization(x, 1, 1f, 1f, 0.5f),
        1,
        2,
        2,
        5);
    put(
        all,
        "responses gradient",
        gradient((tf, x) -> tf.nn.localResponseNormalization(x, 1, 1f, 1f, 0.5f), 1, 2, 2, 5),
        1,
        2,
        2,
        5);
    put(all, "product", (tf, x) -> tf.matmul(x, numbers(tf, 3, 17, 9)), 5, 17);
    put(all, "product from the right", (tf, x) -> tf.matmul(numbers(tf, 3, 9, 17), x), 17, 33);
    put(all, "products", (tf, x) -> tf.einsum("bij,bkj->bik", x, numbers(tf, 3, 3, 4, 5)), 3, 2, 5);
    put(
        all,
        "product without padding",
        (tf, x) -> tf.matmul(tf.pad(x, new int[][] {{1, 1}, {0, 0}}), numbers(tf, 3, 3, 4)),
        4,
        3);
    put(all, "cumulative sums", (tf, x) -> tf.cumsum(x, 1, true, true), 3, 7);
    put(all, "band", (tf, x) -> tf.matrixBandPart(x, 1, 0), 4, 4);
    put(all, "segment sums", (tf, x) -> tf.segmentSum(x, new int[] {0, 0, 2, 2}), 4, 3);
    put(
        all,
        "segment means",
        (tf, x) -> tf.unsortedSegmentMean(x, new int[] {2, 0, -1, 2}, 4),
        4,
        3);
    put(
        all,
        "picked means",
        (tf, x) -> tf.sparseSegmentMean(x, new int[] {1, 1, 3}, new int[] {0, 1, 1}),
        4,
        3);
    int[][] places = {{2}, {0}, {2}};
    put(all, "scattered", (tf, x) -> tf.scatterNd(places, x, new int[] {4, 3}), 3, 3);
    put(all, "added", (tf, x) -> tf.tensorScatterNdAdd(numbers(tf, 4, 4, 3), places, x), 3, 3);
    put(all, "gather gradient", gradient((tf, x) -> tf.gather(x, new int[] {3, 1, 3}), 4, 2), 3, 2);
    put(
        all,
        "where gradient",
        gradient((tf, x) -> tf.where(tf.greater(x, 0), x, tf.square(x)), 9),
        9);
    put(all, "relu gradient", gradient((tf, x) -> tf.nn.relu(x), 9), 9);
    put(all, "relu6 gradient", gradient((tf, x) -> tf.nn.relu6(tf.multiply(x, 6)), 9), 9);
    put(all, "leaky relu gradient", gradient((tf, x) -> tf.nn.leakyRelu(x, 0), 9), 9);
    put(all, "clip gradient", gradient((tf, x) -> tf.clipByValue(x, -0.5f, 0.5f), 9), 9);
    put(all, "maximum gradient", gradient((tf, x) -> tf.maximum(x, tf.negative(x)), 9), 9);
    put(all, "greatest gradient", gradient((tf, x) -> tf.reduceMax(x, 1), 3, 4), 3);
    put(all, "least gradient", gradient((tf, x) -> tf.reduceMin(x, 0), 3, 4), 4);
    put(
        all,
        "segment maximum gradient",
        gradient((tf, x) -> tf.segmentMax(x, new int[] {0, 0, 2, 2}), 4, 2),
        3,
        2);
    put(
        all,
        "scattered maximum gradient",
        gradient((tf, x) -> tf.tensorScatterNdMax(tf.zeros(4, 2), places, x), 3, 2),
        4,
        2);
    put(all, "top gradient", gradient((tf, x) -> tf.topK(x, 2).values(), 3, 5), 3, 2);
    put(all, "sort gradient", gradient((tf, x) -> tf.sort(x), 3, 5), 3, 5);
    put(
        all,
        "bias gradient",
        gradient((tf, b) -> tf.nn.biasAdd(tf.zeros(2, 3, 3, 4), b), 4),
        2,
        3,
        3,
        4);
    put(all, "softmax", (tf, x) -> tf.nn.softmax(x), 3, 5);
    put(
        all,
        "batch norm",
        (tf, x) ->
            tf.nn.fusedBatchNorm(
                x, tf.ones(2), tf.zeros(2), tf.zeros(2), tf.ones(2), 0.1f, DataFormat.NHWC),
        2,
        2,
        2,
        2);
    return all;
  }

  /** Adds a convolution of images and of a filter, its transpose, and its gradients. */
  private static void convolution(
      Map<String, Case> all, String name, ConvOptions how, int channels, int depth, int outputs) {
    long[] images = {2, 6, 7, channels};
    long[] filter = {3, 3, depth, outputs};
    Computation ofImages = (tf, x) -> tf.nn.conv2d(x, numbers(tf, 2, filter), how);
    Computation ofFilter = (tf, f) -> tf.nn.conv2d(numbers(tf, 3, images), f, how);
    put(all, "images, " + name, ofImages, images);
    put(all, "filter, " + name, ofFilter, filter);
    Ops tf = Ops.of(new Graph());
    long[] result = ofImages.of(tf, tf.placeholder(FLOAT32, Shape.of(images), "x")).shape().dims();
    put(all, "gradient by images, " + name, gradient(ofImages, images), result);
    put(all, "gradient by filter, " + name, gradient(ofFilter, filter), result);
    put(
        all,
        "gradient of images by filter, " + name,
        (ops, x) -> {
          Output f = ops.multiply(numbers(ops, 2, filter), 1);
          return ops.gradients(ops.nn.conv2d(x, f, how), f).get(0);
        },
        images);
    put(
        all,
        "gradient of filter by images, " + name,
        (ops, f) -> {
          Output x = ops.multiply(numbers(ops, 2, images), 1);
          return ops.gradients(ops.nn.conv2d(x, f, how), x).get(0);
        },
        filter);
  }

  /** Returns the names of all cases. */
  public static List<String> names() {
    return List.copyOf(cases().keySet());
  }

  /** Runs a case once, so that a device has its kernels. */
  public static void run(String name, String device) {
    try (Bench bench = new Bench(cases().get(name), device)) {
      bench.values(floats(5, (int) bench.shape.size()));
    }
  }

  /** Fails unless what is not finite reaches, on a device, what depends on it and nothing else. */
  public static void check(String name, String device) {
    Case one = cases().get(name);
    try (Bench reference = new Bench(one, "reference");
        Bench tested = new Bench(one, device)) {
      int size = (int) one.shape.size();
      float[] x = floats(5, size);
      float[] before = reference.values(x);
      float[] finite = tested.values(x);
      for (int place : List.of(0, size / 2, size - 1)) {
        float[] after = reference.values(changed(x, place, x[place] + 1));
        for (float value : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
          float[] got = tested.values(changed(x, place, value));
          for (int i = 0; i < got.length; i++) {
            String about = name + " on " + device + ", " + value + " at " + place + ": " + i;
            if (before[i] == after[i]) {
              assertEquals(finite[i], got[i], 1e-5f * (1 + Math.abs(finite[i])), about);
            } else if (Float.isNaN(value)) {
              assertEquals(Float.NaN, got[i], about);
            } else if (!name.startsWith("softmax") && !name.startsWith("responses")) {
              assertFalse(Float.isFinite(got[i]), about);
            }
          }
        }
      }
    }
  }

  private static float[] changed(float[] x, int place, float value) {
    float[] changed = x.clone();
    changed[place] = value;
    return changed;
  }

  /** A case on a device. */
  private static final class Bench implements AutoCloseable {
    private final Shape shape;
    private final Output x;
    private final Output y;
    private final Session session;

    Bench(Case one, String device) {
      Graph graph = new Graph();
      Ops tf = Ops.of(graph);
      shape = one.shape;
      x = tf.placeholder(FLOAT32, shape, "x");
      y = one.computation.of(tf, x);
      session = new Session(graph, SessionOptions.defaults().device(device));
    }

    float[] values(float[] fed) {
      try (Tensor feed = Tensor.of(fed, FLOAT32, shape);
          Tensor result = session.run(y, Map.of(x, feed))) {
        return result.toFloatArray();
      }
    }

    @Override
    public void close() {
      session.close();
    }
  }
}
