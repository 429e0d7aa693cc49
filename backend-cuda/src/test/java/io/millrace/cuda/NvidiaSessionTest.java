package io.millrace.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.DType;
import io.millrace.DeviceException;
import io.millrace.Feed;
import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Shape;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
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
      assertEquals(free, driver.memory().free());
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
