package io.millrace;

import static io.millrace.MessageAssertions.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionTest {
  private static final SessionOptions OPTIONS = SessionOptions.defaults().device("reference");

  private final Graph graph = new Graph();
  private final TestOps ops = new TestOps(graph);
  private final Output x = ops.placeholder("x", DType.FLOAT32, -1, 3);
  private final Output n = ops.placeholder("n", DType.INT64);
  private final Output twice = ops.add("twice", x, x);
  private final Output w = ops.variable("w", DType.FLOAT32, 2);
  private final Operation assign =
      ops.assign("w/Assign", w, ops.constant("init", new float[] {1, 2}));
  private final Output read = ops.identity("w/read", w);
  private final Operation step =
      ops.assignAdd("step", w, ops.constant("delta", new float[] {1, 1}));
  private final Output after = ops.identity("after", w);
  private final Session session = new Session(graph, OPTIONS);

  @AfterEach
  void close() {
    session.close();
  }

  private String refused(Operand fetch, Map<?, ?> feeds) {
    return assertThrows(FeedException.class, () -> session.run(fetch, feeds)).getMessage();
  }

  @Test
  void operationsRunByNameAndGiveNoElements() {
    ops.group("start", assign);
    assertEquals("[]", session.run("start").toString());
    assertArrayEquals(new float[] {1, 2}, session.run("w/read").toFloatArray());
  }

  @Test
  void anyTensorCanBeFedOrFetchedByHandleOrName() {
    assertEquals(
        9, session.run("twice:0", Map.of("twice:0", new float[] {9, 9, 9})).getFloat(0, 2));
    assertArrayEquals(
        new float[] {5, 6}, session.run(read, Map.of(w, new float[] {5, 6})).toFloatArray());
    assertEquals(4, session.run("n", Feed.of(n, 4)).intValue());
  }

  @Test
  void severalFetchesAndTargetsInOneRun() {
    session.run(assign);
    Results results =
        session.run(List.of(read, step, "twice:0", after, read), Map.of(x, new float[] {1, 1, 1}));
    assertEquals(5, results.size());
    assertArrayEquals(new float[] {1, 2}, results.get(0).toFloatArray());
    assertArrayEquals(new float[] {2, 2, 2}, results.get(2).toFloatArray());
    assertArrayEquals(new float[] {2, 3}, results.get(3).toFloatArray());
    assertSame(results.get(0), results.get(4));
    assertSame(results.get(0), results.get(read));
    assertSame(results.get(2), results.get("twice:0"));
    assertEquals(4, results.tensors().size());
    assertMessage(
        assertThrows(IllegalStateException.class, () -> results.get(1)).getMessage(),
        "position 1 of what was run holds operation step");
    assertThrows(IllegalArgumentException.class, () -> results.get(w));
    assertMessage(results.toString(), "[[1. 2.], step (");
    List<Tensor> built =
        session.runner().fetch(after).fetch("w/read").target("step").feed(n, 1).run();
    assertArrayEquals(new float[] {3, 4}, built.get(0).toFloatArray());
    assertArrayEquals(new float[] {2, 3}, built.get(1).toFloatArray());
  }

  @Test
  void runsHappenInTheOrderOfTheGraph() {
    session.run(List.of(assign, step));
    List<Tensor> values = session.run(List.of(after, step, read));
    assertArrayEquals(new float[] {3, 4}, values.get(0).toFloatArray());
    assertArrayEquals(new float[] {2, 3}, values.get(2).toFloatArray());
    assertArrayEquals(new float[] {3, 4}, session.run(w).toFloatArray());
  }

  @Test
  void eachSessionHasItsOwnVariables() {
    session.run(assign);
    try (Session other = new Session(graph, OPTIONS)) {
      assertThrows(UninitializedException.class, () -> other.run(read));
      other.run(List.of(assign, step));
      assertArrayEquals(new float[] {2, 3}, other.run(read).toFloatArray());
    }
    assertArrayEquals(new float[] {1, 2}, session.run(read).toFloatArray());
  }

  @Test
  void unfedPlaceholdersAreAllListed() {
    Output m = ops.placeholder("m", DType.INT64);
    Output sum = ops.add("sum", n, m);
    assertMessage(refused(sum, Map.of()), "n:0", "m:0", "TestOps.java");
  }

  @Test
  void foreignNodesAreRefused() {
    Graph other = new Graph();
    Output y = new TestOps(other).placeholder("y", DType.FLOAT32);
    assertMessage(refused(y, Map.of()), "y:0", "another graph", "TestOps.java");
    assertMessage(refused(twice, Map.of(y, 1f)), "y:0", "another graph");
    Operation noOp = new TestOps(other).group("all");
    assertMessage(
        assertThrows(FeedException.class, () -> session.run(noOp)).getMessage(),
        "all",
        "another graph");
  }

  @Test
  void unknownNamesAreRefusedWithASuggestion() {
    assertMessage(
        assertThrows(FeedException.class, () -> session.run("twise")).getMessage(),
        "twise",
        "'twice'");
  }

  @Test
  void uninitializedVariablesAreAllListed() {
    Output v = ops.variable("v", DType.FLOAT32, 2);
    Output sum = ops.add("v_plus_w", v, w);
    String message =
        assertThrows(UninitializedException.class, () -> session.run(sum)).getMessage();
    assertMessage(message, "v float32[2]", "w float32[2]", "TestOps.java", "initializer");
    assertThrows(UninitializedException.class, () -> session.run(step));
    assertArrayEquals(new float[] {1, 2}, session.run(List.of(assign, read)).get(1).toFloatArray());
  }

  @Test
  void aFailedRunNamesTheNodeAndTheLine() {
    Output one = ops.constant("one", 1);
    Output d = ops.placeholder("d", DType.INT32);
    Output quotient = ops.div("quotient", one, d);
    for (int i = 0; i < 3; i++) {
      String message =
          assertThrows(ExecutionException.class, () -> session.run(quotient, Map.of(d, 0)))
              .getMessage();
      assertMessage(
          message,
          "in quotient (Div): input 0 is one:0 int32[], input 1 is d:0 int32[]",
          "TestOps.java");
    }
    assertEquals(1, session.run(quotient, Map.of(d, 1)).intValue());
  }

  @Test
  void aFailedRunNamesEveryOperationOfItsStep() {
    Output d = ops.placeholder("d", DType.INT32);
    Output quotient = ops.div("quotient0", ops.constant("one", 1), d);
    for (int i = 1; i < 6; i++) {
      quotient = ops.div("quotient" + i, quotient, d);
    }
    Output last = quotient;
    String message =
        assertThrows(ExecutionException.class, () -> session.run(last, Map.of(d, 0))).getMessage();
    for (int i = 0; i < 6; i++) {
      assertMessage(message, "in quotient" + i + " (Div)");
    }
    assertEquals(6, message.split("at io.millrace.TestOps", -1).length - 1, message);
  }

  @Test
  void aFailedRunLeavesTheVariablesAsTheyWere() {
    Output fails = ops.div("late", ops.constant("one", 1L), n);
    Output counter = ops.variable("counter", DType.INT64);
    Operation start = ops.assign("start", counter, ops.constant("four", 4L));
    Output divided = ops.div("divided", counter, n);
    Operation write = ops.assign("write", counter, divided);
    Output dependent = ops.div("dependent", divided, n);
    session.run(List.of(assign, start));
    for (Object wanted : List.of(fails, write, dependent)) {
      assertThrows(
          ExecutionException.class, () -> session.run(List.of(step, wanted, write), Map.of(n, 0L)));
      assertArrayEquals(new float[] {1, 2}, session.run(after).toFloatArray());
      assertEquals(4, session.run(counter).longValue());
    }
    session.run(List.of(step, write, dependent), Map.of(n, 2L));
    assertArrayEquals(new float[] {2, 3}, session.run(after).toFloatArray());
    assertEquals(2, session.run(counter).longValue());
  }

  @Test
  void aFailedRunNamesOnlyWhatFailed() {
    Output counter = ops.variable("counter", DType.INT64);
    Output one = ops.constant("one", 1L);
    session.run(ops.assign("start", counter, one));
    Operation bump = ops.assignAdd("bump", counter, one);
    Output fails = ops.div("late", one, n);
    String message =
        assertThrows(
                ExecutionException.class, () -> session.run(List.of(bump, fails), Map.of(n, 0L)))
            .getMessage();
    assertMessage(message, "in late (Div)");
    assertFalse(message.contains("bump"), message);
  }

  @Test
  void aCounterAndAVariableOfOneNameAreKeptApart() {
    Output counter = ops.counter("rows");
    Output variable = ops.variable("rows/counter", DType.INT64);
    Operation set = ops.assign("set", variable, ops.constant("five", 5L));
    session.run(set);
    assertEquals(0, session.run(counter).longValue());
    assertEquals(3, session.run(counter).longValue());
    assertEquals(5, session.run(variable).longValue());
  }

  @Test
  void closedThingsAreRefused() {
    Tensor fed = Tensor.of(new float[1][3]);
    Tensor result = session.run(twice, Map.of(x, fed));
    fed.close();
    assertThrows(ClosedException.class, () -> session.run(twice, Map.of(x, fed)));
    session.close();
    session.close();
    assertThrows(ClosedException.class, () -> session.run(read));
    assertEquals(0, result.getFloat(0, 2));
  }

  @Test
  void shapesThatDependOnFedValuesAreFoundOut() {
    Output dims = ops.placeholder("dims", DType.INT64, 2);
    Output zeros = ops.zeros("zeros", ops.add("dims2", dims, dims));
    assertEquals(Shape.of(2, 4), session.run(zeros, Map.of(dims, new long[] {1, 2})).shape());
    assertEquals(Shape.of(6, 0), session.run(zeros, Map.of(dims, new long[] {3, 0})).shape());
    assertEquals(Shape.of(2, 4), session.run(zeros, Map.of(dims, new long[] {1, 2})).shape());
    assertMessage(session.explain(zeros, Map.of(dims, new long[] {1, 2})), "found first", "dims2");
  }

  @Test
  void findingAValueOutWritesNoState() {
    Output count = ops.variable("count", DType.INT64, 1);
    Operation set = ops.assign("set", count, ops.constant("two", new long[] {2}));
    Operation more = ops.assignAdd("more", count, ops.constant("three", new long[] {3}));
    Output zeros = ops.zeros("grown", more.output(0));
    session.run(set);
    assertEquals(Shape.of(5), session.run(zeros).shape());
    assertEquals(Shape.of(8), session.run(zeros).shape());
    assertEquals(8, session.run(count).longValue());
  }

  @Test
  void explainShowsEveryStage() {
    assertMessage(
        session.explain(List.of(twice, assign), Map.of(x, new float[3])),
        "graph",
        "program",
        "plan",
        "twice",
        "arena");
    assertThrows(UninitializedException.class, () -> session.run(read));
  }

  @Test
  void exactShapesThatDoNotFitNameTheNode() {
    Output a = ops.placeholder("a", DType.FLOAT32, -1);
    Output b = ops.placeholder("b", DType.FLOAT32, -1);
    Output sum = ops.add("a_plus_b", a, b);
    String message =
        assertThrows(
                GraphException.class,
                () -> session.run(sum, Map.of(a, new float[2], b, new float[3])))
            .getMessage();
    assertMessage(message, "a_plus_b", "[2]", "[3]", "TestOps.java");
  }

  @Test
  void thePlanCacheIsBounded() {
    try (Session small = new Session(graph, OPTIONS.planCacheSize(3))) {
      for (int rows = 1; rows < 10; rows++) {
        Tensor result = small.run(twice, Map.of(x, new float[rows][3]));
        assertEquals(Shape.of(rows, 3), result.shape());
        assertTrue(small.cachedPlans() <= 3);
      }
      assertEquals(3, small.cachedPlans());
      small.run("twice", Map.of("x", new float[9][3]));
      assertEquals(3, small.cachedPlans());
    }
  }

  @Test
  void thatPlansAreGivenUpIsSaidOnce() {
    try (Session small = new Session(graph, OPTIONS.planCacheSize(3))) {
      List<String> kept =
          Logs.of(
              () -> {
                for (int rows = 1; rows < 4; rows++) {
                  small.run(twice, Map.of(x, new float[rows][3])).close();
                }
              });
      assertEquals(List.of(), kept);
      List<String> given =
          Logs.of(
              () -> {
                for (int rows = 4; rows < 9; rows++) {
                  small.run(twice, Map.of(x, new float[rows][3])).close();
                }
              });
      assertEquals(1, given.size());
      assertMessage(given.get(0), "planCacheSize", "twice:0", "x:0 [4,3]");
    }
  }

  @Test
  void hundredsOfShapesInTurnAreCompiledOnce() {
    try (Session session = new Session(graph, OPTIONS)) {
      for (int turn = 0; turn < 3; turn++) {
        for (int rows = 1; rows <= 200; rows++) {
          session.run(twice, Map.of(x, new float[rows][3])).close();
        }
        assertEquals(200, session.cachedPlans());
      }
    }
  }

  @Test
  void unknownDevicesAreRefusedWithWhatWasFound() {
    String message =
        assertThrows(
                DeviceException.class,
                () -> new Session(graph, SessionOptions.defaults().device("tpu:7")).close())
            .getMessage();
    assertMessage(message, "tpu:7", "reference", "null");
  }
}
