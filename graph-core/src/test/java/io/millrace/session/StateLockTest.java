package io.millrace.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ExecutionException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who is served before whom. */
class StateLockTest {
  private final StateLock lock = new StateLock();
  private final List<String> served = Collections.synchronizedList(new ArrayList<>());
  private final List<Thread> threads = new ArrayList<>();

  /** Starts a thread that needs the lock and returns once it waits. */
  private Thread waiting(String name, boolean exclusive) throws InterruptedException {
    Thread thread =
        new Thread(
            () -> {
              long stamp = lock.acquire(exclusive);
              served.add(name);
              lock.release(stamp);
            });
    thread.start();
    threads.add(thread);
    while (thread.getState() != Thread.State.WAITING) {
      Thread.sleep(1);
    }
    return thread;
  }

  private void join() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void whoComesFirstIsServedFirst() throws InterruptedException {
    long reading = lock.acquire(false);
    waiting("write", true);
    waiting("read", false);
    waiting("write again", true);
    lock.release(reading);
    join();
    assertEquals(List.of("write", "read", "write again"), served);
  }

  @Test
  void readersShareTheLock() {
    long one = lock.acquire(false);
    long other = lock.acquire(false);
    lock.release(one);
    lock.release(other);
    lock.release(lock.acquire(true));
  }

  @Test
  void aWriterIsServedThoughReadersNeverStop() throws InterruptedException {
    AtomicInteger rounds = new AtomicInteger();
    AtomicInteger stop = new AtomicInteger();
    for (int i = 0; i < 4; i++) {
      Thread reader =
          new Thread(
              () -> {
                while (stop.get() == 0) {
                  long stamp = lock.acquire(false);
                  rounds.incrementAndGet();
                  lock.release(stamp);
                }
              });
      reader.start();
      threads.add(reader);
    }
    for (int i = 0; i < 50; i++) {
      int before = rounds.get();
      lock.release(lock.acquire(true));
      lock.release(lock.acquireToClose());
      while (rounds.get() == before) {
        Thread.onSpinWait();
      }
    }
    stop.set(1);
    join();
  }

  @Test
  void anInterruptionEndsTheWait() throws InterruptedException {
    long writing = lock.acquire(true);
    for (boolean exclusive : List.of(false, true)) {
      Thread.currentThread().interrupt();
      String message =
          assertThrows(ExecutionException.class, () -> lock.acquire(exclusive)).getMessage();
      assertTrue(message.startsWith("the run's thread was interrupted while it waited"), message);
      assertTrue(Thread.interrupted());
    }
    lock.release(writing);
    lock.release(lock.acquire(true));
  }
}
