package io.millrace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.millrace.session.Devices;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.Executable;
import io.millrace.spi.Execution;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Plan;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a session does beside the device's work, measured on a device that does nothing. */
class SteadyStateTest {
  private static final int RUNS = 1000;

  private final AtomicInteger open = new AtomicInteger();
  private final Graph graph = new Graph();
  private final TestOps ops = new TestOps(graph);
  private final Output x = ops.placeholder("x", DType.FLOAT32, -1, 4);
  private final Output y = ops.placeholder("y", DType.INT64, -1);
  private final Output twice = ops.add("twice", x, x);
  private final Output w = ops.variable("w", DType.INT64, 3);
  private final Operation step = ops.assign("step", w, y);

  /** A device on which nothing happens; counts what is open. */
  private final class IdleDevice implements Device {
    @Override
    public String name() {
      return "idle:0";
    }

    @Override
    public DeviceMemory allocate(String what, long bytes) {
      return HostMemory.allocate(bytes);
    }

    @Override
    public Executable compile(Plan plan) {
      open.incrementAndGet();
      return new Executable() {
        @Override
        public Execution newExecution() {
          open.incrementAndGet();
          return new Execution() {
            @Override
            public void run(
                List<HostMemory> feeds, List<DeviceMemory> resources, List<HostMemory> fetches) {}

            @Override
            public void close() {
              open.decrementAndGet();
            }
          };
        }

        @Override
        public void close() {
          open.decrementAndGet();
        }
      };
    }

    @Override
    public void close() {}
  }

  private Session open(SessionOptions options) {
    return new Session(graph, options, new Devices(new IdleDevice(), options, Backends.find()));
  }

  private static long allocatedBy(Runnable work) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < RUNS; i++) {
      work.run();
    }
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    for (int i = 0; i < RUNS; i++) {
      work.run();
    }
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
  }

  @Test
  void aRepeatedRunAllocatesNothingButItsResult() {
    Map<Object, Object> flat = Map.of(x, new float[8], y, new long[] {1, 2, 3});
    Map<Object, Object> nested = Feed.of(x, new float[2][4]).and("y", new int[3]);
    Map<Object, Object> doubles = Map.of(x, new double[8], y, new short[3]);
    Map<Object, Object> tensors =
        Map.of(x, Tensor.zeros(DType.FLOAT32, 2, 4), y, Tensor.zeros(DType.INT64, 3));
    try (Session session = open(SessionOptions.defaults())) {
      for (Map<Object, Object> feeds : List.of(flat, nested, doubles, tensors)) {
        assertTrue(allocatedBy(() -> session.run(step, feeds)) < RUNS);
      }
      long results =
          allocatedBy(() -> new Tensor(twice.type(), HostMemory.uninitialized(32)).close());
      long runs = allocatedBy(() -> session.run(twice, flat).close());
      assertTrue(runs < results + RUNS, () -> runs + " bytes, of them results " + results);
    }
  }

  @Test
  void aRepeatedRunOnTwoDevicesAllocatesNothingEither() {
    Operation across;
    try (Graph.Scope scope = graph.device("null:0")) {
      Output sum = ops.add("sum", ops.add("there", w, y), y);
      across = ops.assign("across", w, sum);
    }
    Map<Object, Object> feeds = Map.of(y, new long[] {1, 2, 3});
    try (Session session = open(SessionOptions.defaults())) {
      session.run(step, feeds);
      assertTrue(session.explain(across, feeds).contains("part 2 on idle:0"));
      assertTrue(allocatedBy(() -> session.run(across, feeds)) < RUNS);
    }
  }

  /** Of each stage the answer, a literal over an array of bytes, and of the last one the result. */
  @Test
  void aRepeatedRunThatAsksAllocatesItsAnswersOnly() {
    Output picked = ops.positives("picked", ops.add("again", y, w));
    Output number = ops.variable("number", DType.FLOAT32);
    Operation both = ops.assign("both", number, ops.zeros("zeros", picked));
    Map<Object, Object> feeds = Map.of(y, new long[] {1, 2, 3});
    try (Session session = open(SessionOptions.defaults())) {
      session.run(step, feeds);
      long answers = allocatedBy(() -> Literal.wrap(TensorType.of(DType.INT64, 1), new byte[8]));
      long runs = allocatedBy(() -> session.run(both, feeds));
      assertTrue(runs < 2 * answers + RUNS, () -> runs + " bytes, of each answer " + answers);
    }
  }

  @Test
  void nothingStaysOpenBehindASession() {
    try (Session session = open(SessionOptions.defaults().planCacheSize(2))) {
      for (int rows = 0; rows < 9; rows++) {
        session.run(twice, Map.of(x, new float[rows][4])).close();
      }
      assertEquals(4, open.get());
    }
    assertEquals(0, open.get());
  }

  @Test
  void plansOfAllSizesHoldOneArena() {
    // Without passes, what is between lies in the arena: 16 bytes a row.
    Output four = ops.add("four", twice, twice);
    SessionOptions options = SessionOptions.defaults().device("reference").passes(false);
    long before = HostMemory.liveBytes();
    try (Session session = new Session(graph, options)) {
      for (int i = 0; i < 32; i++) {
        try (Tensor rows = Tensor.zeros(DType.FLOAT32, 1024L * (i * 7 % 32 + 33), 4)) {
          session.run(four, Map.of(x, rows)).close();
        }
      }
      assertEquals(32, session.cachedPlans());
      // What others forgot may go meanwhile.
      assertTrue(HostMemory.liveBytes() - before <= 16L * 64 * 1024);
    }
    assertTrue(HostMemory.liveBytes() <= before);
  }

  @Test
  void thousandsOfRunsLeaveNativeMemoryFlat() {
    try (Session session = new Session(graph, SessionOptions.defaults().device("reference"))) {
      Map<Object, Object> feeds = Map.of(x, new float[4000], y, new long[] {1, 2, 3});
      session.run(List.of(twice, step), feeds).get(0).close();
      long before = HostMemory.liveBytes();
      for (int i = 0; i < 2000; i++) {
        session.run(List.of(twice, step), feeds).get(0).close();
      }
      assertTrue(HostMemory.liveBytes() <= before);
    }
  }
}
