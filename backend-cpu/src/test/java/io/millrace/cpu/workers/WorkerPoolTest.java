package io.millrace.cpu.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.cpu.StepRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkerPoolTest {
  private final WorkerPool pool = new WorkerPool(3);

  @AfterEach
  void stop() {
    pool.close();
  }

  private Frame frame() {
    return StepRunner.frame(pool);
  }

  /** A kernel of which only the parts matter. */
  private interface Parted extends PartKernel {
    @Override
    default void run(Frame frame) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void everyPartRunsOnceInEveryJob() {
    try (Frame frame = frame()) {
      for (int job = 0; job < 20_000; job++) {
        int parts = 1 + job % 7;
        AtomicIntegerArray runs = new AtomicIntegerArray(parts);
        Parted kernel = (f, part, worker) -> runs.incrementAndGet(part);
        pool.run(frame, kernel, parts);
        for (int part = 0; part < parts; part++) {
          assertEquals(1, runs.get(part));
        }
      }
    }
  }

  @Test
  void partsOfOneWorkerNeverOverlap() {
    try (Frame frame = frame()) {
      AtomicIntegerArray inside = new AtomicIntegerArray(pool.workers());
      AtomicBoolean overlapped = new AtomicBoolean();
      Parted kernel =
          (f, part, worker) -> {
            if (inside.incrementAndGet(worker) > 1) {
              overlapped.set(true);
            }
            inside.decrementAndGet(worker);
          };
      for (int job = 0; job < 2000; job++) {
        pool.run(frame, kernel, 16);
      }
      assertTrue(!overlapped.get());
    }
  }

  @Test
  void anExceptionReachesTheCallerAndThePoolGoesOn() {
    try (Frame frame = frame()) {
      for (int job = 0; job < 200; job++) {
        int bad = job % 9;
        Parted failing =
            (f, part, worker) -> {
              if (part == bad) {
                throw new IllegalStateException("part " + part);
              }
            };
        var thrown = assertThrows(IllegalStateException.class, () -> pool.run(frame, failing, 9));
        assertEquals("part " + bad, thrown.getMessage());
        AtomicIntegerArray runs = new AtomicIntegerArray(1);
        Parted counting = (f, part, worker) -> runs.incrementAndGet(0);
        pool.run(frame, counting, 9);
        assertEquals(9, runs.get(0));
      }
    }
  }

  @Test
  void aJobInsideAPartRunsOnThatWorker() {
    try (Frame frame = frame()) {
      AtomicIntegerArray runs = new AtomicIntegerArray(5 * 4);
      AtomicBoolean moved = new AtomicBoolean();
      Parted outer =
          (f, part, worker) -> {
            Parted inner =
                (g, innerPart, innerWorker) -> {
                  runs.incrementAndGet(part * 4 + innerPart);
                  if (innerWorker != worker) {
                    moved.set(true);
                  }
                };
            pool.run(f, inner, 4);
          };
      pool.run(frame, outer, 5);
      for (int i = 0; i < 20; i++) {
        assertEquals(1, runs.get(i));
      }
      assertTrue(!moved.get());
    }
  }

  @Test
  void callersThatMeetEachDoTheirOwnWork() throws InterruptedException {
    int callers = 4;
    AtomicIntegerArray runs = new AtomicIntegerArray(callers);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      int caller = i;
      Thread thread =
          new Thread(
              () -> {
                try (Frame frame = frame()) {
                  Parted kernel = (f, part, worker) -> runs.incrementAndGet(caller);
                  for (int job = 0; job < 3000; job++) {
                    pool.run(frame, kernel, 6);
                  }
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    for (int i = 0; i < callers; i++) {
      assertEquals(6 * 3000, runs.get(i));
    }
  }

  @Test
  void jobsOfAnySizeThatMayFailRunWholeWhoeverMeets() throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(4);
    try (WorkerPool many = new WorkerPool(8)) {
      for (WorkerPool shared : List.of(pool, many)) {
        List<Callable<Boolean>> work = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          int seed = i;
          work.add(() -> callOften(shared, seed));
        }
        for (Future<Boolean> result : callers.invokeAll(work)) {
          assertTrue(result.get());
        }
      }
    } finally {
      callers.shutdown();
    }
  }

  private static boolean callOften(WorkerPool pool, int seed) {
    Random random = new Random(seed);
    try (Frame frame = StepRunner.frame(pool)) {
      for (int job = 0; job < 2000; job++) {
        int parts = random.nextInt(8) == 0 ? random.nextInt(200) : random.nextInt(6);
        int bad = random.nextInt(10) == 0 ? random.nextInt(parts + 1) : parts;
        AtomicIntegerArray runs = new AtomicIntegerArray(parts);
        AtomicBoolean strange = new AtomicBoolean();
        Parted kernel =
            (f, part, worker) -> {
              if (f != frame || worker >= pool.workers() || runs.incrementAndGet(part) != 1) {
                strange.set(true);
              }
              if (part == bad) {
                throw new IllegalStateException("part " + part);
              }
            };
        if (bad < parts) {
          assertThrows(IllegalStateException.class, () -> pool.run(frame, kernel, parts));
        } else {
          pool.run(frame, kernel, parts);
        }
        assertTrue(!strange.get(), "another caller's frame, or a part that ran twice");
        for (int part = 0; part < (bad < parts ? 0 : parts); part++) {
          assertEquals(1, runs.get(part));
        }
        if (random.nextInt(300) == 0) {
          // Long enough for the helpers to fall asleep.
          LockSupport.parkNanos(200_000);
        }
      }
    }
    return true;
  }

  @Test
  void afterClosingTheCallerDoesEverything() {
    pool.close();
    try (Frame frame = frame()) {
      AtomicIntegerArray runs = new AtomicIntegerArray(50);
      Parted kernel = (f, part, worker) -> runs.incrementAndGet(part);
      pool.run(frame, kernel, 50);
      for (int part = 0; part < 50; part++) {
        assertEquals(1, runs.get(part));
      }
    }
  }
}
