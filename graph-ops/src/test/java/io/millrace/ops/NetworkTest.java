package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ExecutionException;
import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Holds layers and losses to values worked out by hand, and trains a small network. */
class NetworkTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private Session session() {
    return new Session(graph, SessionOptions.defaults().device("reference"));
  }

  private float[] floats(Output x) {
    try (Session session = session()) {
      return session.run(x).toFloatArray();
    }
  }

  @Test
  void convolvesAndPools() {
    float[][][][] image = {{{{1}, {2}, {3}}, {{4}, {5}, {6}}, {{7}, {8}, {9}}}};
    float[][][][] filter = {{{{1}}, {{10}}}, {{{100}}, {{1000}}}};
    assertArrayEquals(new float[] {5421, 6532, 8754, 9865}, floats(tf.nn.conv2d(image, filter)));
    assertArrayEquals(
        new float[] {5421, 6532, 603, 8754, 9865, 906, 87, 98, 9},
        floats(tf.nn.conv2d(image, filter, ConvOptions.same())));
    assertArrayEquals(
        new float[] {5, 6, 6, 8, 9, 9, 8, 9, 9},
        floats(tf.nn.maxPool(image, PoolOptions.window(2, 2).strides(1, 1).same())));
    assertArrayEquals(
        new float[] {3, 4.5f, 7.5f, 9},
        floats(tf.nn.avgPool(image, PoolOptions.window(2, 2).same())));
    assertArrayEquals(new float[] {5}, floats(tf.nn.maxPool(image, 2)));
  }

  @Test
  void convolvesIntegersAsItDoesFloats() {
    int[] image = new int[2 * 5 * 4 * 4];
    int[] taps = new int[3 * 2 * 2 * 6];
    for (int i = 0; i < image.length; i++) {
      image[i] = i * 7 % 11 - 5;
    }
    for (int i = 0; i < taps.length; i++) {
      taps[i] = i * 5 % 13 - 6;
    }
    Output x = tf.reshape(tf.constant(image), 2, 5, 4, 4);
    Output filter = tf.reshape(tf.constant(taps), 3, 2, 2, 6);
    ConvOptions options = ConvOptions.same().strides(2, 1).dilations(1, 2);
    PoolOptions window = PoolOptions.window(3, 2).strides(2, 1).same();
    Output convolved = tf.nn.conv2d(x, filter, options);
    Output pooled = tf.nn.maxPool(x, window);
    Output asFloat = tf.cast(x, DType.FLOAT32);
    Output expected = tf.nn.conv2d(asFloat, tf.cast(filter, DType.FLOAT32), options);
    assertArrayEquals(floats(expected), floats(tf.cast(convolved, DType.FLOAT32)));
    assertArrayEquals(
        floats(tf.nn.maxPool(asFloat, window)), floats(tf.cast(pooled, DType.FLOAT32)));
  }

  @Test
  void knowsShapesBeforeTheBatchIsKnown() {
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1, 28, 28, 1), "x");
    Output filter = tf.zeros(5, 5, 1, 6);
    assertEquals(
        Shape.of(-1, 14, 14, 6), tf.nn.conv2d(x, filter, ConvOptions.same().strides(2, 2)).shape());
    assertEquals(Shape.of(-1, 12, 12, 6), tf.nn.maxPool(tf.nn.conv2d(x, filter), 2).shape());
    Output any = tf.placeholder(DType.FLOAT32, Shape.unknown(), "any");
    assertEquals(Shape.of(-1, -1, -1, 6), tf.nn.conv2d(any, filter).shape());
  }

  @Test
  void normalizesAlongAnyAxis() {
    float[][] x = {{0, 100}, {(float) Math.log(3), 100}};
    assertArrayEquals(new float[] {0.25f, 0.5f, 0.75f, 0.5f}, floats(tf.nn.softmax(x, 0)), 1e-6f);
    assertArrayEquals(
        new float[] {(float) Math.log(0.25), (float) Math.log(0.75)},
        floats(tf.slice(tf.nn.logSoftmax(x, 0), new long[] {0, 0}, new long[] {2, 1})),
        1e-6f);
    assertThrows(GraphException.class, () -> tf.nn.softmax(x, 2));
  }

  @Test
  void measuresLossesOfAnyRank() {
    float third = (float) Math.log(3);
    float[][][] logits = {{{1, 1, 1}}, {{0, 0, 100}}};
    Output sparse = tf.nn.sparseSoftmaxCrossEntropyWithLogits(new int[][] {{2}, {0}}, logits);
    assertEquals(Shape.of(2, 1), sparse.shape());
    assertArrayEquals(new float[] {third, 100}, floats(sparse), 1e-5f);
    float[][][] labels = {{{0.5f, 0.5f, 0}}, {{0, 0, 1}}};
    Output dense = tf.nn.softmaxCrossEntropyWithLogits(labels, logits);
    assertEquals(Shape.of(2, 1), dense.shape());
    assertArrayEquals(new float[] {third, 0}, floats(dense), 1e-5f);
    assertEquals(third, floats(tf.nn.sparseSoftmaxCrossEntropyWithLogits(1, new float[3]))[0]);
    assertArrayEquals(
        new float[] {(float) Math.log(2), 0, 1000},
        floats(
            tf.nn.sigmoidCrossEntropyWithLogits(
                new float[] {1, 1, 0}, new float[] {0, 1000, 1000})),
        1e-6f);
    assertArrayEquals(new float[] {12.5f}, floats(tf.nn.l2Loss(new float[] {3, 4})));
  }

  @Test
  void refusesLabelsThatAreNoClass() {
    Output labels = tf.placeholder(DType.INT64, Shape.of(-1), "labels");
    Output loss = tf.nn.sparseSoftmaxCrossEntropyWithLogits(labels, new float[][] {{1, 2}});
    try (Session session = session()) {
      String message =
          assertThrows(
                  ExecutionException.class, () -> session.run(loss, Map.of(labels, new long[] {2})))
              .getMessage();
      assertTrue(message.contains("outside the valid range of [0, 2)"), message);
    }
    assertThrows(
        GraphException.class,
        () -> tf.nn.sparseSoftmaxCrossEntropyWithLogits(new int[] {0}, new float[] {1, 2}));
  }

  @Test
  void trainsASmallConvolutionalNetwork() {
    graph.setSeed(3);
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1, 6, 6, 1), "x");
    Output y = tf.placeholder(DType.INT64, Shape.of(-1), "y");
    Variable filter = tf.variable(tf.initializers.glorotUniform(Shape.of(3, 3, 1, 4)), "filter");
    Variable bias = tf.variable(tf.zeros(4), "bias");
    Variable w = tf.variable(tf.initializers.glorotUniform(Shape.of(16, 3)), "w");
    Variable b = tf.variable(tf.zeros(3), "b");
    Output h = tf.nn.relu(tf.nn.biasAdd(tf.nn.conv2d(x, filter), bias));
    Output logits = tf.add(tf.matmul(tf.reshape(tf.nn.maxPool(h, 2), -1, 16), w), b);
    Output loss = tf.reduceMean(tf.nn.sparseSoftmaxCrossEntropyWithLogits(y, logits));
    Operation step = tf.train.adam(0.05f).minimize(loss);
    float[][][][] images = new float[12][6][6][1];
    long[] classes = new long[12];
    for (int n = 0; n < 12; n++) {
      classes[n] = n % 3;
      for (int i = 0; i < 6; i++) {
        int across = (i + n) % 6;
        images[n][n % 3 == 1 ? across : i][n % 3 == 0 ? n / 3 : across][0] = 1;
      }
    }
    Map<Output, Object> batch = Map.of(x, images, y, classes);
    try (Session session = session()) {
      session.run(tf.globalVariablesInitializer());
      double before = session.run(loss, batch).floatValue();
      for (int i = 0; i < 40; i++) {
        session.run(step, batch);
      }
      double after = session.run(loss, batch).floatValue();
      assertTrue(before > 0.8 && after < 0.1, () -> "loss went from " + before + " to " + after);
    }
  }
}
