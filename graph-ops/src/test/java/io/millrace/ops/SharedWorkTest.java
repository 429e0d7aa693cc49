package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Shows that a training step does work once that an operation and its gradient both state. */
class SharedWorkTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Output x = tf.placeholder(DType.FLOAT32, Shape.of(2, 3, 4, 5), "x");
  private final Variable scale = tf.variable(new float[] {1, 2, 3, 4, 5});
  private final Variable offset = tf.variable(new float[] {5, 4, 3, 2, 1});
  private final Output images =
      tf.nn.fusedBatchNorm(x, scale, offset, 0.01f, DataFormat.NHWC).get(0);
  private final Output loss = tf.reduceSum(tf.square(images));
  private final Operation train = tf.train.gradientDescent(0.1f).minimize(loss);
  private final Map<Object, Object> feeds = Map.of(x, images());

  private static float[][][][] images() {
    float[][][][] images = new float[2][3][4][5];
    for (int i = 0; i < 120; i++) {
      images[i / 60][i / 20 % 3][i / 5 % 4][i % 5] = i * 37 % 101 / 10f;
    }
    return images;
  }

  private Session open(boolean passes) {
    Session session =
        new Session(graph, SessionOptions.defaults().device("reference").passes(passes));
    session.run(tf.globalVariablesInitializer());
    return session;
  }

  @Test
  void batchNormalisationFindsItsVarianceOnce() {
    try (Session session = open(true)) {
      String plan = session.explain(List.of(loss, train), feeds).split("\nplan\n", 2)[1];
      List<String> readers = plan.lines().filter(l -> l.contains(" feed0:")).toList();
      // For the mean, the variance, the images, and the gradient of the scale.
      assertEquals(4, readers.size(), plan);
      assertEquals(1, readers.stream().filter(l -> l.contains("mul(t2, t2)")).count(), plan);
    }
  }

  @Test
  void whatIsSharedHasTheBitsOfWhatIsStatedTwice() {
    float[][] results = new float[2][];
    for (boolean passes : new boolean[] {false, true}) {
      try (Session session = open(passes)) {
        float[] losses = new float[3];
        for (int i = 0; i < losses.length; i++) {
          losses[i] = session.run(List.of(loss, train), feeds).get(0).floatValue();
        }
        results[passes ? 1 : 0] = losses;
      }
    }
    assertArrayEquals(results[0], results[1], Arrays.toString(results[1]));
  }
}
