package io.millrace.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.millrace.DeviceException;
import io.millrace.ExecutionException;
import io.millrace.Feed;
import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.cuda.command.KernelSource;
import io.millrace.cuda.device.CudaExecution;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions on the emulated device, and what only it can tell: what was asked of the driver. */
class EmulatedSessionTest extends SessionBehaviour {
  @BeforeEach
  void requireEmulation() {
    NativeKernels.unavailable().ifPresent(reason -> assumeTrue(false, reason));
  }

  @Override
  String device() {
    return EmulatedBackend.register(new EmulatedDriver());
  }

  /** Opens a session for a model on a driver, its variables initialized. */
  private static Session open(Classifier model, EmulatedDriver driver) {
    SessionOptions options = SessionOptions.defaults().device(EmulatedBackend.register(driver));
    Session session = new Session(model.graph, options);
    session.run(model.tf.globalVariablesInitializer());
    return session;
  }

  @Test
  void replaysOneGraphWhenSteady() {
    EmulatedDriver driver = new EmulatedDriver();
    Classifier model = new Classifier();
    try (Session session = open(model, driver)) {
      session.run(model.train, model.feed(0, 5));
      driver.takeLog();
      session.run(model.train, model.feed(1, 5));
      List<String> second = driver.takeLog();
      assertTrue(second.contains("begin capture"), second::toString);
      for (int i = 2; i < 5; i++) {
        session.run(model.train, model.feed(i, 5));
        assertEquals(List.of("replay", "synchronize"), driver.takeLog());
      }
    }
  }

  @Test
  void plansOfAllSizesShareAConstant() {
    EmulatedDriver driver = new EmulatedDriver();
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    float[] table = new float[1 << 18];
    for (int i = 0; i < table.length; i++) {
      table[i] = i;
    }
    Output x = tf.placeholder(DType.INT32, Shape.of(-1), "x");
    Output y = tf.gather(tf.constant(table), x);
    SessionOptions options =
        SessionOptions.defaults().device(EmulatedBackend.register(driver)).planCacheSize(2);
    try (Session session = new Session(graph, options)) {
      long one = 0;
      for (int n = 1; n < 8; n++) {
        int[] indices = new int[n];
        indices[0] = n;
        assertEquals(n, session.run(y, Feed.of(x, indices)).toFloatArray()[0]);
        one = n == 1 ? driver.usedBytes() : one;
        assertTrue(driver.usedBytes() < 1.3 * one, () -> driver.usedBytes() + " bytes");
      }
    }
  }

  @Test
  void plansOfAllSizesShareKernels() {
    EmulatedDriver driver = new EmulatedDriver();
    Classifier model = new Classifier();
    try (Session session = open(model, driver)) {
      session.run(List.of(model.loss, model.train), model.feed(0, 41));
      Set<KernelSource> kernels = driver.kernels();
      for (int batch : new int[] {43, 47, 53}) {
        session.run(List.of(model.loss, model.train), model.feed(batch, batch));
      }
      assertEquals(kernels, driver.kernels());
    }
  }

  @Test
  void plansOfAllSizesShareOneBlock() {
    EmulatedDriver driver = new EmulatedDriver();
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1), "x");
    Output largest = tf.reduceMax(tf.sort(x));
    SessionOptions options = SessionOptions.defaults().device(EmulatedBackend.register(driver));
    try (Session session = new Session(graph, options)) {
      IntConsumer run =
          n -> {
            float[] values = new float[n];
            values[n / 2] = n;
            assertEquals(n, session.run(largest, Feed.of(x, values)).floatValue());
          };
      run.accept(50_000);
      long used = driver.usedBytes();
      List<Integer> sizes = List.of(50_000, 40_000, 30_000, 25_000, 20_000);
      for (int i = 0; i < 10; i++) {
        run.accept(sizes.get(i % 5));
      }
      assertEquals(used, driver.usedBytes());
      driver.takeLog();
      sizes.forEach(run::accept);
      assertEquals(Set.of("replay", "synchronize"), Set.copyOf(driver.takeLog()));
      run.accept(90_000);
      driver.takeLog();
      run.accept(50_000);
      assertTrue(driver.takeLog().contains("begin capture"));
      run.accept(50_000);
      assertEquals(List.of("replay", "synchronize"), driver.takeLog());
    }
  }

  @Test
  void overlappingRunsHaveBlocksOfTheirOwn() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1), "x");
    Output largest = tf.reduceMax(tf.sort(x));
    SessionOptions options = SessionOptions.defaults().device(device());
    try (Session session = new Session(graph, options)) {
      // Each size is a plan, and threads run all three side by side.
      IntStream.range(0, 120)
          .parallel()
          .forEach(
              i -> {
                float[] values = new float[200 * (i % 3 + 1)];
                values[i] = i + 1;
                assertEquals(i + 1, session.run(largest, Feed.of(x, values)).floatValue());
              });
    }
  }

  @Test
  void allocatesNothingWhenSteady() {
    EmulatedDriver driver = new EmulatedDriver();
    Classifier model = new Classifier();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Session session = open(model, driver)) {
      Feed feed = model.feed(0, 5);
      for (int i = 0; i < 3; i++) {
        session.run(model.train, feed);
      }
      driver.idle();
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 20; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 50; i++) {
          session.run(model.train, feed);
        }
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
      // Less than one object a run; the counting itself may allocate.
      assertTrue(least < 50 * 16, least + " bytes in 50 runs");
    }
  }

  @Test
  void explainsItsCommands() {
    Classifier model = new Classifier();
    SessionOptions options = SessionOptions.defaults().device(device());
    try (Session session = new Session(model.graph, options)) {
      String text = session.explain(model.train, model.feed(0, 5));
      List<String> commands =
          text.lines().dropWhile(l -> !l.startsWith("commands for emulated")).skip(1).toList();
      assertTrue(
          commands.stream().anyMatch(l -> l.contains("gemm float32 1 x [5,6] [6,4] of feed0")),
          text);
      assertTrue(
          commands.stream().anyMatch(l -> l.contains("+ resource") && l.contains("relu")), text);
      // All variables are updated by one launch, which does nothing if the labels are wrong.
      List<String> updates = commands.stream().filter(l -> l.contains("_batch4<<<")).toList();
      assertEquals(1, updates.size(), text);
      assertTrue(updates.get(0).contains("[status, "), updates.get(0));
      assertEquals(text, session.explain(model.train, model.feed(0, 5)));
    }
  }

  /** A table in the host's memory, the rest on the device, as an embedding too large for it. */
  @Test
  void meetsTheHost() {
    List<List<Float>> losses = new ArrayList<>();
    String device = device();
    for (String home : List.of("reference:0", device)) {
      Graph graph = new Graph();
      Ops tf = Ops.of(graph);
      Output ids = tf.placeholder(DType.INT32, Shape.of(-1), "ids");
      Variable table;
      Output rows;
      try (var scope = graph.device("reference:0")) {
        table = tf.variable(Tensor.of(new float[][] {{1, 2}, {3, 4}, {5, 6}}), "table");
        rows = tf.gather(table, ids);
      }
      Variable w = tf.variable(Tensor.of(new float[][] {{0.5f}, {-0.25f}}), "w");
      Output loss = tf.reduceMean(tf.square(tf.matmul(rows, w)));
      Operation train = tf.train.gradientDescent(0.01f).minimize(loss);
      List<Float> values = new ArrayList<>();
      try (Session session = new Session(graph, SessionOptions.defaults().device(home))) {
        session.run(tf.globalVariablesInitializer());
        for (int i = 0; i < 4; i++) {
          Feed feed = Feed.of(ids, new int[] {i % 3, 1, 2});
          values.add(session.run(List.of(loss, train), feed).get(0).floatValue());
        }
        String text = session.explain(train, Feed.of(ids, new int[] {0, 1, 2}));
        assertEquals(home.equals(device), text.contains("part 1 on cuda:0"), text);
      }
      losses.add(values);
    }
    assertEquals(losses.get(0), losses.get(1));
  }

  @Test
  void roundsOperandsOnlyIfAsked() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(2, 5, 5, 3), "x");
    Output y = tf.nn.conv2d(x, tf.ones(DType.FLOAT32, 3, 3, 3, 2));
    Output z = tf.matmul(tf.reshape(y, 9, -1), tf.ones(DType.FLOAT32, 4, 2));
    Output wide = tf.matmul(tf.cast(z, DType.FLOAT64), tf.ones(DType.FLOAT64, 2, 2));
    Feed feed = Feed.of(x, new float[150]);
    SessionOptions options = SessionOptions.defaults().device(device());
    try (Session session = new Session(graph, options)) {
      assertFalse(session.explain(wide, feed).contains("tf32"));
    }
    try (Session session = new Session(graph, options.tensorFloat32(true))) {
      String text = session.explain(wide, feed);
      assertTrue(text.contains("convolution FORWARD float32 as tf32"), text);
      assertTrue(text.contains("gemm float32 as tf32"), text);
      assertTrue(text.contains("gemm float64 1 x"), text);
    }
  }

  @Test
  void namesTheStepThatTheDeviceRefuses() {
    EmulatedDriver driver = new EmulatedDriver();
    Classifier model = new Classifier();
    try (Session session = open(model, driver)) {
      driver.failOn(Optional.of("gemm"));
      ExecutionException failure =
          assertThrows(ExecutionException.class, () -> session.run(model.train, model.feed(0, 5)));
      String message = String.valueOf(failure.getMessage());
      assertTrue(message.contains("failed: made to"), message);
      assertTrue(message.contains("in MatMul (MatMul)"), message);
      assertTrue(message.contains("Classifier.java:"), message);
      driver.failOn(Optional.empty());
      session.run(model.train, model.feed(0, 5));
      driver.failOn(Optional.of("record gemm"));
      assertThrows(DeviceException.class, () -> session.run(model.train, model.feed(0, 5)));
      assertTrue(driver.takeLog().contains("abandon capture"));
      driver.failOn(Optional.of("replay"));
      DeviceException replayed =
          assertThrows(DeviceException.class, () -> session.run(model.train, model.feed(0, 5)));
      assertTrue(
          String.valueOf(replayed.getMessage()).contains("-D" + CudaExecution.BLOCKING + "=true"),
          replayed.getMessage());
      driver.failOn(Optional.empty());
      session.run(model.train, model.feed(0, 5));
    }
  }

  @Test
  void saysWhoHoldsTheMemoryWhenThereIsNone() {
    EmulatedDriver driver = new EmulatedDriver(16L << 20, true);
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Variable kept = tf.variable(tf.zeros(1 << 20), "kept");
    Output n = tf.placeholder(DType.INT32, Shape.scalar(), "n");
    Output large = tf.reduceSum(tf.sort(tf.fill(tf.expandDims(n, 0), tf.constant(1f))));
    try (Session session =
        new Session(graph, SessionOptions.defaults().device(EmulatedBackend.register(driver)))) {
      session.run(kept.initializer());
      assertEquals(1000f, session.run(large, Feed.of(n, 1000)).floatValue());
      DeviceException failure =
          assertThrows(DeviceException.class, () -> session.run(large, Feed.of(n, 8_000_000)));
      String message = String.valueOf(failure.getMessage());
      assertTrue(message.contains("variable 'kept'"), message);
      assertTrue(message.contains("are free"), message);
      assertTrue(message.contains("the plan of '"), message);
      assertEquals(1000f, session.run(large, Feed.of(n, 1000)).floatValue());
      assertEquals(1 << 20, session.run(kept).toFloatArray().length);
    }
  }

  @Test
  void givesAllMemoryBack() {
    EmulatedDriver driver = new EmulatedDriver();
    new Classifier().losses(EmulatedBackend.register(driver), 4);
    EmulatedBackend.pool(driver).trim();
    assertEquals(0, driver.usedBytes());
    List<String> log = driver.takeLog();
    assertFalse(log.isEmpty());
  }
}
