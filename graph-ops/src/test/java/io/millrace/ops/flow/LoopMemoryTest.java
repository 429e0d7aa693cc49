package io.millrace.ops.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.ops.Ops;
import io.millrace.spi.HostMemory;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What loops hold of native memory whose turns each run's data count. */
class LoopMemoryTest {
  private static final int RUNS = 20_000;
  private static final int MOST_TURNS = 60;

  @Test
  void manyRunsOfDifferentTurnsHoldNoMoreThanAFew() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Output x = tf.placeholder(DType.FLOAT64, Shape.of(4));
    Output n = tf.placeholder(DType.INT32, Shape.scalar());
    Output y =
        tf.whileLoop(
                v -> tf.less(v.get(0), n),
                v -> List.of(tf.add(v.get(0), 1), tf.multiply(v.get(1), x)),
                List.of(tf.constant(0), tf.onesLike(x)))
            .get(1);
    Output slope = tf.reduceSum(tf.gradients(y, x).get(0));
    double[] ones = {1, 1, 1, 1};
    try (Session session = new Session(graph, SessionOptions.defaults().device("cpu"));
        Tensor fed = Tensor.of(ones)) {
      long held = 0;
      for (int i = 0; i < RUNS; i++) {
        int turns = 37 * i % MOST_TURNS;
        try (Tensor result = session.run(slope, Map.of(x, fed, n, turns))) {
          // Of x^n at 1.
          assertEquals(4.0 * turns, result.doubleValue());
        }
        if (i == MOST_TURNS) {
          held = HostMemory.liveBytes();
        }
      }
      long more = HostMemory.liveBytes() - held;
      assertTrue(more <= 0, () -> more + " bytes more than after " + MOST_TURNS + " runs");
    }
  }
}
