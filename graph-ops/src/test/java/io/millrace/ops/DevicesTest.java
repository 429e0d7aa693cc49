package io.millrace.ops;

import static io.millrace.type.DType.FLOAT32;
import static io.millrace.type.DType.INT64;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ExecutionException;
import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.spi.HostMemory;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Graphs on two devices at once, the CPU and the reference, do what they do on one. */
class DevicesTest {
  private static final SessionOptions CPU = SessionOptions.defaults().device("cpu");
  private static final int BATCH = 16;
  private static final int WORDS = 50;

  /** Where the parts of a network are. */
  private record Places(String table, String dense, String step) {
    static final Places NOWHERE = new Places("", "", "");
  }

  private static final List<Places> PLACES =
      List.of(
          new Places("reference:0", "", ""),
          new Places("", "/device:REFERENCE:0", ""),
          new Places("/cpu:0", "reference", "reference"),
          new Places("reference", "cpu", "reference"));

  /** An embedding and a dense layer over it. */
  private static final class Net {
    final Graph graph = new Graph();
    final Ops tf = Ops.of(graph);
    final Output words = tf.placeholder(INT64, Shape.of(-1, 3), "words");
    final Output labels = tf.placeholder(INT64, Shape.of(-1), "labels");
    final Variable table;
    final Variable w;
    final Output loss;
    final Operation train;

    Net(Places places, Function<Ops, Optimizer> optimizer) {
      graph.setSeed(3);
      Output rows;
      Graph.Scope first = graph.device(places.table());
      try (first) {
        table = tf.variable(tf.initializers.glorotUniform(Shape.of(WORDS, 8)), "table");
        rows = tf.reshape(tf.nn.embeddingLookup(table, words), -1, 24);
      }
      Graph.Scope second = graph.device(places.dense());
      try (second) {
        w = tf.variable(tf.initializers.glorotUniform(Shape.of(24, 4)), "w");
        Output logits = tf.matmul(tf.tanh(rows), w);
        loss = tf.reduceMean(tf.nn.sparseSoftmaxCrossEntropyWithLogits(labels, logits));
      }
      Graph.Scope third = graph.device(places.step());
      try (third) {
        train = optimizer.apply(tf).minimize(loss);
      }
    }

    Session open(SessionOptions options) {
      Session session = new Session(graph, options);
      session.run(tf.globalVariablesInitializer());
      return session;
    }

    Map<Object, Object> batch(long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      long[] ids = new long[BATCH * 3];
      long[] wanted = new long[BATCH];
      for (int i = 0; i < BATCH; i++) {
        for (int j = 0; j < 3; j++) {
          ids[3 * i + j] = random.nextInt(WORDS);
        }
        wanted[i] = ids[3 * i] % 4;
      }
      return Map.of(words, ids, labels, wanted);
    }
  }

  /** Returns the losses of some steps, and after them the variables. */
  private static List<float[]> train(Net net, int steps) {
    List<float[]> results = new ArrayList<>();
    try (Session session = net.open(CPU)) {
      for (int i = 0; i < steps; i++) {
        results.add(session.run(List.of(net.loss, net.train), net.batch(i)).get(0).toFloatArray());
      }
      results.add(session.run(net.table).toFloatArray());
      results.add(session.run(net.w).toFloatArray());
    }
    return results;
  }

  @Test
  void trainingOnTwoDevicesFollowsTrainingOnOne() {
    for (Function<Ops, Optimizer> optimizer :
        List.<Function<Ops, Optimizer>>of(
            tf -> tf.train.adam(0.01f), tf -> tf.train.momentum(0.1f, 0.9f))) {
      List<float[]> expected = train(new Net(Places.NOWHERE, optimizer), 20);
      for (Places places : PLACES) {
        List<float[]> actual = train(new Net(places, optimizer), 20);
        for (int i = 0; i < expected.size(); i++) {
          assertArrayEquals(expected.get(i), actual.get(i), 2e-5f, places + ", result " + i);
        }
      }
    }
  }

  @Test
  void whatOptimizersKeepIsBesideTheVariable() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Variable there;
    try (Graph.Scope scope = graph.device("/gpu:1")) {
      there = tf.variable(new float[] {1, 2}, "there");
    }
    Variable anywhere = tf.variable(new float[] {1, 2}, "anywhere");
    Optimizer adam = tf.train.adam(0.1f);
    try (Graph.Scope scope = graph.device("/cpu:0")) {
      adam.minimize(tf.reduceSum(tf.multiply(there, anywhere)));
    }
    // As TensorFlow places them; the powers are beside the variable whose name is first.
    Variable slot = adam.slot(there, "m").orElseThrow();
    assertEquals("/gpu:1", slot.reference().operation().device());
    assertEquals("/gpu:1", slot.initializer().device());
    assertEquals("", adam.slot(anywhere, "v").orElseThrow().reference().operation().device());
    assertEquals("", graph.operation("beta1_power").device());
    assertEquals("/cpu:0", graph.operation("Adam/learning_rate").device());
  }

  @Test
  void aFailedCheckLeavesTheVariablesOfBothDevices() {
    Net net = new Net(PLACES.get(0), tf -> tf.train.adam(0.01f));
    try (Session session = net.open(CPU)) {
      session.run(net.train, net.batch(1));
      List<Object> state = new ArrayList<>(List.of(net.table, net.w));
      state.addAll(List.of("beta1_power", "table/Adam", "w/Adam"));
      List<float[]> before = session.run(state).stream().map(Tensor::toFloatArray).toList();
      Map<Object, Object> bad =
          Map.of(net.words, new long[] {1, 2, WORDS}, net.labels, new long[] {1});
      ExecutionException e =
          assertThrows(ExecutionException.class, () -> session.run(net.train, bad));
      assertTrue(e.getMessage().contains("DevicesTest.java"), e.getMessage());
      List<float[]> after = session.run(state).stream().map(Tensor::toFloatArray).toList();
      for (int i = 0; i < before.size(); i++) {
        assertArrayEquals(before.get(i), after.get(i), 0f);
      }
      session.run(net.train, net.batch(2));
    }
  }

  @Test
  void randomNumbersAreTheSameOnAnyDevice() {
    List<float[]> drawn = new ArrayList<>();
    for (String device : List.of("", "reference:0")) {
      Graph graph = new Graph();
      Ops tf = Ops.of(graph);
      Output numbers;
      try (Graph.Scope scope = graph.device(device)) {
        numbers = tf.random.uniform(Shape.of(7), 0, 1, FLOAT32, OptionalLong.of(5));
      }
      try (Session session = new Session(graph, CPU)) {
        drawn.add(session.run(numbers).toFloatArray());
        drawn.add(session.run(tf.add(numbers, 0f)).toFloatArray());
      }
    }
    assertArrayEquals(drawn.get(0), drawn.get(2), 0f);
    assertArrayEquals(drawn.get(1), drawn.get(3), 0f);
    assertTrue(drawn.get(0)[0] != drawn.get(1)[0]);
  }

  @Test
  void aVariableMayChangeItsShapeOnAnotherDevice() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Output x = tf.placeholder(FLOAT32, Shape.of(-1), "x");
    Variable v;
    try (Graph.Scope scope = graph.device("reference:0")) {
      v = tf.variable(x, "v", Variable.Options.defaults().validateShape(false));
    }
    Output longer = tf.assign(v, tf.concat(List.of(v, tf.add(x, 1f)), 0), false);
    Output sum = tf.reduceSum(v);
    try (Session session = new Session(graph, CPU)) {
      session.run(v.initializer(), Map.of(x, new float[] {1, 2}));
      assertArrayEquals(
          new float[] {1, 2, 11}, session.run(longer, Map.of(x, new float[] {10})).toFloatArray());
      assertEquals(14, session.run(sum).floatValue());
      assertArrayEquals(
          new float[] {1, 2, 11, 1, 1},
          session.run(longer, Map.of(x, new float[] {0, 0})).toFloatArray());
      assertEquals(16, session.run(sum).floatValue());
    }
  }

  @Test
  void runsOnTwoDevicesOverlapAndLeaveNothing() throws Exception {
    Net net = new Net(PLACES.get(0), tf -> tf.train.gradientDescent(0.1f));
    ExecutorService pool = Executors.newFixedThreadPool(4);
    long live;
    try (Session session = net.open(CPU)) {
      float[] expected = new float[8];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = session.run(net.loss, net.batch(i)).floatValue();
      }
      List<Future<Boolean>> right = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        int number = i % expected.length;
        right.add(
            pool.submit(
                () -> {
                  try (Tensor loss = session.run(net.loss, net.batch(number))) {
                    return loss.floatValue() == expected[number];
                  }
                }));
      }
      for (Future<Boolean> one : right) {
        assertTrue(one.get());
      }
      live = HostMemory.liveBytes();
    } finally {
      pool.shutdown();
    }
    assertTrue(HostMemory.liveBytes() < live);
  }
}
