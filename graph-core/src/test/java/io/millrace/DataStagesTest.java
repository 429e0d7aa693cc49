package io.millrace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the stages of a run that asks hand on, compute once, and leave as it was. */
class DataStagesTest {
  private final Graph graph = new Graph();
  private final TestOps ops = new TestOps(graph);
  private final Output x = ops.placeholder("x", DType.INT64, -1);
  private final Session session = new Session(graph, SessionOptions.defaults().device("reference"));

  @AfterEach
  void close() {
    session.close();
  }

  private static String lastPlan(String explained) {
    return explained.substring(explained.lastIndexOf("\nplan"));
  }

  @Test
  void whatLeadsToAValueIsComputedOnceAndStaysOnTheDevice() {
    Output doubled = ops.add("doubled", x, x);
    Output zeros = ops.zeros("zeros", ops.add("dims", doubled, doubled));
    Output twice = ops.add("twice", doubled, doubled);
    Map<Output, long[]> feeds = Map.of(x, new long[] {1, 0});
    List<Tensor> both = session.run(List.of(zeros, twice), feeds);
    assertEquals("[4,0]", both.get(0).shape().toString());
    assertArrayEquals(new long[] {4, 0}, both.get(1).toLongArray());
    String text = session.explain(List.of(zeros, twice), feeds);
    assertTrue(text.startsWith("found first: dims:0 int64[?] = int64[2] {4,0}\n"), text);
    assertFalse(lastPlan(text).contains("doubled"), text);
    assertFalse(lastPlan(text).contains("feed"), text);
  }

  @Test
  void aFedValueIsNotComputedAtAll() {
    Output zeros = ops.zeros("zeros", x);
    for (int i = 0; i < 3; i++) {
      assertEquals("[3]", session.run(zeros, Map.of(x, new long[] {3})).shape().toString());
      assertEquals("[4]", session.run(zeros, Map.of(x, Tensor.of(new long[] {4}))).shape() + "");
    }
  }

  @Test
  void numbersAreDrawnOnceInARun() {
    Output drawn = ops.counter("drawn");
    Output picked = ops.positives("picked", ops.add("shifted", x, drawn));
    Map<Output, long[]> feeds = Map.of(x, new long[] {-4, 1, -1});
    for (int run = 0; run < 3; run++) {
      List<Tensor> both = session.run(List.of(picked, drawn), feeds);
      long before = 3L * run;
      assertEquals(before, both.get(1).longValue());
      assertArrayEquals(
          Arrays.stream(feeds.get(x)).map(v -> v + before).filter(v -> v > 0).toArray(),
          both.get(0).toLongArray());
    }
    session.explain(picked, feeds);
    assertEquals(9, session.run(drawn).longValue());
  }

  @Test
  void aRunThatFailsInAnyStageLeavesStateAndNumbersAsTheyWere() {
    Output v = ops.variable("v", DType.INT64, 1);
    Output one = ops.constant("one", new long[] {1});
    session.run(ops.assign("start", v, one));
    Output drawn = ops.counter("drawn");
    Operation step = ops.assignAdd("step", v, one);
    Output early = ops.div("early", one, x);
    Output picked = ops.positives("picked", ops.add("sum", early, drawn));
    Output late =
        ops.div("late", picked, ops.add("less", x, ops.constant("minus", new long[] {-1})));
    List<Object> wanted = List.of(step, drawn, late);
    for (long bad : new long[] {0, 1}) {
      assertThrows(
          ExecutionException.class, () -> session.run(wanted, Map.of(x, new long[] {bad})));
      assertEquals(1, session.run(v).getLong(0));
    }
    List<Tensor> good = session.run(wanted, Map.of(x, new long[] {2})).tensors();
    assertEquals(0, good.get(0).longValue());
    assertEquals(2, session.run(v).getLong(0));
    assertEquals(3, session.run(drawn).longValue());
  }

  @Test
  void whatMayFailIsComputedOnceThoughBothStagesNeedIt() {
    Output quotient = ops.div("quotient", x, ops.constant("two", new long[] {2}));
    Output picked = ops.positives("picked", quotient);
    String text = session.explain(List.of(picked, quotient), Map.of(x, new long[] {4, -2}));
    assertFalse(lastPlan(text).contains("quotient"), text);
  }

  /** A graph made at random, beside what its tensors should be. */
  private final class RandomRun {
    private final Random random;
    private final String name;
    private final List<Output> outputs = new ArrayList<>();
    private final List<long[]> values = new ArrayList<>();
    private final List<Operation> targets = new ArrayList<>();
    private final Map<Output, Object> feeds = new HashMap<>();
    private final Output total;
    private long held = 5;

    RandomRun(int seed) {
      random = new Random(seed);
      name = "run" + seed + "_";
      total = ops.variable(name + "total", DType.INT64, 1);
      session.run(ops.assign(name + "start", total, ops.constant(name + "five", new long[] {5})));
      for (int i = 0; i < 2; i++) {
        long[] fed = random.longs(1 + random.nextInt(4), -3, 6).toArray();
        Output in = ops.placeholder(name + "in" + i, DType.INT64, -1);
        feeds.put(in, fed);
        add(in, fed);
      }
      for (int i = 0; i < 12; i++) {
        step(name + "op" + i);
      }
    }

    private void add(Output output, long[] value) {
      outputs.add(output);
      values.add(value);
    }

    private void step(String op) {
      int i = random.nextInt(outputs.size());
      Output in = outputs.get(i);
      long[] value = values.get(i);
      switch (random.nextInt(6)) {
        case 0, 1 -> {
          long[] positive = Arrays.stream(value).filter(v -> v > 0).toArray();
          add(ops.positives(op, in), positive);
        }
        case 2 -> add(ops.add(op, in, in), Arrays.stream(value).map(v -> 2 * v).toArray());
        case 3 -> {
          long now = held;
          add(ops.add(op, in, total), Arrays.stream(value).map(v -> v + now).toArray());
        }
        case 4 -> {
          targets.add(ops.assignAdd(op, total, ops.constant(op + "_c", new long[] {i + 1})));
          held += i + 1;
        }
        default -> {
          Output drawn = ops.counter(op);
          add(ops.add(op + "_d", in, drawn), value);
        }
      }
    }

    /** Runs it once: counters stand at zero then. */
    void check() {
      List<Integer> picked =
          IntStream.range(0, outputs.size()).filter(i -> random.nextBoolean()).boxed().toList();
      List<Object> wanted = new ArrayList<>(targets);
      picked.forEach(i -> wanted.add(outputs.get(i)));
      List<Tensor> results = session.run(wanted, feeds).tensors();
      for (int i = 0; i < picked.size(); i++) {
        assertArrayEquals(values.get(picked.get(i)), results.get(i).toLongArray(), name);
      }
      assertEquals(held, session.run(total).getLong(0), name);
    }
  }

  @Test
  void stagesGiveWhatTheOrderOfTheGraphSays() {
    for (int seed = 0; seed < 60; seed++) {
      new RandomRun(seed).check();
    }
  }
}
