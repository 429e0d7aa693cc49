package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.FeedException;
import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.MillraceException;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.UninitializedException;
import io.millrace.ops.array.IdentityOps;
import io.millrace.ops.state.ResourceGatherOps;
import io.millrace.ops.state.ResourceOps;
import io.millrace.ops.state.Shared;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Variables that are taken by handles. */
class ResourceVariableTest {
  private static final Variable.Options RESOURCE = Variable.Options.defaults().useResource(true);

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private Variable variable(Object value, String name) {
    return tf.variable(value, name, RESOURCE);
  }

  private Session session() {
    Session session = new Session(graph, SessionOptions.defaults().device("reference"));
    session.run(tf.globalVariablesInitializer());
    return session;
  }

  private Output after(Output first, Supplier<Output> build) {
    try (Graph.Scope scope = graph.controlDependencies(List.of(first.operation()))) {
      return build.get();
    }
  }

  private static void assertRefused(String message, Executable what) {
    MillraceException refusal = assertThrows(MillraceException.class, what);
    assertTrue(String.valueOf(refusal.getMessage()).contains(message), refusal.getMessage());
    assertTrue(
        String.valueOf(refusal.getMessage()).contains("(ResourceVariableTest.java:"),
        refusal.getMessage());
  }

  @Test
  void isMadeAsTensorFlowMakesIt() {
    Variable w = variable(new float[] {1, 2}, "w");
    assertTrue(w.isResource());
    assertEquals("w float32[2]", w.toString());
    assertEquals("VarHandleOp", graph.operation("w").type());
    assertEquals("AssignVariableOp", graph.operation("w/Assign").type());
    assertEquals("w/Read/ReadVariableOp:0", w.asOutput().name());
    assertEquals("w:0 resource(float32[2])", w.reference().toString());
  }

  /** Each use of the variable reads it there; what was read stays what it was. */
  @Test
  void isReadWhereItIsUsed() {
    Variable q = variable(1f, "q");
    Output early = q.readValue();
    Output before = tf.multiply(q, 2f);
    Output up = q.assignAdd(10f);
    Output after = after(up, () -> tf.multiply(q, 2f));
    Output earlyUsedLate = after(up, () -> tf.multiply(early, 2f));
    try (Session session = session()) {
      List<Tensor> results = session.run(List.of(before, after, earlyUsedLate, up)).tensors();
      assertEquals(2, results.get(0).floatValue());
      assertEquals(22, results.get(1).floatValue());
      assertEquals(2, results.get(2).floatValue());
      assertEquals(11, results.get(3).floatValue());
      assertEquals(11, session.run(q).floatValue());
    }
  }

  @Test
  void writesInARowFollowEachOther() {
    Variable q = variable(new int[] {1, 2, 3}, "q");
    Output first = tf.assign(q, new int[] {10, 20, 30});
    Output second = tf.scatterAdd(first, new int[] {0, 2, 0}, new int[] {1, 2, 4});
    Output third = tf.assignSub(second, new int[] {1, 1, 1});
    try (Session session = session()) {
      assertArrayEquals(new int[] {14, 19, 31}, session.run(third).toIntArray());
      assertArrayEquals(new int[] {14, 19, 31}, session.run(q).toIntArray());
    }
  }

  @Test
  void tellsWhetherItHasAValue() {
    Variable q = variable(1f, "q");
    Output is = tf.isVariableInitialized(q);
    assertEquals("VarIsInitializedOp", is.operation().type());
    try (Session session = new Session(graph, SessionOptions.defaults().device("reference"))) {
      assertFalse(session.run(is).booleanValue());
      UninitializedException refusal =
          assertThrows(UninitializedException.class, () -> session.run(q));
      assertTrue(String.valueOf(refusal.getMessage()).contains("q float32[] made at"));
      session.run(q.initializer());
      assertTrue(session.run(is).booleanValue());
    }
  }

  @Test
  void takesAnyShapeIfMadeWithoutOne() {
    Variable v = tf.variable(new float[] {1}, "v", RESOURCE.validateShape(false));
    Output longer = tf.assign(v, new float[] {1, 2, 3}, false);
    Output size = tf.result(new ResourceOps.VariableShape(DType.INT32), v.reference());
    assertEquals(Shape.unknown(), v.shape());
    try (Session session = session()) {
      assertArrayEquals(new int[] {1}, session.run(size).toIntArray());
      assertArrayEquals(new float[] {1, 2, 3}, session.run(longer).toFloatArray());
      assertArrayEquals(new int[] {3}, session.run(size).toIntArray());
      session.set(v, new float[][] {{1, 2}});
      assertArrayEquals(new int[] {1, 2}, session.run(size).toIntArray());
    }
  }

  @Test
  void oneSharedNameIsOneVariable() {
    Output a =
        tf.withName("a")
            .result(new ResourceOps.VarHandleOp(DType.FLOAT32, Shape.of(2), shared("one")));
    Output b =
        tf.withName("b")
            .result(new ResourceOps.VarHandleOp(DType.FLOAT32, Shape.of(2), shared("one")));
    Output other =
        tf.withName("c")
            .result(
                new ResourceOps.VarHandleOp(
                    DType.FLOAT32, Shape.of(2), new Shared("apart", "one")));
    Output fromA = tf.result(new ResourceOps.ReadVariableOp(DType.FLOAT32), a);
    Output written = tf.assign(b, new float[] {3, 4});
    Output fromC = tf.result(new ResourceOps.ReadVariableOp(DType.FLOAT32), other);
    try (Session session = session()) {
      session.run(written);
      assertArrayEquals(new float[] {3, 4}, session.run(fromA).toFloatArray());
      assertThrows(UninitializedException.class, () -> session.run(fromC));
    }
    Output wide = tf.result(new ResourceOps.VarHandleOp(DType.FLOAT32, Shape.of(3), shared("one")));
    Output sum = tf.reduceSum(tf.result(new ResourceOps.ReadVariableOp(DType.FLOAT32), wide));
    try (Session session = session()) {
      assertRefused(
          "the variable 'one' is float32[3] here, but float32[2] where it was made at",
          () -> session.run(List.of(fromA, sum)));
    }
  }

  private static Shared shared(String name) {
    return new Shared("", name);
  }

  @Test
  void handlesPassThroughIdentity() {
    Variable q = variable(5f, "q");
    Output same = tf.result(new IdentityOps.Identity(), q.reference());
    assertEquals("resource(float32[])", same.type().toString());
    Output read = tf.result(new ResourceOps.ReadVariableOp(DType.FLOAT32), same);
    Output up = tf.assignAdd(same, 1f);
    try (Session session = session()) {
      assertEquals(5, session.run(read).floatValue());
      assertEquals(6, session.run(up).floatValue());
      assertEquals(6, session.run(q).floatValue());
    }
  }

  @Test
  void handlesAreNoTensors() {
    Variable q = variable(5f, "q");
    Output handle = q.reference();
    assertRefused("must be numeric, not resource", () -> tf.add(handle, handle));
    assertRefused("must be numbers or booleans, not resource", () -> tf.shape(handle));
    assertRefused("resource is no type of elements", () -> tf.placeholder(DType.RESOURCE));
    assertRefused("cannot be variant", () -> tf.zeros(DType.VARIANT, 2));
    assertRefused("cannot be resource", () -> tf.constant(1, DType.RESOURCE));
    assertRefused("resource is no type of elements", () -> tf.cast(q, DType.RESOURCE));
    assertThrows(IllegalArgumentException.class, () -> Tensor.zeros(DType.RESOURCE));
    try (Session session = session()) {
      assertRefused("cannot fetch q:0 resource(float32[])", () -> session.run(handle));
      assertRefused("cannot fetch q:0 resource(float32[])", () -> session.run("q"));
      Map<Object, Object> feeds = Map.of(q, 1f);
      assertRefused(
          "cannot feed q:0 resource(float32[]), which is a handle and has no elements: "
              + "set the variable in the session",
          () -> session.run(q, feeds));
      assertThrows(FeedException.class, () -> session.run(q, Map.of("q:0", 1f)));
      session.set("q", 7f);
      assertEquals(7, session.run(q).floatValue());
    }
  }

  @Test
  void typesMustFit() {
    Variable q = variable(new float[] {1, 2}, "q");
    assertRefused(
        "input 0 is a handle of a variable float32[2], not of int32",
        () -> tf.result(new ResourceOps.ReadVariableOp(DType.INT32), q.reference()));
    assertRefused(
        "a variable of shape [2] does not take a value of shape [3]",
        () -> tf.assign(q, new float[] {1, 2, 3}));
    assertThrows(GraphException.class, () -> tf.assign(tf.add(q, 1f), 3f));
  }

  /** The gradient by a variable is that by all its reads, where it is gathered too. */
  @Test
  void gradientsReachTheVariable() {
    Variable w = variable(new double[] {1, 2, 3}, "w");
    Output rows =
        tf.result(
            new ResourceGatherOps.ResourceGather(DType.FLOAT64, 0),
            w.reference(),
            tf.constant(new int[] {2, 0, 2}));
    Output at =
        tf.result(
            new ResourceGatherOps.ResourceGatherNd(DType.FLOAT64),
            w.reference(),
            tf.constant(new int[][] {{1}}));
    Output y =
        tf.addN(
            List.of(
                tf.reduceSum(tf.square(w)),
                tf.reduceSum(tf.multiply(rows, new double[] {1, 10, 100})),
                tf.reduceSum(tf.square(at))));
    Output slope = tf.gradients(y, w).get(0);
    assertEquals("float64[3]", slope.type().toString());
    try (Session session = session()) {
      assertArrayEquals(
          new double[] {2 + 10, 4 + 4, 6 + 101}, session.run(slope).toDoubleArray(), 1e-12);
    }
  }

  @Test
  void optimizersTrainIt() {
    Variable w = variable(new double[] {1, -2}, "w");
    Variable r = tf.variable(new double[] {1, -2}, "r");
    Variable step = tf.variable(0L, "step", Variable.Options.notTrainable().useResource(true));
    Output loss = tf.add(tf.reduceSum(tf.square(w)), tf.reduceSum(tf.square(r)));
    for (Optimizer optimizer :
        List.of(
            tf.train.adam(0.1f),
            tf.train.momentum(0.1f, 0.9f),
            tf.train.adagrad(0.1f),
            tf.train.gradientDescent(0.1f))) {
      Operation train = optimizer.minimize(loss, step);
      assertEquals(
          1,
          graph.operations().stream()
              .filter(o -> o.type().equals("ResourceApply" + optimizer.name()))
              .count());
      try (Session session = session()) {
        session.run(train);
        session.run(train);
        assertEquals(2, session.run(step).longValue());
        assertFalse(Arrays.equals(new double[] {1, -2}, session.run(w).toDoubleArray()));
        assertArrayEquals(
            session.run(r).toDoubleArray(), session.run(w).toDoubleArray(), optimizer.name());
      }
    }
  }
}
