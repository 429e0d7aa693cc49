package io.millrace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.type.DType;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What becomes of a run whose thread is interrupted. */
class InterruptionTest {
  private final Graph graph = new Graph();
  private final TestOps ops = new TestOps(graph);
  private final Output one = ops.constant("one", new long[] {1});
  private final Output v = ops.variable("v", DType.INT64, 1);
  private final Output w = ops.variable("w", DType.INT64, 1);
  private final Operation initV = ops.assign("initV", v, one);
  private final Operation initW = ops.assign("initW", w, one);
  private final Operation more = ops.assignAdd("more", v, one);
  private final Operation most = ops.assignAdd("most", w, ops.add("two", one, one));

  private Session session() {
    return new Session(graph, SessionOptions.defaults().device("reference").passes(false));
  }

  @Test
  void endsBeforeItsNextStepWithTheStateAsItWas() {
    try (Session session = session()) {
      session.run(List.of(initV, initW));
      for (List<Object> wanted :
          List.of(
              List.<Object>of(v, ops.add("v2", v, v)),
              List.<Object>of(more),
              List.<Object>of(more, most))) {
        Thread.currentThread().interrupt();
        ExecutionException e = assertThrows(ExecutionException.class, () -> session.run(wanted));
        assertTrue(Thread.interrupted());
        assertTrue(e.getMessage().contains("thread was interrupted"), e.getMessage());
      }
      assertArrayEquals(new long[] {1}, session.run(v).toLongArray());
      session.run(List.of(more, most));
      assertArrayEquals(new long[] {2}, session.run(v).toLongArray());
    }
  }

  @Test
  void writesAllOrNothing() throws InterruptedException {
    try (Session session = session()) {
      session.run(List.of(initV, initW));
      for (int i = 0; i < 50; i++) {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicReference<RuntimeException> failure = new AtomicReference<>();
        Thread thread =
            new Thread(
                () -> {
                  try {
                    while (true) {
                      session.run(List.of(more, most));
                      begun.countDown();
                    }
                  } catch (ExecutionException e) {
                    failure.set(e);
                  }
                });
        thread.start();
        begun.await();
        thread.interrupt();
        thread.join();
        assertTrue(failure.get().getMessage().contains("interrupted"));
        List<Tensor> both = session.run(List.of(v, w));
        assertEquals(2 * both.get(0).longValue() - 1, both.get(1).longValue());
      }
    }
  }
}
