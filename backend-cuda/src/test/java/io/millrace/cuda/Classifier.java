package io.millrace.cuda;

import io.millrace.Feed;
import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;

/** Two layers with softmax cross entropy and Adam, whose labels are checked. */
final class Classifier {
  final Graph graph = new Graph();
  final Ops tf = Ops.of(graph);
  final Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1, 6), "x");
  final Output y = tf.placeholder(DType.INT64, Shape.of(-1), "y");
  final Variable w;
  final Output loss;
  final Operation train;

  Classifier() {
    graph.setSeed(7);
    w = tf.variable(tf.random.normal(new int[] {6, 4}), "w");
    Variable b = tf.variable(tf.zeros(4), "b");
    Output hidden = tf.nn.relu(tf.add(tf.matmul(x, w), b));
    Variable v = tf.variable(tf.random.normal(new int[] {4, 3}), "v");
    Output logits = tf.matmul(hidden, v);
    loss = tf.reduceMean(tf.nn.sparseSoftmaxCrossEntropyWithLogits(y, logits));
    train = tf.train.adam(0.05f).minimize(loss);
  }

  Feed feed(int seed, int batch) {
    float[][] images = new float[batch][6];
    long[] labels = new long[batch];
    for (int i = 0; i < batch; i++) {
      labels[i] = (i + (long) seed) % 3;
      for (int j = 0; j < 6; j++) {
        images[i][j] = (float) Math.sin(seed + 7.0 * i + j + (double) labels[i]);
      }
    }
    return Feed.of(x, images).and(y, labels);
  }

  List<Float> losses(String device, int steps) {
    try (Session session = new Session(graph, SessionOptions.defaults().device(device))) {
      session.run(tf.globalVariablesInitializer());
      List<Float> losses = new ArrayList<>();
      for (int i = 0; i < steps; i++) {
        losses.add(session.run(List.of(loss, train), feed(i, 5)).get(0).floatValue());
      }
      return losses;
    }
  }
}
