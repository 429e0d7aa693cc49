package io.millrace.cuda;

import io.millrace.Feed;
import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.ops.ConvOptions;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;

/** LeNet-5's layers on images of 12 by 12, trained with momentum. */
final class SmallLeNet {
  private static final int BATCH = 3;

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1, 12, 12, 1), "x");
  private final Output y = tf.placeholder(DType.INT64, Shape.of(-1), "y");
  private final Output loss;
  private final Operation train;

  SmallLeNet() {
    graph.setSeed(3);
    Output h = tf.nn.maxPool(convolution(x, 5, 1, 4, ConvOptions.same()), 2);
    h = tf.nn.maxPool(convolution(h, 3, 4, 6, ConvOptions.valid()), 2);
    h = tf.nn.relu(dense(tf.reshape(h, -1, 24), 24, 16));
    Output logits = dense(h, 16, 5);
    loss = tf.reduceMean(tf.nn.sparseSoftmaxCrossEntropyWithLogits(y, logits));
    train = tf.train.momentum(0.05f, 0.9f).minimize(loss);
  }

  private Output convolution(Output data, int size, int in, int out, ConvOptions options) {
    Variable filter =
        tf.variable(tf.multiply(tf.random.normal(new int[] {size, size, in, out}), 0.3f));
    return tf.nn.relu(
        tf.nn.biasAdd(tf.nn.conv2d(data, filter, options), tf.variable(tf.zeros(out))));
  }

  private Output dense(Output data, int in, int out) {
    Variable weights = tf.variable(tf.multiply(tf.random.normal(new int[] {in, out}), 0.3f));
    return tf.add(tf.matmul(data, weights), tf.variable(tf.zeros(out)));
  }

  private Feed feed(int step) {
    float[] images = new float[BATCH * 144];
    long[] labels = new long[BATCH];
    for (int i = 0; i < BATCH; i++) {
      labels[i] = (step + (long) i) % 5;
      for (int j = 0; j < 144; j++) {
        images[144 * i + j] = (float) Math.sin((1.0 + labels[i]) * j / 7 + 0.01 * step);
      }
    }
    return Feed.of(x, images).and(y, labels);
  }

  /** Returns the loss of each training step on a device. */
  List<Float> losses(String device, int steps) {
    try (Session session = new Session(graph, SessionOptions.defaults().device(device))) {
      session.run(tf.globalVariablesInitializer());
      List<Float> losses = new ArrayList<>();
      for (int i = 0; i < steps; i++) {
        losses.add(session.run(List.of(loss, train), feed(i)).get(0).floatValue());
      }
      return losses;
    }
  }
}
