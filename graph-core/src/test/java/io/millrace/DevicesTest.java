package io.millrace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.session.Devices;
import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs graphs whose operations ask for devices. */
class DevicesTest {
  private final Graph graph = new Graph();
  private final TestOps ops = new TestOps(graph);
  private final List<String> events = new ArrayList<>();
  private final SeparateBackend left = new SeparateBackend("left", 1, events);
  private final SeparateBackend right = new SeparateBackend("right", 2, events);
  private final Output x = ops.placeholder("x", DType.INT32, 2);

  @AfterEach
  void nothingStaysOpen() {
    assertEquals(0, left.open);
    assertEquals(0, right.open);
  }

  private <T> T on(String device, Supplier<T> made) {
    try (Graph.Scope scope = graph.device(device)) {
      return made.get();
    }
  }

  private Session open(SessionOptions options) {
    Backends backends = new Backends(List.of(left, right), List.of("nothing: is broken"));
    return new Session(graph, options, Devices.open(options.device("left"), backends));
  }

  private Session open() {
    return open(SessionOptions.defaults());
  }

  private Map<Object, Object> feed(int... values) {
    return Map.of(x, values);
  }

  @Test
  void operationsRunWhereTheyAskTo() {
    Output twice = ops.add("twice", x, x);
    Output four = on("/device:RIGHT:1", () -> ops.add("four", twice, twice));
    Output eight = ops.add("eight", four, four);
    try (Session session = open()) {
      assertEquals("left:0", session.device());
      assertArrayEquals(new int[] {2, 4}, session.run(twice, feed(1, 2)).toIntArray());
      assertEquals(List.of("open left:0", "run left:0"), events);
      events.clear();
      assertArrayEquals(new int[] {8, 16}, session.run(eight, feed(1, 2)).toIntArray());
      assertEquals(List.of("open right:1", "run left:0", "run right:1", "run left:0"), events);
      List<Tensor> all = session.run(List.of(four, twice, eight, four), feed(1, 2));
      assertArrayEquals(new int[] {4, 8}, all.get(0).toIntArray());
      assertArrayEquals(new int[] {2, 4}, all.get(1).toIntArray());
      assertArrayEquals(new int[] {8, 16}, all.get(2).toIntArray());
      events.clear();
      assertArrayEquals(new int[] {4, 8}, session.run(four, feed(1, 2)).toIntArray());
      assertArrayEquals(
          new int[] {4, 8}, session.run(four, Map.of(twice, new int[] {2, 4})).toIntArray());
      assertEquals(List.of("run left:0", "run right:1", "run right:1"), events);
      events.clear();
    }
    assertEquals(List.of("close left:0", "close right:1"), events);
  }

  @Test
  void aVariableIsWhereItsOperationIsAndSoAreItsWrites() {
    Output v = on("right:0", () -> ops.variable("v", DType.INT32, 2));
    Operation set = ops.assign("set", v, x);
    Operation more = on("left", () -> ops.assignAdd("more", v, x));
    Output twice = ops.add("twice", v, v);
    try (Session session = open()) {
      session.run(set, feed(1, 2));
      session.run(more, feed(10, 10));
      assertEquals(List.of("open left:0", "open right:0", "run right:0", "run right:0"), events);
      events.clear();
      assertArrayEquals(new int[] {22, 24}, session.run(twice).toIntArray());
      assertArrayEquals(new int[] {11, 12}, session.run(v).toIntArray());
      assertEquals(List.of("run right:0", "run left:0", "run right:0"), events);
    }
  }

  @Test
  void variablesOfTwoDevicesSwap() {
    Output a = ops.variable("a", DType.INT32, 2);
    Output b = on("right", () -> ops.variable("b", DType.INT32, 2));
    Operation first =
        ops.group("first", ops.assign("a0", a, x), ops.assign("b0", b, ops.add("x2", x, x)));
    Output oldA = ops.identity("old_a", a);
    Output oldB = ops.identity("old_b", b);
    Operation swap = ops.group("swap", ops.assign("a1", a, oldB), ops.assign("b1", b, oldA));
    try (Session session = open()) {
      session.run(first, feed(1, 2));
      session.run(swap);
      assertArrayEquals(new int[] {2, 4}, session.run(a).toIntArray());
      assertArrayEquals(new int[] {1, 2}, session.run(b).toIntArray());
      List<Tensor> before = session.run(List.of(oldA, oldB, swap));
      assertArrayEquals(new int[] {2, 4}, before.get(0).toIntArray());
      assertArrayEquals(new int[] {1, 2}, before.get(1).toIntArray());
      assertArrayEquals(new int[] {1, 2}, session.run(a).toIntArray());
      assertArrayEquals(new int[] {2, 4}, session.run(b).toIntArray());
    }
  }

  @Test
  void aRunThatFailsOnOneDeviceLeavesTheVariablesOfAll() {
    Output a = ops.variable("a", DType.INT32, 2);
    Output b = on("right", () -> ops.variable("b", DType.INT32, 2));
    Operation first = ops.group("first", ops.assign("a0", a, x), ops.assign("b0", b, x));
    Operation stepA = ops.assignAdd("step_a", a, x);
    Operation stepB = ops.assignAdd("step_b", b, ops.add("x2", x, x));
    Output there = on("right", () -> ops.div("there", ops.add("sum", a, x), x));
    Output here = ops.div("here", ops.add("late", there, b), x);
    try (Session session = open()) {
      session.run(first, feed(1, 2));
      for (Output failing : List.of(there, here)) {
        List<Object> wanted = List.of(stepA, failing, stepB);
        ExecutionException e =
            assertThrows(ExecutionException.class, () -> session.run(wanted, feed(0, 1)));
        assertTrue(e.getMessage().contains("\n  in there (Div)"), e.getMessage());
        assertTrue(e.getMessage().contains("TestOps.java"), e.getMessage());
        assertArrayEquals(new int[] {1, 2}, session.run(a).toIntArray());
        assertArrayEquals(new int[] {1, 2}, session.run(b).toIntArray());
      }
      session.run(List.of(stepA, here, stepB), feed(1, 1));
      assertArrayEquals(new int[] {2, 3}, session.run(a).toIntArray());
      assertArrayEquals(new int[] {3, 4}, session.run(b).toIntArray());
    }
  }

  @Test
  void sizesFoundOnOneDeviceServeTheOther() {
    Output picked = on("right", () -> ops.positives("picked", ops.add("twice", x, x)));
    Output sum = ops.add("sum", picked, picked);
    try (Session session = open()) {
      assertArrayEquals(new int[] {4, 8}, session.run(sum, feed(1, 2)).toIntArray());
      assertArrayEquals(new int[] {8}, session.run(sum, feed(-1, 2)).toIntArray());
      assertArrayEquals(new int[] {12}, session.run(sum, feed(3, 0)).toIntArray());
      assertTrue(events.contains("run right:0"));
      String text = session.explain(sum, feed(3, 0));
      assertTrue(text.contains("found first: the sizes of picked"), text);
      assertTrue(text.contains("part 0 on right:0"), text);
    }
  }

  @Test
  void aVariableThatIsNotInitialisedIsMissedWhereverItIs() {
    Output v = on("right", () -> ops.variable("v", DType.INT32, 2));
    Output twice = ops.add("twice", v, v);
    try (Session session = open()) {
      UninitializedException e =
          assertThrows(UninitializedException.class, () -> session.run(twice));
      assertTrue(e.getMessage().contains("TestOps.java"), e.getMessage());
    }
  }

  @Test
  void aDeviceThatIsNotThereFailsTheRunWithEveryReason() {
    Output far = on("/gpu:3", () -> ops.add("far", x, x));
    try (Session session = open()) {
      for (Runnable use :
          List.<Runnable>of(
              () -> session.run(far, feed(1, 2)), () -> session.explain(far, feed(1, 2)))) {
        DeviceException e = assertThrows(DeviceException.class, use::run);
        assertTrue(e.getMessage().startsWith("far (Add) cannot run on '/gpu:3': "), e.getMessage());
        assertTrue(e.getMessage().contains("right: has right:0, right:1"), e.getMessage());
        assertTrue(e.getMessage().contains("nothing: is broken"), e.getMessage());
        assertTrue(e.getMessage().contains("\n  at io.millrace.TestOps.output"), e.getMessage());
        assertTrue(e.getMessage().contains("softPlacement(true)"), e.getMessage());
      }
      assertArrayEquals(
          new int[] {2, 4}, session.run(ops.add("near", x, x), feed(1, 2)).toIntArray());
    }
  }

  @Test
  void softPlacementTakesTheSessionsDevice() {
    Output far = on("/gpu:3", () -> ops.add("far", x, x));
    Output busy = on("right:0", () -> ops.variable("busy", DType.INT32, 2));
    Operation set = ops.assign("set", busy, far);
    right.refuses = true;
    try (Session session = open(SessionOptions.defaults().softPlacement(true))) {
      session.run(set, feed(1, 2));
      right.refuses = false;
      // Where the variable is now, it stays.
      Output sum = on("right:0", () -> ops.add("sum", busy, busy));
      assertArrayEquals(new int[] {4, 8}, session.run(sum).toIntArray());
      assertEquals(List.of("open left:0", "run left:0", "run left:0"), events);
    }
  }

  @Test
  void aDeviceThatRefusesMayBeAskedAgain() {
    Output sum = on("right:0", () -> ops.add("sum", x, x));
    right.refuses = true;
    try (Session session = open()) {
      DeviceException e = assertThrows(DeviceException.class, () -> session.run(sum, feed(1, 2)));
      assertTrue(e.getMessage().contains("right:0 is busy"), e.getMessage());
      right.refuses = false;
      assertArrayEquals(new int[] {2, 4}, session.run(sum, feed(1, 2)).toIntArray());
    }
  }

  @Test
  void everyWayToNameADeviceMeansIt() {
    for (String name :
        List.of(
            "right:1", "/Right:1", "/device:RIGHTLIKE:1", "/job:localhost/task:0/rightlike:1")) {
      Output sum = on(name, () -> ops.add("sum", x, x));
      try (Session session = open()) {
        session.run(sum, feed(1, 2)).close();
      }
      assertEquals("run right:1", events.get(2), name);
      events.clear();
    }
    for (String name : List.of("left", "/leftlike:*", "/job:localhost/replica:0/task:0", "")) {
      Output sum = on(name, () -> ops.add("sum", x, x));
      try (Session session = open()) {
        session.run(sum, feed(1, 2)).close();
      }
      assertEquals(List.of("open left:0", "run left:0", "close left:0"), events, name);
      events.clear();
    }
    Output elsewhere = on("/job:worker/task:1/left:0", () -> ops.add("elsewhere", x, x));
    try (Session session = open()) {
      assertThrows(DeviceException.class, () -> session.run(elsewhere, feed(1, 2)));
    }
  }

  @Test
  void placementIsLoggedOncePerPlan() {
    Output twice = ops.add("twice", x, x);
    Output far = on("/gpu:3", () -> ops.add("far", twice, twice));
    Output v = on("right", () -> ops.variable("v", DType.INT32, 2));
    Operation set = ops.assign("set", v, far);
    SessionOptions soft = SessionOptions.defaults().softPlacement(true);
    List<String> lines =
        Logs.of(
            () -> {
              try (Session session = open(soft.logPlacement(true))) {
                session.run(set, feed(1, 2));
                session.run(set, feed(1, 2));
              }
            });
    assertEquals(1, lines.size(), lines::toString);
    assertEquals(
        List.of(
            "operations are placed:",
            "  twice: (Add): left:0",
            "  far: (Add): left:0 instead of /gpu:3",
            "  v: (VariableV2): right:0",
            "  set: (Assign): right:0"),
        lines.get(0).lines().toList());
    assertEquals(
        List.of(),
        Logs.of(
            () -> {
              try (Session session = open(soft)) {
                session.run(set, feed(1, 2));
              }
            }));
  }

  @Test
  void anExplanationShowsThePartsAndWhatGoesBetweenThem() {
    Output twice = ops.add("twice", x, x);
    Output four = on("right:1", () -> ops.add("four", twice, twice));
    Output both = ops.add("both", four, ops.add("three", twice, x));
    try (Session session = open()) {
      String text = session.explain(both, feed(1, 2));
      assertTrue(text.contains("part 0 on left:0\n"), text);
      assertTrue(
          text.contains("part 1 on right:1\n  feed0 = fetch0 of part 0, int32[2], 8 bytes\n"),
          text);
      assertTrue(
          text.contains("part 2 on left:0\n  feed0 = fetch0 of part 1, int32[2], 8 bytes\n"), text);
      assertEquals(3, text.split("\nplan\n", -1).length - 1, text);
      String alone = session.explain(twice, feed(1, 2));
      assertFalse(alone.contains("part "), alone);
      assertEquals(List.of("open left:0", "open right:1"), events);
    }
  }

  @Test
  void whatOnePartTookIsFreedIfAnotherGetsNothing() {
    Output twice = ops.add("twice", x, x);
    Output four = on("right:1", () -> ops.add("four", twice, twice));
    Output sum = ops.add("sum", twice, four);
    try (Session session = open()) {
      for (String lack : List.of("plans", "executions")) {
        right.lacks = lack;
        for (int i = 0; i < 9; i++) {
          DeviceException e =
              assertThrows(DeviceException.class, () -> session.run(sum, feed(1, 2)));
          assertEquals("no " + lack + " on right", e.getMessage());
        }
        right.lacks = "";
      }
      // The first part leaves a value on its device for the last one.
      left.lacks = "memory";
      assertThrows(DeviceException.class, () -> session.run(sum, feed(1, 2)));
      left.lacks = "";
      assertArrayEquals(new int[] {6, 12}, session.run(sum, feed(1, 2)).toIntArray());
    }
  }

  @Test
  void stagesThatAreRefusedSomethingLeaveNothingOpen() {
    Output twice = on("right", () -> ops.add("twice", x, x));
    Output picked = on("right", () -> ops.positives("picked", twice));
    Output sum = ops.add("sum", picked, picked);
    List<Object> wanted = List.of(sum, twice);
    try (Session session = open()) {
      // First no stage is there yet, then only the one for another size is missing.
      right.lacks = "memory";
      assertThrows(DeviceException.class, () -> session.run(wanted, feed(1, 2)));
      right.lacks = "";
      for (int[] values : new int[][] {{1, 2}, {-1, 2}}) {
        for (String lack : List.of("plans", "executions")) {
          for (SeparateBackend side : List.of(right, left)) {
            side.lacks = lack;
            for (int i = 0; i < 5; i++) {
              assertThrows(DeviceException.class, () -> session.run(wanted, feed(values)), lack);
            }
            side.lacks = "";
          }
        }
        List<Tensor> both = session.run(wanted, feed(values));
        assertArrayEquals(
            Arrays.stream(values).filter(v -> v > 0).map(v -> 4 * v).toArray(),
            both.get(0).toIntArray());
      }
    }
  }

  @Test
  void valuesCrossInMemoryThatTheDeviceLikes() {
    left.stages = true;
    right.stages = true;
    Output twice = ops.add("twice", x, x);
    Output four = on("right:1", () -> ops.add("four", twice, x));
    try (Session session = open()) {
      assertArrayEquals(new int[] {3, 6}, session.run(four, feed(1, 2)).toIntArray());
      // The feed, in the first device's memory, and what crosses, in the second's.
      assertEquals(1, left.staged);
      assertEquals(1, right.staged);
      try (Tensor tensor = Tensor.of(new int[] {1, 2})) {
        assertArrayEquals(new int[] {3, 6}, session.run(four, Map.of(x, tensor)).toIntArray());
      }
      assertEquals(1, left.staged);
      assertEquals(2, right.staged);
    }
  }
}
