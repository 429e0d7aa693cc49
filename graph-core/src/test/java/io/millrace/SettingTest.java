package io.millrace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Variables set from Java again and again, as in loops. */
class SettingTest {
  private final Graph graph = new Graph();
  private final TestOps ops = new TestOps(graph);
  private final Output w = ops.variable("w", DType.FLOAT32, 2);
  private final Output v = ops.variable("v", DType.INT64);
  private final Session session = new Session(graph, SessionOptions.defaults().device("reference"));

  @AfterEach
  void close() {
    session.close();
  }

  @Test
  void whatIsSetAgainIsNotCompiledAgain() {
    session.set(w, new float[] {1, 2});
    assertEquals(1, session.cachedPlans());
    for (int i = 0; i < 20; i++) {
      session.set(Map.of(i % 2 == 0 ? w : "w", i % 3 == 0 ? List.of(i, -i) : new float[] {i, -i}));
      assertArrayEquals(new float[] {i, -i}, session.run(w).toFloatArray());
    }
    // One that sets, one that reads.
    assertEquals(2, session.cachedPlans());
  }

  @Test
  void whatMayChangeItsShapeIsSetAgainWithoutCompiling() {
    Output open = ops.variable("open", DType.FLOAT32, -1);
    for (int i = 0; i < 8; i++) {
      session.set(open, new float[1 + i % 2]);
    }
    int plans = session.cachedPlans();
    for (int i = 0; i < 20; i++) {
      session.set(open, i % 2 == 0 ? new float[] {i} : new float[] {i, -i});
    }
    assertEquals(plans, session.cachedPlans());
  }

  @Test
  void plansOfLargeShapesThatAVariableLeftAreGivenUp() {
    Output open = ops.variable("open", DType.FLOAT32, -1);
    session.set(open, new float[1 << 16]);
    session.set(open, new float[1 << 16]);
    int plans = session.cachedPlans();
    for (int i = 0; i < 20; i++) {
      session.set(open, new float[(1 << 16) + i]);
    }
    assertTrue(session.cachedPlans() <= plans, "plans: " + session.cachedPlans());
  }

  private void set(Map<?, ?> values) {
    session.set(values);
  }

  @Test
  void severalInAnyOrderAreOneRun() {
    session.set(v, 0);
    Map<Object, Object> forth = new LinkedHashMap<>();
    forth.put("w", new float[] {1, 2});
    forth.put(v, 3);
    Map<Object, Object> back = new LinkedHashMap<>();
    back.put(v, 4);
    back.put(w, new float[] {5, 6});
    set(forth);
    int plans = session.cachedPlans();
    set(back);
    set(forth);
    assertEquals(plans, session.cachedPlans());
    set(back);
    assertEquals(4, session.run(v).longValue());
    assertArrayEquals(new float[] {5, 6}, session.run(w).toFloatArray());
  }

  @Test
  void aRefusalChangesNothingAndNamesTheLineOfItsOwnCall() {
    set(Map.of(w, new float[] {1, 2}, v, 3));
    int plans = session.cachedPlans();
    Map<Object, Object> wrong = Map.of(w, new float[] {7, 8}, v, 1.5);
    String message = assertThrows(FeedException.class, () -> set(wrong)).getMessage();
    assertTrue(message.contains("cannot set v int64[]"), message);
    assertTrue(message.contains("SettingTest"), message);
    int line = Thread.currentThread().getStackTrace()[1].getLineNumber();
    Executable call = () -> session.set(w, new float[3]);
    String shape = assertThrows(FeedException.class, call).getMessage();
    assertTrue(shape.contains("SettingTest.java:" + (line + 1)), shape);
    assertArrayEquals(new float[] {1, 2}, session.run(w).toFloatArray());
    assertEquals(3, session.run(v).longValue());
    assertEquals(plans + 2, session.cachedPlans());
  }

  @Test
  void threadsSetWholes() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        float own = thread;
        all.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 200; i++) {
                    set(Map.of(w, new float[] {own, own}, v, (long) own));
                    float[] seen = session.run(w).toFloatArray();
                    assertEquals(seen[0], seen[1]);
                  }
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } finally {
      threads.shutdown();
    }
    List<Tensor> both = session.run(List.of(w, v));
    assertEquals(both.get(0).getFloat(0), both.get(1).longValue());
  }

  @Test
  void aClosedSessionSetsNothing() {
    session.set(v, 1);
    session.close();
    assertThrows(ClosedException.class, () -> session.set(v, 2));
    assertThrows(ClosedException.class, () -> session.set(w, new float[2]));
  }
}
