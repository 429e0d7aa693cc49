package io.millrace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ConcurrencyTest {
  private static final int THREADS = 8;
  private static final SessionOptions OPTIONS =
      SessionOptions.defaults().device("reference").parallelRuns(2).planCacheSize(4);

  private final Graph graph = new Graph();
  private final TestOps ops = new TestOps(graph);
  private final Output x = ops.placeholder("x", DType.INT64, -1);
  private final Output twice = ops.add("twice", x, x);
  private final Output w = ops.variable("w", DType.INT64, 1);
  private final Operation init = ops.assign("init", w, ops.constant("zero", new long[1]));
  private final Operation count = ops.assignAdd("count", w, ops.constant("one", new long[] {1}));
  private final Output dims = ops.placeholder("dims", DType.INT64, 1);
  private final Output zeros = ops.zeros("zeros", ops.add("dims2", dims, dims));

  private static void inThreads(Callable<Object> work) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<Object>> all = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        all.add(pool.submit(work));
      }
      for (Future<Object> one : all) {
        one.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void readersAndWritersShareASession() throws Exception {
    try (Session session = new Session(graph, OPTIONS)) {
      session.run(init);
      inThreads(
          () -> {
            for (int i = 1; i <= 100; i++) {
              long[] values = new long[i % 7 + 1];
              values[0] = i;
              long[] doubled = new long[values.length];
              doubled[0] = 2L * i;
              assertArrayEquals(doubled, session.run(twice, Map.of(x, values)).toLongArray());
              session.run(count);
              assertEquals(
                  Shape.of(2L * (i % 3)),
                  session.run(zeros, Map.of(dims, new long[] {i % 3})).shape());
            }
            return "done";
          });
      assertEquals(THREADS * 100L, session.run(w).longValue());
    }
  }

  @Test
  void overlappingRunsOfPlansOfAllSizesHaveArenasOfTheirOwn() throws Exception {
    // Without passes, what is between lies in the arena.
    Output eightfold =
        ops.add("eightfold", ops.add("fourfold", twice, twice), ops.add("fourfold2", twice, twice));
    try (Session session = new Session(graph, OPTIONS.passes(false))) {
      inThreads(
          () -> {
            for (int i = 1; i <= 200; i++) {
              long[] values = new long[1 << (2 * (i % 6))];
              Arrays.fill(values, i);
              long[] expected = new long[values.length];
              Arrays.fill(expected, 8L * i);
              assertArrayEquals(expected, session.run(eightfold, Map.of(x, values)).toLongArray());
            }
            return "done";
          });
    }
  }

  @Test
  void sizesFoundHoldWhileOthersWrite() throws Exception {
    Output grown = ops.positives("grown", ops.add("shifted", x, w));
    try (Session session = new Session(graph, OPTIONS)) {
      session.run(init);
      inThreads(
          () -> {
            for (int i = 1; i <= 50; i++) {
              long[] values = new long[i % 3 + 2];
              Arrays.fill(values, i);
              values[1] = -100_000;
              session.run(count);
              List<Tensor> results = session.run(List.of(grown, w), Map.of(x, values));
              long[] expected = new long[values.length - 1];
              Arrays.fill(expected, i + results.get(1).longValue());
              assertArrayEquals(expected, results.get(0).toLongArray());
            }
            return "done";
          });
      assertEquals(THREADS * 50L, session.run(w).longValue());
    }
  }

  @Test
  void runsThatAskAndWriteLoseNothing() throws Exception {
    Output drawn = ops.counter("drawn");
    Output grown = ops.positives("grown", ops.add("shifted", ops.add("sum", x, w), drawn));
    Set<Long> draws = ConcurrentHashMap.newKeySet();
    try (Session session = new Session(graph, OPTIONS)) {
      session.run(init);
      inThreads(
          () -> {
            for (int i = 1; i <= 50; i++) {
              List<Tensor> results =
                  session
                      .run(List.of(count, drawn, w, grown), Map.of(x, new long[] {i, -100_000}))
                      .tensors();
              long before = results.get(0).longValue();
              assertTrue(draws.add(before));
              assertArrayEquals(
                  new long[] {i + results.get(1).longValue() + 1 + before},
                  results.get(2).toLongArray());
            }
            return "done";
          });
      assertEquals(THREADS * 50L, session.run(w).longValue());
      assertEquals(THREADS * 50, draws.size());
    }
  }

  @Test
  void severalSessionsShareAGraph() throws Exception {
    inThreads(
        () -> {
          try (Session session = new Session(graph, OPTIONS)) {
            session.run(init);
            for (int i = 0; i < 50; i++) {
              session.run(count);
            }
            assertEquals(50, session.run(w).longValue());
          }
          return "done";
        });
  }

  @Test
  void closeWaitsForRunsAndStopsLaterOnes() throws Exception {
    Session session = new Session(graph, OPTIONS);
    session.run(init);
    CountDownLatch started = new CountDownLatch(THREADS);
    ExecutorService closer = Executors.newSingleThreadExecutor();
    try {
      Future<?> closing =
          closer.submit(
              () -> {
                started.await();
                session.close();
                return "closed";
              });
      inThreads(
          () -> {
            session.run(twice, Map.of(x, new long[3]));
            started.countDown();
            ClosedException closed =
                assertThrows(
                    ClosedException.class,
                    () -> {
                      while (true) {
                        session.run(twice, Map.of(x, new long[3]));
                        session.run(count);
                      }
                    });
            assertTrue(closed.getMessage().contains("session"));
            return "done";
          });
      closing.get();
    } finally {
      closer.shutdownNow();
    }
  }

  @Test
  void aTensorClosedWhileItIsFedIsRefusedOrReadWhole() throws Exception {
    try (Session session = new Session(graph, OPTIONS)) {
      for (int i = 0; i < 50; i++) {
        Tensor fed = Tensor.of(new long[] {i, i});
        Thread closer = new Thread(fed::close);
        closer.start();
        try {
          assertArrayEquals(
              new long[] {2L * i, 2L * i}, session.run(twice, Map.of(x, fed)).toLongArray());
        } catch (ClosedException closedFirst) {
          assertThrows(ClosedException.class, fed::toLongArray);
        }
        closer.join();
      }
    }
  }
}
