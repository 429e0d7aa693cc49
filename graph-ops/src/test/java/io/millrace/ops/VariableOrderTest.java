package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.ops.math.ElementwiseOps;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is seen of a variable by whoever reads it before or after a write. Where control
 * dependencies order all, the values are what TensorFlow 2.21 gives in graph mode for variables
 * that are references, in each of 20 runs.
 */
class VariableOrderTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Variable q = tf.variable(new float[] {1, 2}, "q");

  /** Ways to read a variable. */
  private static final Map<String, BiFunction<Ops, Variable, Output>> READS =
      Map.of(
          "read", (tf, q) -> q.asOutput(),
          "identity", (tf, q) -> tf.identity(q),
          "value", (tf, q) -> q.readValue(),
          "behind a switch", (tf, q) -> tf.identity(tf.refSwitch(q, true).get(1)),
          "behind a merge", (tf, q) -> tf.identity(merged(tf, q)),
          "renamed", (tf, q) -> tf.identity(tf.refIdentity(q)),
          "selected", (tf, q) -> tf.identity(tf.refSelect(0, q)));

  private static Output merged(Ops tf, Variable q) {
    List<Output> sides = tf.refSwitch(q, false);
    return tf.refMerge(sides.get(0), sides.get(1)).get(0);
  }

  /** What hands on the memory of what it is given. */
  private static final Map<String, BiFunction<Ops, Output, Output>> SAME =
      Map.of(
          "nothing", (tf, x) -> x,
          "identity", Ops::identity,
          "stopGradient", Ops::stopGradient,
          "identityN", (tf, x) -> tf.identityN(List.of(tf.constant(3f), x)).get(1),
          "reshape", (tf, x) -> tf.reshape(x, tf.constant(new int[] {2, 1})),
          "expandDims", (tf, x) -> tf.expandDims(x, 0),
          "cast to its own type", (tf, x) -> tf.cast(x, DType.FLOAT32),
          "both", (tf, x) -> tf.identity(tf.reshape(tf.identity(x), 1, 2)),
          "an operation that casts to its own type",
              (tf, x) ->
                  tf.graph()
                      .add(new ElementwiseOps.Cast(DType.FLOAT32), "cast", List.of(x))
                      .output(0));

  /** Ways to make 11 and 12 of 1 and 2. */
  private static final Map<String, BiFunction<Ops, Variable, Operation>> WRITES =
      Map.of(
          "assign", (tf, q) -> q.assign(new float[] {11, 12}).operation(),
          "assign behind a switch",
              (tf, q) -> tf.assign(tf.refSwitch(q, true).get(1), new float[] {11, 12}).operation(),
          "add behind a merge",
              (tf, q) -> tf.assignAdd(merged(tf, q), new float[] {10, 10}).operation(),
          "scatter selected and renamed",
              (tf, q) ->
                  tf.scatterAdd(
                          tf.refSelect(0, tf.refIdentity(q)),
                          new int[] {0, 1},
                          new float[] {10, 10})
                      .operation(),
          "assignAdd", (tf, q) -> q.assignAdd(new float[] {10, 10}).operation(),
          "assignSub", (tf, q) -> q.assignSub(new float[] {-10, -10}).operation(),
          "scatterAdd",
              (tf, q) -> tf.scatterAdd(q, new int[] {0, 1}, new float[] {10, 10}).operation(),
          "descent",
              (tf, q) -> tf.train.gradientDescent(10).minimize(tf.negative(tf.reduceSum(q))));

  private static Stream<Arguments> cases() {
    return READS.keySet().stream()
        .flatMap(
            read ->
                SAME.keySet().stream()
                    .flatMap(
                        same ->
                            WRITES.keySet().stream()
                                .map(write -> Arguments.of(read, same, write))));
  }

  private Output after(Operation first, Function<Ops, Output> made) {
    Graph.Scope scope = graph.controlDependencies(List.of(first));
    try (scope) {
      return made.apply(tf);
    }
  }

  private Session session() {
    return new Session(graph, SessionOptions.defaults().device("reference"));
  }

  private List<float[]> run(Object... wanted) {
    try (Session session = session()) {
      session.run(q.initializer());
      return session.run(List.of(wanted)).tensors().stream().map(Tensor::toFloatArray).toList();
    }
  }

  private void assertRuns(Output wanted, float... values) {
    assertArrayEquals(values, run(wanted).get(0));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whoeverComesAfterAWriteSeesIt(String reading, String handingOn, String writing) {
    Output read = SAME.get(handingOn).apply(tf, READS.get(reading).apply(tf, q));
    Output changed = tf.negative(read);
    Output split = tf.split(tf.reshape(read, -1), 2).get(0);
    Operation write = WRITES.get(writing).apply(tf, q);
    Output doubled = after(write, ops -> ops.multiply(read, 2));
    Output own = after(write, ops -> ops.add(changed, 0));
    Output part = after(write, ops -> ops.add(split, 0));
    Output same = after(write, ops -> ops.identity(read));
    Operation again =
        after(doubled.operation(), ops -> ops.assign(q, new float[] {100, 100})).operation();
    Graph.Scope scope = graph.controlDependencies(List.of(same.operation(), again));
    Output late;
    Output kept;
    try (scope) {
      late = tf.multiply(same, 1);
      kept = tf.multiply(doubled, 1);
    }
    assertRuns(doubled, 22, 24);
    assertRuns(own, -1, -2);
    assertRuns(part, 1);
    assertRuns(same, 11, 12);
    assertRuns(late, 100, 100);
    assertRuns(kept, 22, 24);
  }

  @Test
  void aWriteReachesTheVariableOnTheSideTaken() {
    Variable other = tf.variable(new float[] {3, 4}, "other");
    Output side = tf.placeholder(DType.BOOL, Shape.scalar(), "side");
    Output number = tf.placeholder(DType.INT32, Shape.scalar(), "number");
    Output merged =
        tf.refMerge(tf.refSwitch(q, side).get(1), tf.refSwitch(other, side).get(0)).get(0);
    Output one = tf.assignAdd(merged, new float[] {10, 10});
    Output two = tf.assignAdd(tf.refSelect(number, q, other), new float[] {100, 100});
    try (Session session = session()) {
      session.run(tf.globalVariablesInitializer());
      session.run(one, Map.of(side, false));
      assertArrayEquals(new float[] {13, 14}, session.run(other).toFloatArray());
      session.run(one, Map.of(side, true));
      session.run(two, Map.of(number, 0));
      assertArrayEquals(new float[] {111, 112}, session.run(q).toFloatArray());
      session.run(two, Map.of(number, 1));
      assertArrayEquals(new float[] {113, 114}, session.run(other).toFloatArray());
      assertArrayEquals(new float[] {111, 112}, session.run(q).toFloatArray());
    }
  }

  @Test
  void whatWasComputedBeforeAWriteStays() {
    Output loss = tf.reduceSum(tf.multiply(q, q));
    Operation step = tf.train.gradientDescent(0.25).minimize(loss);
    Output later = tf.reduceSum(tf.multiply(q, q));
    Output waits = after(step, ops -> ops.reduceSum(q));
    List<float[]> values = run(loss, step, later, waits);
    assertEquals(5, values.get(0)[0]);
    assertEquals(1.25f, values.get(1)[0]);
    assertEquals(1.5f, values.get(2)[0]);
  }

  @Test
  void aFetchIsWhatItsOperationSaw() {
    Output read = tf.identity(q);
    Output one = q.assignAdd(new float[] {1, 1});
    Output seen = tf.identity(read);
    Output two = q.assignAdd(new float[] {1, 1});
    Output user = tf.multiply(read, 1);
    List<float[]> values = run(read, one, seen, two, user, q);
    assertArrayEquals(new float[] {1, 2}, values.get(0));
    assertArrayEquals(new float[] {2, 3}, values.get(1));
    assertArrayEquals(new float[] {2, 3}, values.get(2));
    assertArrayEquals(new float[] {3, 4}, values.get(3));
    assertArrayEquals(new float[] {3, 4}, values.get(4));
    assertArrayEquals(new float[] {1, 2}, values.get(5));
  }

  @Test
  void whatIsFedForAReadStays() {
    Operation write = q.assign(new float[] {11, 12}).operation();
    Output doubled = after(write, ops -> ops.multiply(q, 2));
    Output same = tf.identity(q);
    Output last = after(q.assign(new float[] {7, 7}).operation(), ops -> ops.multiply(same, 2));
    try (Session session = session()) {
      session.run(q.initializer());
      Map<Output, float[]> feeds = Map.of(q.asOutput(), new float[] {5, 6});
      List<Tensor> values = session.run(List.of(doubled, last), feeds);
      assertArrayEquals(new float[] {10, 12}, values.get(0).toFloatArray());
      assertArrayEquals(new float[] {10, 12}, values.get(1).toFloatArray());
    }
  }

  @Test
  void anAverageFollowsTheStep() {
    Variable average = tf.variable(new float[] {1, 2}, "average", Variable.Options.notTrainable());
    Operation step = tf.train.gradientDescent(1).minimize(tf.reduceSum(q));
    Output moved =
        after(step, ops -> average.assignSub(ops.multiply(ops.subtract(average, q), 0.5f)));
    try (Session session = session()) {
      session.run(tf.globalVariablesInitializer());
      assertArrayEquals(new float[] {0.5f, 1.5f}, session.run(moved).toFloatArray());
      assertArrayEquals(new float[] {-0.25f, 0.75f}, session.run(moved).toFloatArray());
    }
  }

  @Test
  void shapesFollowWhatAVariableHoldsByThen() {
    Variable n = tf.variable(2, "n", Variable.Options.notTrainable());
    Output seen = tf.identity(n);
    Output before = tf.fill(tf.stack(List.of(seen)), 1f);
    Output kept = tf.multiply(seen, 1);
    Operation grown = n.assignAdd(3).operation();
    Output after = after(grown, ops -> ops.fill(ops.stack(List.of(seen)), 1f));
    Output again = tf.fill(tf.stack(List.of(kept, seen)), 1f);
    Operation last = n.assign(1).operation();
    Output late = after(last, ops -> ops.fill(ops.stack(List.of(n, seen, kept)), 1f));
    try (Session session = session()) {
      session.run(tf.globalVariablesInitializer());
      for (int start = 2; start < 4; start++) {
        session.run(n.assign(start)).close();
        List<Tensor> values = session.run(List.of(before, after, again, late));
        assertEquals(
            List.of(
                Shape.of(start),
                Shape.of(start + 3),
                Shape.of(start, start + 3),
                Shape.of(1, 1, start)),
            values.stream().map(Tensor::shape).toList());
      }
    }
  }

  @Test
  void namesForAVariableOutliveAStage() {
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1), "x");
    Output column = tf.reshape(q, tf.stack(List.of(tf.size(tf.where(tf.greater(x, 0f))), 1)));
    Output before = tf.multiply(column, 10);
    Output write = tf.assign(q, tf.booleanMask(x, tf.less(x, 9f)));
    Output after = after(write.operation(), ops -> ops.multiply(column, 10));
    Output most = tf.booleanMask(x, tf.greater(x, 4f));
    try (Session session = session()) {
      session.run(q.initializer());
      Map<Output, float[]> feeds = Map.of(x, new float[] {5, 0, 9});
      List<Tensor> values = session.run(List.of(before, after, most, column), feeds);
      assertArrayEquals(new float[] {10, 20}, values.get(0).toFloatArray());
      assertArrayEquals(new float[] {50, 0}, values.get(1).toFloatArray());
      assertEquals(Shape.of(2, 1), values.get(1).shape());
      assertArrayEquals(new float[] {5, 9}, values.get(2).toFloatArray());
      assertArrayEquals(new float[] {1, 2}, values.get(3).toFloatArray());
    }
  }

  @Test
  void aShapeThatWasReadStaysAndANameFollows() {
    Variable v =
        tf.variable(new float[] {1, 2}, "v", Variable.Options.defaults().validateShape(false));
    Output same = tf.identity(v);
    Output shape = tf.shape(same);
    Operation write = tf.assign(v, new float[] {1, 2, 3}, false).operation();
    Output total = after(write, ops -> ops.reduceSum(same));
    Output now = after(write, ops -> ops.shape(same));
    Output filled = after(write, ops -> ops.fill(shape, 1f));
    try (Session session = session()) {
      session.run(v.initializer());
      List<Tensor> values = session.run(List.of(total, now, filled, shape));
      assertEquals(6, values.get(0).floatValue());
      assertArrayEquals(new int[] {3}, values.get(1).toIntArray());
      assertEquals(Shape.of(2), values.get(2).shape());
      assertArrayEquals(new int[] {2}, values.get(3).toIntArray());
    }
  }

  @Test
  void aLongRowOfNamesIsFollowed() {
    Output name = q.asOutput();
    for (int i = 0; i < 20_000; i++) {
      name = tf.identity(name);
    }
    Output last = name;
    Operation write = q.assign(new float[] {11, 12}).operation();
    assertRuns(after(write, ops -> ops.multiply(last, 2)), 22, 24);
  }
}
