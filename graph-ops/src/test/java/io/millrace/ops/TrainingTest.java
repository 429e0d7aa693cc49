package io.millrace.ops;

import static io.millrace.type.DType.FLOAT32;
import static io.millrace.type.DType.INT64;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.spi.HostMemory;
import io.millrace.type.Shape;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/** What a training must be on the CPU whatever it learns: right, repeatable, flat in memory. */
class TrainingTest {
  private static final int BATCH = 32;
  private static final SessionOptions CPU = SessionOptions.defaults().device("cpu:0");

  /** A small convolutional network with everything that a step usually has. */
  private static final class Net {
    final Graph graph = new Graph();
    final Ops tf = Ops.of(graph);
    final Output x = tf.placeholder(FLOAT32, Shape.of(-1, 8, 8, 1), "x");
    final Output y = tf.placeholder(INT64, Shape.of(-1), "y");
    final Output logits;
    final Output loss;
    final Operation train;

    Net(Function<Ops, Optimizer> optimizer) {
      graph.setSeed(7);
      Variable filter = tf.variable(tf.initializers.glorotUniform(Shape.of(3, 3, 1, 4)), "filter");
      Output h = tf.nn.relu(tf.nn.biasAdd(tf.nn.conv2d(x, filter), zeros("c", 4)));
      h = tf.reshape(tf.nn.maxPool(h, 2), -1, 36);
      Variable w = tf.variable(tf.initializers.glorotUniform(Shape.of(36, 3)), "w");
      logits = tf.add(tf.matmul(h, w), zeros("b", 3));
      loss = tf.reduceMean(tf.nn.sparseSoftmaxCrossEntropyWithLogits(y, logits));
      train = optimizer.apply(tf).minimize(loss);
    }

    private Variable zeros(String name, int n) {
      return tf.variable(tf.zeros(FLOAT32, n), name);
    }

    Session open(SessionOptions options) {
      Session session = new Session(graph, options);
      session.run(tf.globalVariablesInitializer());
      return session;
    }

    /** Images whose brightest third tells the class. */
    Map<Object, Object> batch(long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      float[] images = new float[BATCH * 64];
      long[] labels = new long[BATCH];
      for (int i = 0; i < BATCH; i++) {
        labels[i] = random.nextInt(3);
        for (int p = 0; p < 64; p++) {
          boolean bright = p * 3 / 64 == labels[i];
          images[i * 64 + p] = (float) (random.nextDouble() + (bright ? 1 : 0));
        }
      }
      return Map.of(x, images, y, labels);
    }
  }

  private static final List<Function<Ops, Optimizer>> OPTIMIZERS =
      List.of(
          tf -> tf.train.gradientDescent(0.1f),
          tf -> tf.train.momentum(0.02f, 0.9f),
          tf -> tf.train.nesterov(0.02f, 0.9f),
          tf -> tf.train.adam(0.01f));

  private static float[] losses(Net net, SessionOptions options, int steps) {
    float[] losses = new float[steps];
    try (Session session = net.open(options)) {
      for (int i = 0; i < steps; i++) {
        losses[i] = session.run(List.of(net.loss, net.train), net.batch(i)).get(0).floatValue();
      }
    }
    return losses;
  }

  @Test
  void everyOptimizerLearns() {
    for (Function<Ops, Optimizer> optimizer : OPTIMIZERS) {
      float[] losses = losses(new Net(optimizer), CPU, 150);
      assertTrue(losses[149] < losses[0] / 4, losses[0] + " to " + losses[149]);
    }
  }

  @Test
  void theCpuFollowsTheReferenceStepByStep() {
    for (Function<Ops, Optimizer> optimizer : OPTIMIZERS) {
      float[] expected =
          losses(new Net(optimizer), SessionOptions.defaults().device("reference:0"), 10);
      assertArrayEquals(expected, losses(new Net(optimizer), CPU, 10), 1e-5f);
    }
  }

  @Test
  void aTrainingRepeatsToTheBit() {
    Function<Ops, Optimizer> adam = tf -> tf.train.adam(0.01f);
    assertArrayEquals(losses(new Net(adam), CPU, 30), losses(new Net(adam), CPU, 30), 0f);
    assertArrayEquals(
        losses(new Net(adam), CPU, 30), losses(new Net(adam), CPU.threads(1), 30), 0f);
  }

  /** What loops that are being compiled in the background may hold for a while. */
  private static final long COMING_AND_GOING = 64 * 1024;

  @Test
  void thousandsOfStepsLeaveNativeMemoryFlat() {
    Net net = new Net(tf -> tf.train.adam(0.001f));
    Map<Object, Object> feeds = net.batch(1);
    try (Session session = net.open(CPU)) {
      for (int i = 0; i < 1_000; i++) {
        session.run(List.of(net.loss, net.train), feeds).get(0).close();
      }
      long live = HostMemory.liveBytes();
      long pointers = Pointer.totalBytes();
      for (int i = 1_000; i < 4_000; i++) {
        session.run(List.of(net.loss, net.train), feeds).get(0).close();
      }
      assertTrue(
          HostMemory.liveBytes() <= live + COMING_AND_GOING,
          () -> live + " bytes became " + HostMemory.liveBytes());
      assertTrue(
          Pointer.totalBytes() <= pointers,
          () -> pointers + " bytes became " + Pointer.totalBytes());
    }
  }

  @Test
  void aSteadyStepAllocatesNothingButItsResult() {
    Net net = new Net(tf -> tf.train.momentum(0.01f, 0.9f));
    Map<Object, Object> feeds = net.batch(1);
    try (Session session = net.open(CPU)) {
      long step = allocatedBy(1_000, () -> session.run(net.train, feeds));
      assertTrue(step < 1_000, step + " bytes in 1,000 steps");
    }
  }

  private static long allocatedBy(int warmUp, Runnable work) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < warmUp; i++) {
      work.run();
    }
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    for (int i = 0; i < 1_000; i++) {
      work.run();
    }
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
  }

  @Test
  void manyThreadsPredictWhileOneTrains() throws Exception {
    Net net = new Net(tf -> tf.train.gradientDescent(0f));
    Map<Object, Object> feeds = net.batch(1);
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try (Session session = net.open(CPU)) {
      float[] expected = session.run(net.logits, feeds).toFloatArray();
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < 6; t++) {
        boolean trains = t == 0;
        running.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 200; i++) {
                    if (trains) {
                      session.run(net.train, feeds);
                    }
                    try (Tensor logits = session.run(net.logits, feeds)) {
                      assertArrayEquals(expected, logits.toFloatArray(), 0f);
                    }
                  }
                }));
      }
      for (Future<?> run : running) {
        run.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aPlanShowsFusedLoopsAndOneArena() {
    Net net = new Net(tf -> tf.train.adam(0.001f));
    try (Session session = net.open(CPU)) {
      String plan = session.explain(List.of(net.loss, net.train), net.batch(1));
      assertTrue(plan.contains("BiasAdd+Relu"), plan);
      assertEquals(1, plan.split("arena ", -1).length - 1, plan);
    }
  }
}
