package io.millrace.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.DeviceException;
import io.millrace.Feed;
import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.cuda.device.SharedDevices;
import io.millrace.cuda.driver.Driver;
import io.millrace.ops.ConvOptions;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
import io.millrace.primitives.Tolerance;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sessions on a device of NVIDIA's. */
@Tag("gpu")
class NvidiaSessionTest extends SessionBehaviour {
  @Override
  String device() {
    return "cuda:0";
  }

  /** Thousands of runs leave the device's memory as the first ones did. */
  @Test
  void holdsNoMoreMemoryAfterManyRuns() {
    Classifier model = new Classifier();
    Driver driver = SharedDevices.get(0).driver();
    try (Session session = new Session(model.graph, SessionOptions.defaults().device(device()))) {
      session.run(model.tf.globalVariablesInitializer());
      long free = 0;
      for (int i = 0; i < 5000; i++) {
        session.run(List.of(model.loss, model.train), model.feed(i, 5 + i % 7)).get(0).close();
        if (i == 100) {
          free = driver.memory().free();
        }
      }
      long lost = free - driver.memory().free();
      // The driver takes some for itself; what each run lost would add up to more.
      assertTrue(lost < 32L << 20, lost + " bytes");
    }
  }

  /** Bias and relu ride along with the product; NaN must pass. */
  @Test
  void finishesProductsAsTheReference() {
    for (int k : new int[] {1, 7, 64, 500}) {
      Graph graph = new Graph();
      Ops tf = Ops.of(graph);
      Output x = tf.placeholder(DType.FLOAT32, Shape.of(33, k), "x");
      Output w = tf.placeholder(DType.FLOAT32, Shape.of(k, 20), "w");
      Output b = tf.placeholder(DType.FLOAT32, Shape.of(20), "b");
      Output y = tf.nn.relu(tf.add(tf.matmul(x, w), b));
      float[] rows = waves(33 * k);
      rows[rows.length / 2] = Float.NaN;
      Feed feed = Feed.of(x, rows).and(w, waves(20 * k)).and(b, waves(20));
      agree(graph, List.of(y), feed);
    }
  }

  /** Layers as real networks have them, with the gradients of data and filters. */
  @Test
  void convolvesAsTheReference() {
    int[][] layers = {
      {2, 28, 28, 1, 5, 6, 1}, {2, 14, 14, 6, 5, 16, 1}, {1, 14, 14, 32, 3, 48, 1},
      {1, 15, 15, 32, 3, 16, 2}, {1, 14, 14, 24, 1, 40, 1}, {1, 29, 29, 3, 7, 8, 2}
    };
    for (int[] l : layers) {
      for (ConvOptions options : List.of(ConvOptions.same(), ConvOptions.valid())) {
        Graph graph = new Graph();
        Ops tf = Ops.of(graph);
        Output x = tf.placeholder(DType.FLOAT32, Shape.of(l[0], l[1], l[2], l[3]), "x");
        Output w = tf.placeholder(DType.FLOAT32, Shape.of(l[4], l[4], l[3], l[5]), "w");
        Output y = tf.nn.conv2d(x, w, options.strides(l[6], l[6]));
        List<Output> wanted = new ArrayList<>(List.of(y));
        wanted.addAll(tf.gradients(tf.reduceSum(tf.multiply(y, y)), x, w));
        Feed feed = Feed.of(x, waves((int) x.shape().size())).and(w, waves((int) w.shape().size()));
        agree(graph, wanted, feed);
      }
    }
  }

  private static float[] waves(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) Math.sin(1 + 0.7 * i);
    }
    return values;
  }

  /** Requires the reference's values, thrice: queued, recorded and replayed. */
  private void agree(Graph graph, List<Output> fetches, Feed feed) {
    try (Session reference = new Session(graph, SessionOptions.defaults().device("reference"));
        Session session = new Session(graph, SessionOptions.defaults().device(device()))) {
      List<Tensor> wanted = reference.run(fetches, feed);
      for (int time = 0; time < 3; time++) {
        List<Tensor> got = session.run(fetches, feed);
        for (int i = 0; i < wanted.size(); i++) {
          Tolerance.assertNear(
              wanted.get(i).toLiteral(),
              got.get(i).toLiteral(),
              2e-5,
              fetches.get(i) + ", time " + time);
        }
      }
    }
  }

  @Test
  void survivesHavingNoMemory() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Variable kept = tf.variable(tf.zeros(1 << 20), "kept");
    Output n = tf.placeholder(DType.INT64, Shape.scalar(), "n");
    Output large = tf.reduceSum(tf.random.uniform(tf.expandDims(n, 0)));
    try (Session session = new Session(graph, SessionOptions.defaults().device(device()))) {
      session.run(kept.initializer());
      DeviceException failure =
          assertThrows(
              DeviceException.class, () -> session.run(large, Feed.of(n, 100_000_000_000L)));
      assertTrue(
          String.valueOf(failure.getMessage()).contains("variable 'kept'"), failure.getMessage());
      assertEquals(500, session.run(large, Feed.of(n, 1000L)).floatValue(), 50);
      assertEquals(1 << 20, session.run(kept).toFloatArray().length);
    }
  }
}
