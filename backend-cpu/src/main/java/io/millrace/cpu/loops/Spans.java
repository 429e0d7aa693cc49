package io.millrace.cpu.loops;

import io.millrace.cpu.workers.Worker;
import io.millrace.spi.HostMemory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Makes loops and keeps them for whoever asks for an equal one, up to a bounded number. */
public final class Spans {
  private static final int CAPACITY = 1024;
  private static final int WARM_ELEMENTS = 1024;
  private static final int WARM_CALLS = 8;
  private static final long WARM_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** Says which form of loops is run. */
  public enum Mode {
    /** Both: vectors where they have proved faster. */
    AUTO,
    /** Element by element. */
    SCALAR,
    /** Vectors from the first call, wherever they fit. */
    VECTOR
  }

  private final Mode mode;

  private final Map<LoopShape, Span> cache =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<LoopShape, Span> eldest) {
          return size() > CAPACITY;
        }
      };

  private final ThreadPoolExecutor promoter =
      new ThreadPoolExecutor(
          0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Spans::promoterThread);

  public Spans(Mode mode) {
    this.mode = mode;
  }

  /** Returns the loops of this process. */
  public static Spans shared() {
    return Shared.SPANS;
  }

  /** Holds the loops that all sessions share. */
  private static final class Shared {
    static final Spans SPANS = new Spans(Mode.AUTO);
  }

  public Mode mode() {
    return mode;
  }

  private static Thread promoterThread(Runnable work) {
    Thread thread = new Thread(work, "millrace-cpu-warm-up");
    thread.setDaemon(true);
    return thread;
  }

  /** Returns the loop of this shape. */
  public Span get(LoopShape shape) {
    synchronized (cache) {
      return cache.computeIfAbsent(shape, s -> new Span(s, this));
    }
  }

  /** Makes a loop over vectors, and switches to it when it is faster; returns at once. */
  void promoteLater(Span span) {
    promoter.execute(() -> promote(span));
  }

  /**
   * Runs the new code on memory of its own until the compiler has made it fast: the first hundreds
   * of calls take a thousand times as long, which no run should wait for.
   */
  private static void promote(Span span) {
    SpanCode code = VectorLoopWriter.vector(span.shape());
    int operands = span.shape().operands();
    long bytes = 8L * WARM_ELEMENTS;
    try (HostMemory memory = HostMemory.allocate(bytes * operands)) {
      Worker worker = new Worker(operands);
      for (int i = 0; i < operands; i++) {
        worker.operand(i, memory, bytes * i);
      }
      long goal = time(span.scalar(), worker);
      long end = System.nanoTime() + WARM_NANOS;
      while (System.nanoTime() - end < 0) {
        long taken = time(code, worker);
        if (taken <= goal) {
          span.promote(code);
          return;
        }
        // The compiler works meanwhile; the processors belong to the runs.
        LockSupport.parkNanos(Math.min(taken, REST_NANOS));
        goal = Math.min(goal, time(span.scalar(), worker));
      }
    }
  }

  private static long time(SpanCode code, Worker worker) {
    long start = System.nanoTime();
    for (int i = 0; i < WARM_CALLS; i++) {
      code.run(worker, 0, WARM_ELEMENTS);
    }
    return System.nanoTime() - start;
  }
}
