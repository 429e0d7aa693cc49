package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ClosedException;
import io.millrace.DeviceException;
import io.millrace.ExecutionException;
import io.millrace.FeedException;
import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.State;
import io.millrace.Tensor;
import io.millrace.UninitializedException;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** States that sessions share, read and written by name. */
class StateTest {
  private static final SessionOptions REFERENCE = SessionOptions.defaults().device("reference");

  /** A graph with a variable {@code w} and what writes it. */
  private static final class Counting {
    final Graph graph = new Graph();
    final Ops tf = Ops.of(graph);
    final Variable w;
    final Output up;

    Counting(float[] start, boolean resource) {
      w = tf.variable(start, "w", Variable.Options.defaults().useResource(resource));
      up = w.assignAdd(tf.onesLike(w));
    }
  }

  private static State open() {
    return new State(REFERENCE);
  }

  private static void assertRefused(
      Class<? extends Exception> type, String message, Executable what) {
    String said = String.valueOf(assertThrows(type, what).getMessage());
    assertTrue(said.contains(message), said);
    assertTrue(said.contains("(StateTest.java:"), said);
  }

  @Test
  void graphsShareVariablesByName() {
    Counting one = new Counting(new float[] {1, 2}, false);
    Counting other = new Counting(new float[] {0, 0}, true);
    try (State state = open();
        Session first = new Session(one.graph, state);
        Session second = new Session(other.graph, state)) {
      assertThrows(UninitializedException.class, () -> second.run(other.w));
      first.run(one.w.initializer());
      assertArrayEquals(new float[] {1, 2}, second.run(other.w).toFloatArray());
      second.run(other.up);
      assertArrayEquals(new float[] {2, 3}, first.run(one.w).toFloatArray());
      assertEquals("reference:0", first.device());
      assertEquals(state, first.state());
    }
  }

  @Test
  void isReadAndWrittenByName() {
    Counting one = new Counting(new float[] {1, 2}, true);
    try (State state = open()) {
      assertEquals(Set.of(), state.names());
      try (Session session = new Session(one.graph, state)) {
        session.run(one.w.initializer());
        long before = state.version();
        state.write("w", new float[] {5, 6});
        assertTrue(state.version() > before);
        assertArrayEquals(new float[] {5, 6}, session.run(one.w).toFloatArray());
        assertRefused(
            FeedException.class, "cannot set w float32[2]", () -> state.write("w", new float[3]));
        session.run(one.up);
      }
      assertEquals(Set.of("w"), state.names());
      assertEquals(TensorType.of(DType.FLOAT32, 2), state.type("w"));
      assertArrayEquals(new float[] {6, 7}, state.read("w").toFloatArray());
      assertRefused(
          FeedException.class,
          "the state has no variable and no counter 'v', but [w]",
          () -> state.read("v"));
      assertRefused(
          FeedException.class, "has no variable and no counter 'v'", () -> state.type("v"));
    }
  }

  @Test
  void whatIsWrittenFirstIsFoundByGraphs() {
    Counting one = new Counting(new float[] {0, 0}, false);
    try (State state = open();
        Session session = new Session(one.graph, state)) {
      state.write("w", new float[] {3, 4});
      assertArrayEquals(new float[] {4, 5}, session.run(one.up).toFloatArray());
    }
  }

  @Test
  void aSessionWithoutAStateHasItsOwn() {
    Counting one = new Counting(new float[] {1, 2}, true);
    State state;
    try (Session session = new Session(one.graph, REFERENCE)) {
      session.run(one.w.initializer());
      state = session.state();
      assertArrayEquals(new float[] {1, 2}, state.read("w").toFloatArray());
      assertRefused(
          IllegalStateException.class,
          "the state is in use, so close first the sessions opened at",
          state::close);
    }
    assertRefused(ClosedException.class, "the state was closed at", () -> state.read("w"));
  }

  @Test
  void closesAfterItsSessions() {
    Counting one = new Counting(new float[] {1, 2}, true);
    State state = open();
    Session first = new Session(one.graph, state);
    Session second = new Session(one.graph, state);
    first.run(one.w.initializer());
    first.close();
    assertThrows(IllegalStateException.class, state::close);
    assertArrayEquals(new float[] {1, 2}, second.run(one.w).toFloatArray());
    second.close();
    State.Snapshot snapshot = state.snapshot();
    state.close();
    state.close();
    assertArrayEquals(new float[] {1, 2}, snapshot.read("w").toFloatArray());
    assertRefused(
        ClosedException.class, "the state was closed at", () -> new Session(one.graph, state));
    assertRefused(ClosedException.class, "the state was closed at", state::names);
  }

  @Test
  void variablesOfOneNameAreOfOneType() {
    Counting one = new Counting(new float[] {1, 2}, false);
    Counting longer = new Counting(new float[] {1, 2, 3}, true);
    Graph whole = new Graph();
    Variable integers = Ops.of(whole).variable(new int[] {1, 2}, "w");
    try (State state = open();
        Session first = new Session(one.graph, state);
        Session second = new Session(longer.graph, state);
        Session third = new Session(whole, state)) {
      first.run(one.w.initializer());
      assertRefused(
          GraphException.class,
          "is float32[3], but in the session's state it is float32[2] made at",
          () -> second.run(longer.w.initializer()));
      assertRefused(
          GraphException.class,
          "is int32[2], but in the session's state it is float32[2] made at",
          () -> third.run(integers.initializer()));
      assertRefused(GraphException.class, "the variable 'w' made at", () -> third.run(integers));
      assertArrayEquals(new float[] {1, 2}, first.run(one.w).toFloatArray());
    }
  }

  @Test
  void aShapeThatMayChangeDoesSoForAll() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Variable.Options open = Variable.Options.defaults().validateShape(false);
    Variable v = tf.variable(new float[] {1}, "v", open);
    Graph other = new Graph();
    Variable same = Ops.of(other).variable(new float[] {0}, "v", open.useResource(true));
    try (State state = open();
        Session first = new Session(graph, state);
        Session second = new Session(other, state)) {
      first.run(v.initializer());
      assertArrayEquals(new float[] {1}, second.run(same).toFloatArray());
      State.Snapshot before = state.snapshot();
      state.write("v", new float[] {1, 2, 3});
      assertArrayEquals(new float[] {1, 2, 3}, second.run(same).toFloatArray());
      assertEquals(TensorType.of(DType.FLOAT32, 3), state.type("v"));
      second.set(same, new float[] {7, 8});
      assertArrayEquals(new float[] {7, 8}, first.run(v).toFloatArray());
      state.restore(before);
      assertArrayEquals(new float[] {1}, first.run(v).toFloatArray());
      assertArrayEquals(new float[] {1}, second.run(same).toFloatArray());
    }
  }

  /** Training goes on from a snapshot bit by bit, random numbers too, in any state. */
  @Test
  void snapshotsRestoreTheVeryState() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Variable w = tf.variable(new float[] {1, 2, 3, 4}, "w");
    Output noise = tf.random.normal(Shape.of(4));
    Operation train = tf.train.adam(0.1f).minimize(tf.reduceSum(tf.square(tf.add(w, noise))));
    Operation init = tf.globalVariablesInitializer();
    State.Snapshot middle;
    List<float[]> rest = new ArrayList<>();
    try (State state = open();
        Session session = new Session(graph, state)) {
      session.run(init);
      session.run(train);
      middle = state.snapshot();
      rest.addAll(steps(session, train, w));
      state.write("more", 3);
      state.restore(middle);
      assertFalse(state.names().contains("more"));
      assertEquals(middle.names(), state.names());
      assertSame(rest, steps(session, train, w));
    }
    try (State fresh = open();
        Session session = new Session(graph, fresh)) {
      fresh.restore(middle);
      assertSame(rest, steps(session, train, w));
    }
    assertEquals(TensorType.of(DType.FLOAT32, 4), middle.type("w"));
    assertTrue(middle.names().stream().anyMatch(name -> name.endsWith("/counter")));
    assertRefused(
        FeedException.class, "the snapshot has no variable", () -> middle.read("nothing"));
  }

  private static List<float[]> steps(Session session, Operation train, Variable w) {
    List<float[]> values = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      session.run(train);
      values.add(session.run(w).toFloatArray());
    }
    return values;
  }

  private static void assertSame(List<float[]> expected, List<float[]> actual) {
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i));
    }
  }

  @Test
  void countersAreReadAndWritten() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    graph.setSeed(3);
    Output draw = tf.withName("draw").random.uniform(Shape.of(4));
    try (State state = open();
        Session session = new Session(graph, state)) {
      float[] first = session.run(draw).toFloatArray();
      String name = state.names().first();
      assertEquals(TensorType.of(DType.INT64), state.type(name));
      long taken = state.read(name).longValue();
      assertTrue(taken > 0);
      float[] second = session.run(draw).toFloatArray();
      state.write(name, taken);
      assertArrayEquals(second, session.run(draw).toFloatArray());
      state.write(name, 0);
      assertArrayEquals(first, session.run(draw).toFloatArray());
      assertRefused(
          FeedException.class,
          "cannot set the counter " + name,
          () -> state.write(name, new long[] {1, 2}));
    }
  }

  @Test
  void devicesAreTheStates() {
    Graph graph = new Graph();
    Ops.of(graph).constant(1f);
    try (State state = open()) {
      new Session(graph, state, SessionOptions.defaults().planCacheSize(2)).close();
      new Session(graph, state, REFERENCE).close();
      assertRefused(
          DeviceException.class,
          "a session runs on the devices of its state, here reference:0",
          () -> new Session(graph, state, SessionOptions.defaults().device("cuda:0")));
      assertRefused(
          DeviceException.class,
          "memoryLimit=1000",
          () -> new Session(graph, state, REFERENCE.memoryLimit(1000)));
    }
  }

  /** A run that fails leaves the state as it was, for all sessions. */
  @Test
  void aFailedRunChangesNothing() {
    Counting one = new Counting(new float[] {1, 2}, true);
    Output wrong = one.tf.gather(one.w, one.tf.placeholder(DType.INT32, Shape.of(1)));
    Output at = wrong.operation().input(1);
    try (State state = open();
        Session first = new Session(one.graph, state);
        Session second = new Session(one.graph, state)) {
      first.run(one.w.initializer());
      assertThrows(
          ExecutionException.class,
          () -> first.run(List.of(one.up, wrong), Map.of(at, new int[] {9})));
      assertArrayEquals(new float[] {1, 2}, second.run(one.w).toFloatArray());
    }
  }

  /**
   * Two graphs each add to both variables; whoever reads sees as much in one as in the other, by
   * fetching, by snapshots, and where the sizes of what is read ask first.
   */
  @Test
  void runsOfSeveralSessionsAreWhole() throws Exception {
    int steps = 200;
    try (State state = open();
        Session writing = new Session(pair(), state);
        Session other = new Session(pair(), state);
        Session reading = new Session(pair(), state)) {
      writing.run("init");
      ExecutorService threads = Executors.newFixedThreadPool(4);
      try {
        List<Future<?>> futures = new ArrayList<>();
        for (Session session : List.of(writing, other)) {
          futures.add(
              threads.submit(
                  () -> {
                    for (int i = 0; i < steps; i++) {
                      session.run("up");
                    }
                  }));
        }
        futures.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < steps; i++) {
                    List<Tensor> both = reading.run(List.of("a/read", "b/read")).tensors();
                    assertEquals(both.get(0).longValue(), both.get(1).longValue());
                    assertEquals(0, reading.run("difference").shape().dim(0));
                  }
                }));
        futures.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < steps; i++) {
                    State.Snapshot now = state.snapshot();
                    assertEquals(now.read("a").longValue(), now.read("b").longValue());
                  }
                }));
        for (Future<?> future : futures) {
          future.get();
        }
      } finally {
        threads.shutdown();
      }
      assertEquals(2 * steps, state.read("a").longValue());
      assertEquals(2 * steps, state.read("b").longValue());
    }
  }

  private static Graph pair() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Variable a = tf.variable(0L, "a");
    Variable b = tf.variable(0L, "b");
    tf.withName("up").group(a.assignAdd(1L), b.assignAdd(1L));
    tf.withName("difference").where(tf.reshape(tf.notEqual(a, b), new int[] {1}));
    tf.withName("init").variablesInitializer(List.of(a, b));
    return graph;
  }
}
