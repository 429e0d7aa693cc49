package io.millrace.ops.list;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ExecutionException;
import io.millrace.Graph;
import io.millrace.GraphFunction;
import io.millrace.MillraceException;
import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.ops.Ops;
import io.millrace.ops.TensorArray;
import io.millrace.ops.TensorArrayOptions;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Holds a device to what arrays of tensors are, in and out of loops, and to their gradients. */
public abstract class TensorArrayContract {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Output x = tf.placeholder(DType.FLOAT64, Shape.of(4));
  private final Output n = tf.placeholder(DType.INT32, Shape.scalar());
  private final Output one = tf.constant(Tensor.of(new double[] {1})).get("0");
  private final Output p = tf.placeholder(DType.BOOL, Shape.scalar());
  private final String device;

  /** Tests the device of this name. */
  protected TensorArrayContract(String device) {
    this.device = device;
  }

  private double[] run(Operand y, Map<Output, ?> feeds) {
    Map<Output, Object> all = new HashMap<>(Map.of(x, new double[] {1, 2, 3, 4}, n, 4, p, true));
    all.putAll(feeds);
    double[] before = run(y, all, false);
    double[] after = run(y, all, true);
    assertArrayEquals(before, after, 1e-9, "with passes");
    return after;
  }

  private double[] run(Operand y, Map<Output, ?> feeds, boolean passes) {
    SessionOptions options = SessionOptions.defaults().device(device).passes(passes);
    try (Session session = new Session(graph, options);
        Tensor value = session.run(tf.cast(y, DType.FLOAT64), feeds)) {
      return value.toDoubleArray();
    }
  }

  private void expect(Operand y, Map<Output, ?> feeds, double... expected) {
    assertArrayEquals(expected, run(y, feeds), 1e-9);
  }

  private void expect(Operand y, double... expected) {
    expect(y, Map.of(), expected);
  }

  private String refusal(Operand y, Map<Output, ?> feeds) {
    String message =
        String.valueOf(assertThrows(MillraceException.class, () -> run(y, feeds)).getMessage());
    assertTrue(message.contains("(TensorArrayContract.java:"), message);
    return message;
  }

  /** Requires three orders of derivatives of a function of x to be the numeric ones. */
  private void differentiates(Output y, Map<Output, ?> feeds) {
    differentiates(y, feeds, 3);
  }

  private void differentiates(Output y, Map<Output, ?> feeds, int orders) {
    double[] at = {0.7, -1.1, 0.4, 0.9};
    double[] direction = {0.3, 0.5, -0.8, 0.2};
    Output current = tf.reduceSum(y);
    for (int order = 1; order <= orders; order++) {
      Output gradient = tf.gradients(current, x).get(0);
      double slope = dot(run(gradient, with(feeds, at, direction, 0)), direction);
      double step = 1e-5;
      double up = run(current, with(feeds, at, direction, step))[0];
      double down = run(current, with(feeds, at, direction, -step))[0];
      double numeric = (up - down) / (2 * step);
      assertEquals(numeric, slope, 1e-6 * (1 + Math.abs(numeric)), "order " + order);
      current = tf.reduceSum(tf.multiply(gradient, tf.constant(new double[] {1, -2, 0.5, 3})));
    }
  }

  private Map<Output, Object> with(
      Map<Output, ?> feeds, double[] at, double[] direction, double step) {
    double[] moved = at.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += step * direction[i];
    }
    Map<Output, Object> all = new HashMap<>(feeds);
    all.put(x, moved);
    return all;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** Returns the running products of x, written one by one to an array made for n of them. */
  private TensorArray products(TensorArray array) {
    TensorArray xs = tf.tensorArray(DType.FLOAT64, 4).unstack(x);
    List<Output> end =
        tf.whileLoop(
            v -> tf.less(v.get(0), n),
            v -> {
              Output next = tf.multiply(v.get(1), xs.read(v.get(0)));
              return List.of(tf.add(v.get(0), 1), next, array.with(v.get(2)).write(v.get(0), next));
            },
            List.of(0, one, array));
    return array.with(end.get(2));
  }

  @Test
  void whatIsWrittenIsRead() {
    TensorArray array = tf.tensorArray(DType.FLOAT64, 3);
    assertEquals(Shape.unknown(), array.elementShape());
    TensorArray written = array.write(2, x).write(0, tf.multiply(x, 2));
    assertEquals(Shape.of(4), written.elementShape());
    assertEquals(DType.FLOAT64, written.dtype());
    assertEquals(Shape.of(-1, 4), written.stack().shape());
    expect(written.read(2), 1, 2, 3, 4);
    expect(written.stack(), 2, 4, 6, 8, 0, 0, 0, 0, 1, 2, 3, 4);
    expect(written.size(), 3);
    expect(written.identity().gather(new int[] {2, 1}), 1, 2, 3, 4, 0, 0, 0, 0);
    expect(written.write(2, tf.negative(x)).read(2), -1, -2, -3, -4);
    expect(written.read(2), 1, 2, 3, 4);
  }

  @Test
  void elementsThatAreNotWrittenAreZero() {
    TensorArrayOptions options = TensorArrayOptions.defaults().elementShape(Shape.of(2));
    TensorArray array = tf.tensorArray(DType.FLOAT32, 2, options);
    expect(array.stack(), 0, 0, 0, 0);
    expect(array.read(1), 0, 0);
    expect(tf.tensorArray(DType.FLOAT32, n, options).size(), 4);
    assertEquals(4, run(tf.tensorArray(DType.FLOAT32, 2, options).stack(), Map.of()).length);
  }

  @Test
  void aLoopWritesAnArrayWhoseElementsItGivesTheirShape() {
    Output stacked = products(tf.tensorArray(DType.FLOAT64, 4)).stack();
    expect(stacked, 1, 2, 6, 24);
    expect(stacked, Map.of(n, 2), 1, 2, 0, 0);
    expect(stacked, Map.of(n, 0), 0, 0, 0, 0);
    expect(products(tf.tensorArray(DType.FLOAT64, n)).stack(), Map.of(n, 3), 1, 2, 6);
  }

  @Test
  void gradientsOfAnyOrderPassThroughWritingAndReading() {
    Output stacked = products(tf.tensorArray(DType.FLOAT64, n)).stack();
    Output y = tf.multiply(stacked, stacked);
    differentiates(y, Map.of());
    differentiates(y, Map.of(n, 2));
    Output dx = tf.gradients(tf.reduceSum(stacked), x).get(0);
    expect(dx, Map.of(n, 0), 0, 0, 0, 0);
    // d(x0 + x0 x1)
    expect(dx, Map.of(n, 2), 3, 1, 0, 0);
  }

  @Test
  void aLoopThatCertainlyHasNoTurnHasGradients() {
    TensorArray array = tf.tensorArray(DType.FLOAT64, 0);
    List<Output> end =
        tf.whileLoop(
            v -> tf.less(v.get(0), 0),
            v -> {
              Output next = tf.multiply(v.get(1), x);
              return List.of(tf.add(v.get(0), 1), next, array.with(v.get(2)).write(v.get(0), next));
            },
            List.of(0, tf.square(x), array));
    Output y = tf.add(end.get(1), tf.reduceSum(array.with(end.get(2)).stack()));
    expect(y, 1, 4, 9, 16);
    Output dx = tf.gradients(y, x).get(0);
    expect(dx, 2, 4, 6, 8);
    expect(tf.gradients(dx, x).get(0), 2, 2, 2, 2);
  }

  @Test
  void aTurnReadsWhatEarlierOnesWrote() {
    TensorArray array = tf.tensorArray(DType.FLOAT64, 6).write(0, tf.gather(x, 0));
    TensorArray begun = array.write(1, tf.gather(x, 1));
    List<Output> end =
        tf.whileLoop(
            v -> tf.less(v.get(0), tf.add(n, 2)),
            v -> {
              TensorArray now = begun.with(v.get(1));
              Output next =
                  tf.multiply(
                      now.read(tf.subtract(v.get(0), 1)), now.read(tf.subtract(v.get(0), 2)));
              return List.of(tf.add(v.get(0), 1), now.write(v.get(0), next));
            },
            List.of(2, begun));
    Output stacked = begun.with(end.get(1)).stack();
    expect(stacked, 1, 2, 2, 4, 8, 32);
    differentiates(stacked, Map.of(n, 3));
  }

  @Test
  void whatIsReadOftenGetsTheSumOfWhatArrives() {
    TensorArray xs = tf.tensorArray(DType.FLOAT64, 4).unstack(x);
    Output y =
        tf.whileLoop(
                v -> tf.less(v.get(0), tf.multiply(n, 2)),
                v -> {
                  Output at = tf.floormod(tf.multiply(v.get(0), 3), 4);
                  Output sum = tf.add(v.get(1), tf.multiply(xs.read(at), tf.gather(x, at)));
                  return List.of(tf.add(v.get(0), 1), sum);
                },
                List.of(0, tf.zerosLike(one)))
            .get(1);
    expect(y, 60);
    expect(tf.gradients(y, x).get(0), 4, 8, 12, 16);
    expect(tf.gradients(y, x).get(0), Map.of(n, 1), 2, 0, 0, 8);
    differentiates(tf.multiply(y, y), Map.of(n, 3));
  }

  @Test
  void gradientsKeepNoListsAndAddInPlace() {
    TensorArray array = tf.tensorArray(DType.FLOAT64, 1000).write(0, tf.gather(x, 0));
    List<Output> end =
        tf.whileLoop(
            v -> tf.less(v.get(0), n),
            v -> {
              TensorArray now = array.with(v.get(1));
              Output next = tf.square(now.read(tf.subtract(v.get(0), 1)));
              return List.of(tf.add(v.get(0), 1), now.write(v.get(0), next));
            },
            List.of(1, array));
    Output dx = tf.gradients(array.with(end.get(1)).read(3), x).get(0);
    expect(dx, Map.of(x, new double[] {2, 0, 0, 0}), 8 * 128, 0, 0, 0);
    try (Session session = new Session(graph, SessionOptions.defaults().device(device))) {
      String plan = session.explain(List.of(dx), Map.of(x, new double[4], n, 4)).toString();
      String after = plan.substring(plan.indexOf("optimized program"));
      assertFalse(after.contains("32,1000"), plan);
      assertFalse(after.contains("float64[1000] = map"), plan);
    }
  }

  @Test
  void branchesTakeAndGiveArrays() {
    TensorArray empty = tf.tensorArray(DType.FLOAT64, 2);
    Output list = tf.cond(p, () -> empty.write(1, tf.square(x)), () -> empty);
    Output y = empty.with(list).write(0, x).stack();
    expect(y, 1, 2, 3, 4, 1, 4, 9, 16);
    expect(y, Map.of(p, false), 1, 2, 3, 4, 0, 0, 0, 0);
    differentiates(tf.multiply(y, y), Map.of());
    differentiates(tf.multiply(y, y), Map.of(p, false));
    TensorArray full = empty.unstack(tf.stack(List.of(x, x)));
    Output either = tf.cond(p, () -> full.read(0), () -> tf.multiply(full.read(1), full.read(0)));
    expect(either, 1, 2, 3, 4);
    expect(either, Map.of(p, false), 1, 4, 9, 16);
    differentiates(tf.multiply(either, either), Map.of(p, false));
  }

  @Test
  void sidesOfSwitchesPassArrays() {
    TensorArray array = tf.tensorArray(DType.FLOAT64, 1).write(0, x);
    List<Output> sides = tf.switchOf(array, p);
    Output merged =
        tf.merge(array.with(sides.get(0)).write(0, tf.negative(x)), sides.get(1)).get(0);
    Output y = array.with(merged).read(0);
    expect(y, 1, 2, 3, 4);
    expect(y, Map.of(p, false), -1, -2, -3, -4);
    expect(tf.gradients(y, x).get(0), Map.of(p, false), -1, -1, -1, -1);
  }

  @Test
  void loopsNest() {
    TensorArray rows = tf.tensorArray(DType.FLOAT64, n);
    List<Output> end =
        tf.whileLoop(
            v -> tf.less(v.get(0), n),
            v -> {
              TensorArrayOptions scalars =
                  TensorArrayOptions.defaults().elementShape(Shape.scalar());
              TensorArray row = tf.tensorArray(DType.FLOAT64, 3, scalars);
              List<Output> inner =
                  tf.whileLoop(
                      w -> tf.less(w.get(0), 3),
                      w -> {
                        Output product =
                            tf.multiply(
                                tf.gather(x, v.get(0)),
                                tf.multiply(tf.gather(x, w.get(0)), v.get(2)));
                        return List.of(
                            tf.add(w.get(0), 1), row.with(w.get(1)).write(w.get(0), product));
                      },
                      List.of(0, row));
              Output stacked = row.with(inner.get(1)).stack();
              return List.of(
                  tf.add(v.get(0), 1),
                  rows.with(v.get(1)).write(v.get(0), stacked),
                  tf.reduceSum(stacked));
            },
            List.of(0, rows, one));
    Output y = rows.with(end.get(1)).stack();
    expect(y, Map.of(n, 2), 1, 2, 3, 12, 24, 36);
    differentiates(y, Map.of(n, 2));
  }

  @Test
  void functionsTakeAndGiveArrays() {
    TensorArray array = tf.tensorArray(DType.FLOAT64, 2).write(1, x);
    TensorType type = TensorType.list(TensorType.of(DType.FLOAT64, -1, 4));
    GraphFunction f =
        tf.function(
            "doubled",
            List.of(type),
            a -> {
              TensorArray given = TensorArray.of(a.get(0));
              return List.of(given.write(0, tf.multiply(given.read(1), 2)), given.size());
            });
    List<Output> called = tf.call(f, array);
    Output y = array.with(called.get(0)).stack();
    expect(y, 2, 4, 6, 8, 1, 2, 3, 4);
    expect(called.get(1), 2);
    expect(tf.gradients(y, x).get(0), 3, 3, 3, 3);
  }

  @Test
  void manyElementsAreGatheredAndScattered() {
    Output at = tf.placeholder(DType.INT32, Shape.of(-1));
    TensorArray array = tf.tensorArray(DType.FLOAT64, 2).unstack(x);
    Output picked = array.gather(at);
    expect(picked, Map.of(at, new int[] {3, 0, 3}), 4, 1, 4);
    expect(tf.gradients(picked, x).get(0), Map.of(at, new int[] {3, 0, 3}), 1, 0, 0, 2);
    Output placed = array.scatter(at, tf.multiply(tf.slice(x, 0, 3), 10)).stack();
    expect(placed, Map.of(at, new int[] {3, 0, 3}), 20, 2, 3, 30);
    expect(placed, Map.of(at, new int[] {0, 1, 5}), 10, 20, 3, 4, 0, 30);
    Output dx = tf.gradients(placed, x).get(0);
    expect(dx, Map.of(at, new int[] {3, 0, 3}), 0, 11, 11, 0);
    expect(dx, Map.of(at, new int[] {0, 1, 5}), 10, 10, 11, 1);
  }

  @Test
  void elementsAreJoinedAndSplit() {
    Output lengths = tf.placeholder(DType.INT64, Shape.of(2));
    TensorArray parts = tf.tensorArray(DType.FLOAT64, 0).split(x, lengths);
    Map<Output, ?> halves = Map.of(lengths, new long[] {2, 2});
    expect(parts.read(1), halves, 3, 4);
    expect(parts.write(0, new double[] {7, 8}).concat(), halves, 7, 8, 3, 4);
    Output y = tf.multiply(parts.concat(), parts.read(0).get("::-1").get("0"));
    expect(tf.gradients(y, x).get(0), halves, 2, 12, 2, 2);
    String message = refusal(parts.read(1), Map.of(lengths, new long[] {1, 3}));
    assertTrue(message.contains("all lengths must be 2: element [0] is 1"), message);
  }

  /** The expected values are TensorFlow's. */
  @Test
  void listsAreWhatTensorFlowMakesOfThem() {
    Output rows = tf.reshape(x, 2, 2);
    Output shape = tf.constant(new int[] {2});
    Output list = tf.result(new ListStackOps.TensorListFromTensor(), rows, shape);
    Output item = tf.multiply(tf.gather(rows, 0), 5);
    list = tf.result(new ListElementOps.TensorListSetItem(false), list, tf.constant(1), item);
    List<Output> popped =
        tf.apply(new ListQueueOps.TensorListPopBack(DType.FLOAT64), list, shape).outputs();
    list =
        tf.result(new ListQueueOps.TensorListPushBack(), popped.get(0), tf.square(popped.get(1)));
    list = tf.result(new ListSizeOps.TensorListResize(), list, tf.constant(4));
    Output got =
        tf.result(new ListElementOps.TensorListGetItem(DType.FLOAT64), list, tf.constant(1), shape);
    Output all = tf.result(new ListStackOps.TensorListStack(DType.FLOAT64, 4), list, shape);
    Output y = tf.add(tf.reduceSum(got), tf.reduceSum(tf.square(all.get("0:2"))));
    expect(y, 10755);
    expect(tf.gradients(y, x).get(0), 2552, 20104, 0, 0);
  }

  @Test
  void anArrayGrowsIfItIsToldTo() {
    TensorArrayOptions options = TensorArrayOptions.defaults().dynamicSize(true);
    TensorArray array = tf.tensorArray(DType.FLOAT64, 0, options);
    TensorArray grown = array.write(n, x).write(1, tf.negative(x));
    expect(grown.size(), 5);
    expect(grown.gather(new int[] {1, 4}), -1, -2, -3, -4, 1, 2, 3, 4);
    expect(tf.gradients(grown.stack(), x).get(0), 0, 0, 0, 0);
    expect(tf.gradients(grown.read(4), x).get(0), 1, 1, 1, 1);
  }

  @Test
  void aLoopMayGrowAnArray() {
    TensorArrayOptions growing = TensorArrayOptions.defaults().dynamicSize(true);
    Output y = products(tf.tensorArray(DType.FLOAT64, 0, growing)).stack();
    expect(y, 1, 2, 6, 24);
    expect(y, Map.of(n, 2), 1, 2);
    // What third ones take of turns whose lists differ in size is not added up.
    differentiates(tf.square(y), Map.of(n, 3), 2);
  }

  @Test
  void loopsPushAndPop() {
    Output empty =
        tf.result(
            new ListStackOps.EmptyTensorList(DType.FLOAT64), tf.constant(-1), tf.constant(-1));
    Output pushed =
        tf.whileLoop(
                v -> tf.less(v.get(0), n),
                v -> {
                  Output square = tf.square(tf.gather(x, v.get(0)));
                  return List.of(
                      tf.add(v.get(0), 1),
                      tf.result(new ListQueueOps.TensorListPushBack(), v.get(1), square));
                },
                List.of(0, empty))
            .get(1);
    Output y =
        tf.whileLoop(
                v -> tf.less(v.get(0), n),
                v -> {
                  List<Output> popped =
                      tf.apply(
                              new ListQueueOps.TensorListPopBack(DType.FLOAT64),
                              v.get(1),
                              tf.constant(new int[0]))
                          .outputs();
                  Output sum = tf.add(tf.multiply(v.get(2), 2), popped.get(1));
                  return List.of(tf.add(v.get(0), 1), popped.get(0), sum);
                },
                List.of(0, pushed, tf.zerosLike(one)))
            .get(2);
    expect(y, 173);
    expect(y, Map.of(n, 2), 9);
    expect(y, Map.of(n, 0), 0);
    Output dx = tf.gradients(y, x).get(0);
    expect(dx, 2, 8, 24, 64);
    expect(dx, Map.of(n, 0), 0, 0, 0, 0);
    differentiates(tf.square(y), Map.of(n, 3));
  }

  @Test
  void aTurnThatWritesBehindTheEndIsNamed() {
    Output stacked = products(tf.tensorArray(DType.FLOAT64, 3)).stack();
    ExecutionException failure =
        assertThrows(ExecutionException.class, () -> run(stacked, Map.of()));
    String message = String.valueOf(failure.getMessage());
    assertTrue(message.contains("the index must be in [0, 3)"), message);
    assertTrue(message.contains("it is 3"), message);
    assertTrue(message.contains("(TensorListSetItem)"), message);
    assertTrue(message.contains("called by while (StatelessWhile)"), message);
    expect(stacked, Map.of(n, 3), 1, 2, 6);
  }

  @Test
  void whatHasNoShapeYetIsNotRead() {
    TensorArray array = tf.tensorArray(DType.FLOAT64, 3);
    String message = refusal(array.stack(), Map.of());
    assertTrue(message.contains("no element of the list, which has 3, was set"), message);
    message = refusal(array.read(n), Map.of(n, 0));
    assertTrue(message.contains("give an element shape"), message);
  }
}
