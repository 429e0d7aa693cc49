package io.millrace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.session.Devices;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.DeviceOptions;
import io.millrace.spi.Executable;
import io.millrace.spi.Execution;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Plan;
import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a session frees, and waits for, when runs take long and when its device fails to close. */
@Timeout(60)
class ClosingTest {
  private final Graph graph = new Graph();
  private final TestOps ops = new TestOps(graph);
  private final Output x = ops.placeholder("x", DType.INT64, -1);
  private final Output twice = ops.add("twice", x, x);
  private final Output picked = ops.positives("picked", twice);
  private final Output w = ops.variable("w", DType.INT64, 1);
  private final Operation init = ops.assign("init", w, ops.constant("one", new long[] {1}));

  private final AtomicInteger compiled = new AtomicInteger();
  private final AtomicInteger plans = new AtomicInteger();
  private final AtomicInteger executions = new AtomicInteger();
  private final AtomicInteger memories = new AtomicInteger();
  private final AtomicInteger devices = new AtomicInteger(1);
  private volatile Runnable atRun = () -> {};
  private volatile Runnable atClose = () -> {};

  /** The reference device, which does something else when it runs and when it closes something. */
  private final class HookedDevice implements Device {
    private final Device reference = Backends.find().open("reference", DeviceOptions.defaults());

    @Override
    public String name() {
      return "hooked:0";
    }

    @Override
    public DeviceMemory allocate(String what, long bytes) {
      memories.incrementAndGet();
      return new HookedMemory(bytes, HostMemory.allocate(Math.min(bytes, 64)));
    }

    @Override
    public Executable compile(Plan plan) {
      Executable inner = reference.compile(plan);
      compiled.incrementAndGet();
      plans.incrementAndGet();
      return new Executable() {
        @Override
        public Execution newExecution() {
          executions.incrementAndGet();
          return new HookedExecution(inner.newExecution());
        }

        @Override
        public void close() {
          plans.decrementAndGet();
          atClose.run();
        }
      };
    }

    @Override
    public void close() {
      devices.decrementAndGet();
      assertEquals(0, plans.get(), "plans are open when the device closes");
    }
  }

  private final class HookedMemory implements DeviceMemory {
    private final long bytes;
    private final HostMemory inner;

    HookedMemory(long bytes, HostMemory inner) {
      this.bytes = bytes;
      this.inner = inner;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public void close() {
      inner.close();
      memories.decrementAndGet();
      atClose.run();
    }
  }

  private final class HookedExecution implements Execution {
    private final Execution inner;

    HookedExecution(Execution inner) {
      this.inner = inner;
    }

    @Override
    public void run(
        List<HostMemory> feeds, List<DeviceMemory> resources, List<HostMemory> fetches) {
      atRun.run();
      List<DeviceMemory> all = new ArrayList<>();
      resources.forEach(r -> all.add(((HookedMemory) r).inner));
      inner.run(feeds, all, fetches);
    }

    @Override
    public void close() {
      inner.close();
      executions.decrementAndGet();
      atClose.run();
    }
  }

  private Session open(int kept) {
    SessionOptions options = SessionOptions.defaults().planCacheSize(kept);
    return new Session(graph, options, new Devices(new HookedDevice(), options, Backends.find()));
  }

  private long[] run(Session session, Output fetch, long... values) {
    return session.run(fetch, Map.of(x, values)).toLongArray();
  }

  private void failToClose() {
    AtomicInteger failures = new AtomicInteger();
    atClose =
        () -> {
          throw new DeviceException("stuck " + failures.incrementAndGet());
        };
  }

  private void assertAllClosed() {
    assertEquals(
        List.of(0, 0, 0, 0), List.of(plans.get(), executions.get(), memories.get(), devices.get()));
  }

  @Test
  void closingWaitsForARunWhosePlanWentMeanwhile() throws Exception {
    Session session = open(1);
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    atRun =
        () -> {
          started.countDown();
          try {
            go.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      Future<long[]> running = threads.submit(() -> run(session, twice, 1, 2));
      started.await();
      atRun = () -> {};
      assertArrayEquals(new long[] {2}, run(session, twice, 1));
      assertEquals(1, session.cachedPlans());
      Future<?> closed = threads.submit(session::close);
      assertThrows(TimeoutException.class, () -> closed.get(50, TimeUnit.MILLISECONDS));
      assertEquals(1, devices.get());
      go.countDown();
      assertArrayEquals(new long[] {2, 4}, running.get());
      closed.get();
      assertAllClosed();
    } finally {
      go.countDown();
      threads.shutdownNow();
    }
  }

  @Test
  void aPlanIsKeptThoughTheOneBeforeFailsToClose() {
    Session session = open(1);
    run(session, twice, 1);
    failToClose();
    DeviceException e = assertThrows(DeviceException.class, () -> run(session, twice, 1, 2));
    assertEquals("stuck 1", e.getMessage());
    assertEquals("stuck 2", e.getSuppressed()[0].getMessage());
    assertEquals(1, plans.get());
    atClose = () -> {};
    assertArrayEquals(new long[] {6, 8}, run(session, twice, 3, 4));
    assertEquals(2, compiled.get());
    session.close();
    assertAllClosed();
  }

  @Test
  void closingGoesOnWhereSomethingFailsToClose() {
    Session session = open(10);
    session.run(init);
    run(session, twice, 1);
    run(session, picked, 1, -1);
    failToClose();
    DeviceException e = assertThrows(DeviceException.class, session::close);
    assertEquals("stuck 1", e.getMessage());
    assertAllClosed();
    session.close();
  }

  @Test
  void aRunWhoseFirstStageFailsToCloseKeepsNoSlot() {
    Session session = open(1);
    failToClose();
    assertThrows(DeviceException.class, () -> run(session, picked, 1, -1));
    atClose = () -> {};
    assertArrayEquals(new long[] {4}, run(session, picked, 2, -1));
    session.close();
    assertAllClosed();
  }

  @Test
  void aRunThatFailsSaysSoThoughAStageFailsToClose() {
    Session session = open(1);
    AtomicInteger runs = new AtomicInteger();
    atRun =
        () -> {
          if (runs.incrementAndGet() == 2) {
            throw new DeviceException("broken");
          }
        };
    failToClose();
    DeviceException e = assertThrows(DeviceException.class, () -> run(session, picked, 1, -1));
    assertEquals("broken", e.getMessage());
    assertTrue(Arrays.stream(e.getSuppressed()).anyMatch(s -> s.getMessage().contains("stuck")));
    atClose = () -> {};
    session.close();
    assertAllClosed();
  }

  @Test
  void aSlotWithoutMemoryForItsAnswerLeavesNothingBehind() {
    Output endless = ops.variable("endless", DType.INT64, 1L << 44);
    Output zeros = ops.zeros("zeros", ops.add("sum", endless, endless));
    Session session = open(10);
    assertThrows(DeviceException.class, () -> session.run(zeros));
    assertEquals(1, compiled.get());
    assertEquals(0, executions.get());
    session.close();
    assertAllClosed();
  }
}
