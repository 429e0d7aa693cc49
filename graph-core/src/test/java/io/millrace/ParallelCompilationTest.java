package io.millrace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.session.Devices;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.DeviceOptions;
import io.millrace.spi.Executable;
import io.millrace.spi.Execution;
import io.millrace.spi.Plan;
import io.millrace.type.DType;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for whom while a device takes long to compile. */
@Timeout(60)
class ParallelCompilationTest {
  private final Graph graph = new Graph();
  private final TestOps ops = new TestOps(graph);
  private final Output x = ops.placeholder("x", DType.INT64, -1);
  private final Output twice = ops.add("twice", x, x);
  private final Output w = ops.variable("w", DType.INT64, 1);
  private final Output shifted = ops.add("shifted", x, w);
  private final Output picked = ops.positives("picked", shifted);
  private final Operation init = ops.assign("init", w, ops.constant("zero", new long[1]));
  private final Operation count = ops.assignAdd("count", w, ops.constant("one", new long[] {1}));

  private final AtomicInteger compiled = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile Runnable atCompile = () -> {};
  private final Session session = open(SessionOptions.defaults());

  /** The reference device, which does something else first when it compiles. */
  private final class HookedDevice implements Device {
    private final Device reference = Backends.find().open("reference", DeviceOptions.defaults());

    @Override
    public String name() {
      return "hooked:0";
    }

    @Override
    public DeviceMemory allocate(String what, long bytes) {
      return reference.allocate(what, bytes);
    }

    @Override
    public Executable compile(Plan plan) {
      compiled.incrementAndGet();
      atCompile.run();
      Executable inner = reference.compile(plan);
      open.incrementAndGet();
      return new Executable() {
        @Override
        public Execution newExecution() {
          return inner.newExecution();
        }

        @Override
        public void close() {
          open.decrementAndGet();
        }
      };
    }

    @Override
    public void close() {
      assertEquals(0, open.get(), "plans are open when the device closes");
    }
  }

  private Session open(SessionOptions options) {
    return new Session(graph, options, new Devices(new HookedDevice(), options, Backends.find()));
  }

  @AfterEach
  void close() {
    session.close();
    threads.shutdownNow();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private long[] run(Output fetch, long... values) {
    return session.run(fetch, Map.of(x, values)).toLongArray();
  }

  @Test
  void differentPlansAreCompiledAtTheSameTime() throws Exception {
    CyclicBarrier both = new CyclicBarrier(2);
    atCompile =
        () -> {
          try {
            both.await(30, TimeUnit.SECONDS);
          } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
          }
        };
    Future<long[]> two = threads.submit(() -> run(twice, 1, 2));
    Future<long[]> three = threads.submit(() -> run(twice, 1, 2, 3));
    assertArrayEquals(new long[] {2, 4}, two.get());
    assertArrayEquals(new long[] {2, 4, 6}, three.get());
  }

  @Test
  void onePlanIsCompiledOnce() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    atCompile =
        () -> {
          started.countDown();
          await(go);
        };
    Future<long[]> one = threads.submit(() -> run(twice, 1, 2));
    started.await();
    Future<long[]> other = threads.submit(() -> run(twice, 3, 4));
    assertThrows(TimeoutException.class, () -> other.get(50, TimeUnit.MILLISECONDS));
    go.countDown();
    assertArrayEquals(new long[] {2, 4}, one.get());
    assertArrayEquals(new long[] {6, 8}, other.get());
    assertEquals(1, compiled.get());
  }

  @Test
  void whoeverWaitsForAPlanThatFailsIsTold() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    DeviceException refusal = new DeviceException("too hard");
    atCompile =
        () -> {
          started.countDown();
          await(go);
          throw refusal;
        };
    Future<long[]> one = threads.submit(() -> run(twice, 1));
    started.await();
    Future<long[]> other = threads.submit(() -> run(twice, 2));
    assertThrows(TimeoutException.class, () -> other.get(50, TimeUnit.MILLISECONDS));
    go.countDown();
    assertSame(refusal, assertThrows(ExecutionException.class, one::get).getCause());
    assertSame(refusal, assertThrows(ExecutionException.class, other::get).getCause());
    atCompile = () -> {};
    assertArrayEquals(new long[] {6}, run(twice, 3));
    assertEquals(1, session.cachedPlans());
  }

  @Test
  void closingWaitsForWhatIsCompiledAndStopsIt() throws Exception {
    for (Output fetch : new Output[] {twice, picked}) {
      Session closing = open(SessionOptions.defaults());
      closing.run(init);
      closing.run(picked, Map.of(x, new long[] {-1, -2})).close();
      CountDownLatch started = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      atCompile =
          () -> {
            started.countDown();
            await(go);
          };
      Future<Tensor> running =
          threads.submit(() -> closing.run(fetch, Map.of(x, new long[] {1, 2})));
      started.await();
      Future<?> closed = threads.submit(closing::close);
      assertThrows(TimeoutException.class, () -> closed.get(50, TimeUnit.MILLISECONDS));
      go.countDown();
      Throwable stopped = assertThrows(ExecutionException.class, running::get).getCause();
      assertInstanceOf(ClosedException.class, stopped);
      atCompile = () -> {};
      closed.get();
      assertEquals(0, open.get());
    }
  }

  @Test
  void readyPlansRunWhileTheNextStageOfAnotherIsCompiled() throws Exception {
    session.run(init);
    session.run(count);
    run(shifted, 4);
    assertArrayEquals(new long[] {3}, run(picked, 2, -5));
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    atCompile =
        () -> {
          started.countDown();
          await(go);
        };
    // One more element is found: the first stage is ready, the second is not.
    Future<long[]> found = threads.submit(() -> run(picked, 2, 5));
    started.await();
    assertArrayEquals(new long[] {5}, run(shifted, 4));
    session.run(count);
    go.countDown();
    // The state moved, so both stages are run again.
    assertArrayEquals(new long[] {4, 7}, found.get());
  }

  @Test
  void stagesThatKeepMeetingWritersEndAllTheSame() throws Exception {
    session.run(init);
    CountDownLatch done = new CountDownLatch(1);
    Future<?> writer =
        threads.submit(
            () -> {
              while (done.getCount() > 0) {
                session.run(count);
              }
              return 0;
            });
    for (int i = 0; i < 200; i++) {
      long[] values = run(picked, 1, -1_000_000_000, 3);
      assertEquals(2, values.length);
      assertEquals(2, values[1] - values[0]);
    }
    done.countDown();
    writer.get();
  }
}
