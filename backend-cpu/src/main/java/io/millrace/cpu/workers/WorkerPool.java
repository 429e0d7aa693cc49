package io.millrace.cpu.workers;

import io.millrace.DeviceException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that share the parts of a kernel with the calling thread.
 *
 * <p>Helpers spin for a short while after each job, so that the next one starts within a
 * microsecond, then sleep. One job is shared at a time; whoever comes meanwhile does its parts
 * alone. Handing over allocates nothing.
 */
public final class WorkerPool implements AutoCloseable {
  /** The system property that sets the number of threads, the caller included. */
  static final String THREADS = "millrace.cpu.threads";

  private static final long SPIN_NANOS = 50_000;

  /** In place of the next part while a job is made ready: no job has as many. */
  private static final int CLOSED = Integer.MAX_VALUE;

  private final Helper[] helpers;
  private final AtomicBoolean busy = new AtomicBoolean();

  /**
   * The job's number in the upper half, the next part in the lower, or {@link #CLOSED} there. A
   * part belongs to who moves the ticket on; the fields below are those of the job in the ticket.
   */
  private final AtomicLong ticket = new AtomicLong(CLOSED);

  private final AtomicInteger done = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private @Nullable Frame frame;
  private @Nullable PartKernel kernel;
  private int parts;
  private volatile boolean stopped;

  /** A thread of the pool. */
  private final class Helper extends Thread {
    private final int worker;
    private volatile boolean sleeping;

    Helper(int worker) {
      super("millrace-cpu-" + worker);
      this.worker = worker;
      setDaemon(true);
    }

    @Override
    public void run() {
      long last = 0;
      while (!stopped) {
        long now = awaitChange(last);
        takeParts(worker);
        last = now >>> 32;
      }
    }

    /** Returns the ticket once it is of another job than the last one. */
    private long awaitChange(long last) {
      long end = 0;
      for (int spins = 0; ; spins++) {
        long now = ticket.get();
        if ((now >>> 32 != last && (int) now != CLOSED) || stopped) {
          return now;
        }
        Thread.onSpinWait();
        if ((spins & 63) != 0) {
          continue;
        }
        long time = System.nanoTime();
        if (end == 0) {
          end = time + SPIN_NANOS;
        } else if (time - end > 0) {
          rest(last);
          end = 0;
        }
      }
    }

    private void rest(long last) {
      sleeping = true;
      if (ticket.get() >>> 32 == last && !stopped) {
        LockSupport.park(WorkerPool.this);
      }
      sleeping = false;
    }
  }

  /**
   * Starts the helpers: one fewer than {@code workers}.
   *
   * @throws DeviceException if the system does not have so many threads
   */
  public WorkerPool(int workers) {
    helpers = new Helper[Math.max(0, workers - 1)];
    Arrays.setAll(helpers, i -> new Helper(i + 1));
    for (int i = 0; i < helpers.length; i++) {
      try {
        helpers[i].start();
      } catch (OutOfMemoryError e) {
        close();
        throw new DeviceException(
            "the system gives no more than %s of %s threads: %s"
                .formatted(i + 1, workers, e.getMessage()));
      }
    }
  }

  /** Returns the pool of this process, started at the first call. */
  public static WorkerPool shared() {
    return Shared.POOL;
  }

  /** Holds the pool that all sessions share: two pools would fight for the processors. */
  private static final class Shared {
    static final WorkerPool POOL =
        new WorkerPool(
            Math.max(1, Integer.getInteger(THREADS, Runtime.getRuntime().availableProcessors())));
  }

  /** Returns the number of workers, the caller included. */
  public int workers() {
    return helpers.length + 1;
  }

  /**
   * Runs all parts of a kernel and returns when they are done; the caller takes its share.
   *
   * <p>If a part throws, parts not begun are left out and the caller gets the exception. Called
   * from inside a part, this runs all parts on that worker.
   */
  public void run(Frame frame, PartKernel kernel, int parts) {
    if (parts <= 1 || helpers.length == 0 || !busy.compareAndSet(false, true)) {
      int worker = Thread.currentThread() instanceof Helper helper ? helper.worker : 0;
      for (int part = 0; part < parts; part++) {
        kernel.part(frame, part, worker);
      }
      return;
    }
    try {
      share(frame, kernel, parts);
    } finally {
      busy.set(false);
    }
  }

  private void share(Frame frame, PartKernel kernel, int parts) {
    // Closed first: a late helper that still holds the last ticket must not see this job's fields.
    long job = ((ticket.get() >>> 32) + 1) << 32;
    ticket.set(job | CLOSED);
    this.frame = frame;
    this.kernel = kernel;
    this.parts = parts;
    done.set(0);
    ticket.set(job);
    for (Helper helper : helpers) {
      if (helper.sleeping) {
        LockSupport.unpark(helper);
      }
    }
    takeParts(0);
    for (int spins = 0; done.get() < parts; spins++) {
      if (spins < 10_000) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(10_000);
      }
    }
    this.frame = null;
    this.kernel = null;
    Throwable thrown = failure.getAndSet(null);
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
    if (thrown instanceof Error error) {
      throw error;
    }
  }

  private void takeParts(int worker) {
    while (true) {
      long now = ticket.get();
      int part = (int) now;
      Frame frame = this.frame;
      PartKernel kernel = this.kernel;
      if (part >= parts || frame == null || kernel == null) {
        return;
      }
      if (!ticket.compareAndSet(now, now + 1)) {
        continue;
      }
      try {
        if (failure.get() == null) {
          kernel.part(frame, part, worker);
        }
      } catch (Throwable thrown) {
        failure.compareAndSet(null, thrown);
      } finally {
        done.incrementAndGet();
      }
    }
  }

  @Override
  public void close() {
    stopped = true;
    for (Helper helper : helpers) {
      LockSupport.unpark(helper);
    }
  }
}
