package io.millrace;

import static io.millrace.MessageAssertions.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.type.DType;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class GraphTest {
  private final Graph graph = new Graph();
  private final TestOps ops = new TestOps(graph);

  @Test
  void takenNamesGetANumber() {
    assertEquals("x:0", ops.placeholder("x", DType.FLOAT32).name());
    assertEquals("x_1:0", ops.placeholder("x", DType.FLOAT32).name());
    assertEquals("x_2:0", ops.placeholder("x", DType.FLOAT32).name());
    assertEquals("x_1_1:0", ops.placeholder("x_1", DType.FLOAT32).name());
  }

  @Test
  void malformedNamesAreRefused() {
    for (String name : List.of("", "_x", "a b", "x:0", "ü")) {
      assertMessage(
          assertThrows(GraphException.class, () -> ops.placeholder(name, DType.FLOAT32))
              .getMessage(),
          "'" + name + "'",
          "valid name");
    }
  }

  @Test
  void nameScopesNest() {
    try (Graph.Scope outer = graph.nameScope("layer")) {
      assertEquals("layer/", graph.currentNameScope());
      try (Graph.Scope inner = graph.nameScope("dense")) {
        assertEquals("layer/dense/x:0", ops.placeholder("x", DType.FLOAT32).name());
      }
      assertEquals("layer/x:0", ops.placeholder("x", DType.FLOAT32).name());
    }
    try (Graph.Scope again = graph.nameScope("layer")) {
      assertEquals("layer_1/x:0", ops.placeholder("x", DType.FLOAT32).name());
    }
    try (Graph.Scope reopened = graph.nameScope("layer/")) {
      assertEquals("layer/x_1:0", ops.placeholder("x", DType.FLOAT32).name());
    }
    assertEquals("", graph.currentNameScope());
  }

  @Test
  void scopesCloseInnermostFirst() {
    Graph.Scope outer = graph.nameScope("outer");
    Graph.Scope inner = graph.nameScope("inner");
    assertThrows(IllegalStateException.class, outer::close);
    inner.close();
    outer.close();
    assertThrows(IllegalStateException.class, outer::close);
  }

  @Test
  void deviceScopesAreRecorded() {
    try (Graph.Scope outer = graph.device("cpu:0");
        Graph.Scope inner = graph.device("cuda:1")) {
      assertEquals("cuda:1", ops.placeholder("x", DType.FLOAT32).operation().device());
    }
    assertEquals("", ops.placeholder("x", DType.FLOAT32).operation().device());
  }

  private String deviceWithin(String outer, String inner) {
    try (Graph.Scope around = graph.device(outer);
        Graph.Scope within = graph.device(inner)) {
      return ops.placeholder("x", DType.FLOAT32).operation().device();
    }
  }

  @Test
  void deviceScopesSayWhatThoseInsideLeaveOpen() {
    assertEquals("/cpu:0", deviceWithin("/cpu:0", ""));
    assertEquals("/gpu:1", deviceWithin("/cpu:0", "/gpu:1"));
    assertEquals("/job:worker/task:1/device:CPU:0", deviceWithin("/cpu:0", "/job:worker/task:1"));
    assertEquals("/job:worker/task:1/device:GPU:3", deviceWithin("/job:worker/task:1", "GPU:3"));
    assertEquals("/job:a/replica:0/device:GPU:*", deviceWithin("/job:a/cpu:0", "/replica:0/gpu"));
    assertEquals("/job:b/task:1", deviceWithin("/job:a/task:2", "/job:b/task:1"));
  }

  @Test
  void deviceScopesCanBeHidden() {
    Operation made;
    try (Graph.Scope outer = graph.device("cuda:1")) {
      made = ops.placeholder("x", DType.FLOAT32).operation();
      try (Graph.Scope any = graph.anyDevice()) {
        assertEquals("", ops.placeholder("x", DType.FLOAT32).operation().device());
        try (Graph.Scope inner = graph.device("cpu:0")) {
          assertEquals("cpu:0", ops.placeholder("x", DType.FLOAT32).operation().device());
          try (Graph.Scope beside = graph.colocateWith(made)) {
            assertEquals("cuda:1", ops.placeholder("x", DType.FLOAT32).operation().device());
          }
        }
      }
    }
  }

  @Test
  void aDeviceScopeMustBeOne() {
    GraphException e = assertThrows(GraphException.class, () -> graph.device("the fast one"));
    assertTrue(e.getMessage().contains("'the fast one' names no device"), e.getMessage());
    assertTrue(e.getMessage().contains("GraphTest.java"), e.getMessage());
  }

  @Test
  void defaultGraphsStack() {
    assertThrows(GraphException.class, Graph::getDefault);
    Graph other = new Graph();
    try (Graph.Scope first = graph.asDefault()) {
      try (Graph.Scope second = other.asDefault()) {
        assertSame(other, Graph.getDefault());
      }
      assertSame(graph, Graph.getDefault());
    }
    assertThrows(GraphException.class, Graph::getDefault);
  }

  @Test
  void controlScopesAddControlInputs() {
    Operation first = ops.group("first");
    Operation second = ops.group("second");
    Operation both;
    try (Graph.Scope scope = graph.controlDependencies(List.of(first))) {
      both = ops.group("both", second, first);
    }
    assertEquals(List.of(second, first), both.controlInputs());
    assertEquals(List.of(), ops.group("none").controlInputs());
  }

  @Test
  void controlInputsRunToo() {
    Output w = ops.variable("w", DType.INT32);
    Operation assign = ops.assign("assign", w, ops.constant("seven", 7));
    Operation all = ops.group("all", assign);
    try (Session session = new Session(graph, SessionOptions.defaults().device("reference"))) {
      session.run(all);
      assertEquals(7, session.run(w).intValue());
    }
  }

  @Test
  void nodesOfTwoGraphsDoNotMix() {
    Output mine = ops.placeholder("mine", DType.FLOAT32);
    TestOps other = new TestOps(new Graph());
    Output theirs = other.placeholder("theirs", DType.FLOAT32);
    assertMessage(
        assertThrows(GraphException.class, () -> ops.add("sum", mine, theirs)).getMessage(),
        "sum",
        "mine:0",
        "theirs:0",
        "another graph",
        "TestOps.java");
    Operation foreign = other.group("foreign");
    assertMessage(
        assertThrows(GraphException.class, () -> ops.group("all", foreign)).getMessage(),
        "all",
        "foreign",
        "another graph");
  }

  @Test
  void brokenRulesNameNodeInputsAndLine() {
    Output a = ops.placeholder("a", DType.FLOAT32, 2);
    Output b = ops.placeholder("b", DType.FLOAT32, 3);
    assertMessage(
        assertThrows(GraphException.class, () -> ops.add("sum", a, b)).getMessage(),
        "Add 'sum'",
        "a:0 float32[2]",
        "b:0 float32[3]",
        "do not broadcast",
        "TestOps.java");
    assertEquals(2, graph.size());
  }

  @Test
  void reopenedScopesNeedValidNamesToo() {
    for (String name : List.of("a b/", "/", "-x/")) {
      assertThrows(GraphException.class, () -> graph.nameScope(name), name);
    }
    assertThrows(GraphException.class, () -> ops.constant("a b/", 1f));
  }

  @Test
  void sizesBeyondAllMemoryAreRefused() {
    Output huge = ops.placeholder("huge", DType.FLOAT32, 1L << 40, 1, 1);
    Output wide = ops.placeholder("wide", DType.FLOAT32, 1L << 30, 1);
    assertMessage(
        assertThrows(GraphException.class, () -> ops.add("sum", huge, wide)).getMessage(),
        "[Add 'sum'] input 0 is huge:0",
        "too large: a tensor has at most 2^47 bytes",
        "\n  at ");
    assertMessage(
        assertThrows(
                GraphException.class,
                () -> ops.placeholder("p", DType.FLOAT32, Long.MAX_VALUE, Long.MAX_VALUE))
            .getMessage(),
        "too large");
  }

  @Test
  void outputsThatAreNotThereAreRefusedByName() {
    Operation group = ops.group("group");
    assertMessage(
        assertThrows(IndexOutOfBoundsException.class, () -> group.output(0)).getMessage(),
        "group (NoOp) has 0 outputs");
  }

  @Test
  void nodesAreFoundByName() {
    Output x = ops.placeholder("x", DType.FLOAT32);
    assertSame(x, graph.output("x:0"));
    assertSame(x, graph.output("x"));
    assertSame(x.operation(), graph.operation("x"));
    for (String wrong : List.of("x:1", "x:", "x:-1", "x:y")) {
      assertMessage(
          assertThrows(FeedException.class, () -> graph.output(wrong)).getMessage(), wrong);
    }
    assertMessage(
        assertThrows(FeedException.class, () -> graph.operation("xx")).getMessage(), "'x'");
  }

  @Test
  void collectionsKeepTheirOrder() {
    graph.addToCollection(GraphKeys.LOSSES, "a");
    graph.addToCollection(GraphKeys.LOSSES, 1);
    graph.addToCollection("mine", "b");
    assertEquals(List.of("a", 1), graph.collection(GraphKeys.LOSSES));
    assertEquals(List.of("a"), graph.collection(GraphKeys.LOSSES, String.class));
    assertEquals(List.of(), graph.collection("none"));
  }

  @Test
  void theSeedIsKept() {
    assertEquals(OptionalLong.empty(), graph.seed());
    graph.setSeed(42);
    assertEquals(OptionalLong.of(42), graph.seed());
  }

  @Test
  void linesAreThoseAroundTheOperation() {
    Output x = ops.placeholder("x", DType.FLOAT32);
    assertEquals("io.millrace.TestOps.output", x.operation().source().method());
  }
}
