package io.millrace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.session.Devices;
import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Random graphs on random devices do what they do on one. */
class RandomDevicesTest {
  private static final int GRAPHS = 150;
  private static final int RUNS = 6;
  private static final List<String> DEVICES = List.of("", "left:0", "right:0", "right:1");

  /** A graph of integers that add, divide, pick, and change variables. */
  private static final class RandomGraph {
    private final Graph graph = new Graph();
    private final TestOps ops = new TestOps(graph);
    private final Output x = ops.placeholder("x", DType.INT32, 3);
    private final List<Output> variables = new ArrayList<>();
    private final List<Output> values = new ArrayList<>();
    private final List<Output> picked = new ArrayList<>();
    private final List<Operation> writes = new ArrayList<>();
    private final Operation start;

    /** Makes the same graph for the same seed, with or without devices. */
    RandomGraph(long seed, boolean spread) {
      Random random = new Random(seed);
      Random places = new Random(seed + 1);
      values.add(x);
      values.add(ops.constant("c", new int[] {1, -2, 3}));
      List<Operation> starts = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        try (Graph.Scope scope = graph.device(spread ? place(places) : "")) {
          Output variable = ops.variable("v" + i, DType.INT32, 3);
          variables.add(variable);
          values.add(variable);
          Output first = ops.constant("first" + i, new int[] {i, 2, -i});
          starts.add(ops.assign("start" + i, variable, first));
        }
      }
      start = ops.group("start", starts.toArray(Operation[]::new));
      int size = 5 + random.nextInt(20);
      for (int i = 0; i < size; i++) {
        try (Graph.Scope scope = graph.device(spread ? place(places) : "")) {
          add(random, "n" + i);
        }
      }
    }

    private static String place(Random places) {
      return DEVICES.get(places.nextInt(DEVICES.size()));
    }

    private void add(Random random, String name) {
      Output a = any(values, random);
      Output b = any(values, random);
      switch (random.nextInt(10)) {
        case 0 -> values.add(ops.div(name, a, b));
        case 1 -> values.add(ops.identity(name, a));
        case 2, 3 -> writes.add(ops.assign(name, any(variables, random), a));
        case 4 -> writes.add(ops.assignAdd(name, any(variables, random), a));
        case 5 -> picked.add(ops.positives(name, a));
        default -> values.add(ops.add(name, a, b));
      }
    }

    private static <T> T any(List<T> list, Random random) {
      return list.get(random.nextInt(list.size()));
    }

    /**
     * Returns what a random run asks for, in names, which are the same with and without devices.
     */
    List<Object> wanted(Random random) {
      List<Object> wanted = new ArrayList<>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        wanted.add(any(values, random).name());
      }
      for (int i = writes.isEmpty() ? 0 : random.nextInt(4); i > 0; i--) {
        wanted.add(any(writes, random).name());
      }
      if (!picked.isEmpty() && random.nextInt(4) == 0) {
        wanted.add(any(picked, random).name());
      }
      return wanted;
    }

    List<String> run(Session session, List<Object> names, Map<String, Object> feeds) {
      List<Object> wanted =
          names.stream()
              .map(
                  n ->
                      writes.stream()
                          .filter(w -> w.name().equals(n))
                          .<Object>map(w -> w)
                          .findFirst()
                          .orElse(n))
              .toList();
      try {
        return session.run(wanted, feeds).tensors().stream()
            .map(t -> t.shape() + " " + Arrays.toString(t.toIntArray()))
            .toList();
      } catch (ExecutionException e) {
        return List.of("division by zero");
      }
    }
  }

  /** Small caches give plans up all the time, which is not worth saying here. */
  private final Logger log = Logger.getLogger("io.millrace");

  @BeforeEach
  void beQuiet() {
    log.setLevel(Level.SEVERE);
  }

  @AfterEach
  void speakAgain() {
    log.setLevel(null);
  }

  @Test
  void randomGraphsDoTheSameOnManyDevicesAsOnOne() {
    int parted = 0;
    int failed = 0;
    for (int seed = 0; seed < GRAPHS; seed++) {
      List<String> events = new ArrayList<>();
      SeparateBackend left = new SeparateBackend("left", 1, events);
      SeparateBackend right = new SeparateBackend("right", 2, events);
      Backends backends = new Backends(List.of(left, right), List.of());
      SessionOptions options =
          SessionOptions.defaults().device("left").planCacheSize(8).passes(seed % 5 > 0);
      left.stages = seed % 2 == 0;
      right.stages = seed % 3 == 0;
      RandomGraph one = new RandomGraph(seed, false);
      RandomGraph many = new RandomGraph(seed, true);
      Random random = new Random(seed);
      try (Session expected =
              new Session(one.graph, SessionOptions.defaults().device("reference"));
          Session actual = new Session(many.graph, options, Devices.open(options, backends))) {
        expected.run(one.start);
        actual.run(many.start);
        for (int run = 0; run < RUNS; run++) {
          List<Object> wanted = one.wanted(random);
          Map<String, Object> feeds = new LinkedHashMap<>();
          feeds.put("x:0", new int[] {random.nextInt(3), random.nextInt(2), 1});
          if (random.nextInt(3) == 0) {
            feeds.put(one.values.get(5 % one.values.size()).name(), new int[] {1, 2, 0});
          }
          List<String> results = one.run(expected, wanted, feeds);
          String text = "seed " + seed + ": " + wanted + " of " + feeds.keySet();
          events.clear();
          assertEquals(results, many.run(actual, wanted, feeds), text);
          parted += events.size() > 1 ? 1 : 0;
          failed += results.equals(List.of("division by zero")) ? 1 : 0;
          List<Object> state = List.of("v0:0", "v1:0", "v2:0");
          assertEquals(one.run(expected, state, Map.of()), many.run(actual, state, Map.of()), text);
        }
      }
      assertEquals(0, left.open + right.open);
    }
    assertTrue(parted > GRAPHS && failed > GRAPHS / 10, parted + " parted, " + failed + " failed");
  }
}
