package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.GraphKeys;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.UninitializedException;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VariableTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private Session session() {
    return new Session(graph, SessionOptions.defaults().device("reference"));
  }

  private static void assertRefused(String part, Runnable action) {
    String message = assertThrows(GraphException.class, action::run).getMessage();
    assertTrue(message.contains(part), () -> "'" + part + "' is not in: " + message);
  }

  @Test
  void makesTheOperationsThatTensorFlowMakes() {
    Variable w = tf.variable(new float[] {1, 2}, "layer/w");
    assertEquals(
        List.of("layer/w/initial_value", "layer/w", "layer/w/Assign", "layer/w/read"),
        graph.operations().stream().map(Operation::name).toList());
    assertEquals("layer/w", w.name());
    assertEquals("layer/w_1", tf.variable(1f, "layer/w").name());
    assertEquals("layer/w float32[2]", w.toString());
    assertEquals(w.asOutput(), w.value());
  }

  @Test
  void joinsTheCollectionsOfTheGraph() {
    Variable w = tf.variable(1f, "w");
    Variable fixed = tf.variable(1f, "fixed", Variable.Options.notTrainable());
    Variable apart = tf.variable(1f, "apart", Variable.Options.notTrainable().collections("mine"));
    assertEquals(List.of(w, fixed), graph.collection(GraphKeys.GLOBAL_VARIABLES));
    assertEquals(List.of(w), graph.collection(GraphKeys.TRAINABLE_VARIABLES));
    assertEquals(List.of(apart), graph.collection("mine"));
    assertFalse(fixed.isTrainable());
  }

  @Test
  void keepsItsValueFromRunToRun() {
    Variable w = tf.variable(new float[] {1, 2}, "w");
    Output more = w.assignAdd(new float[] {10, 20});
    Output less = w.assignSub(new float[] {1, 1});
    Output set = w.assign(new int[] {7, 8});
    try (Session session = session()) {
      session.run(tf.globalVariablesInitializer());
      assertArrayEquals(new float[] {11, 22}, session.run(more).toFloatArray());
      assertArrayEquals(new float[] {10, 21}, session.run(less).toFloatArray());
      assertArrayEquals(new float[] {10, 21}, session.run(w).toFloatArray());
      assertArrayEquals(new float[] {7, 8}, session.run(set).toFloatArray());
    }
  }

  @Test
  void readsAndWritesInTheOrderOfTheGraph() {
    Variable w = tf.variable(1f, "w");
    Output before = tf.multiply(w, 10);
    Output added = w.assignAdd(1f);
    Output between = w.readValue();
    Output doubled = tf.assign(added, tf.multiply(between, 2));
    Output after = w.readValue();
    try (Session session = session()) {
      session.run(w.initializer());
      List<Tensor> values =
          session.run(List.of(after, doubled, between, added, before, w.asOutput()));
      assertArrayEquals(
          new double[] {4, 4, 2, 2, 10, 1},
          values.stream().mapToDouble(Tensor::floatValue).toArray());
    }
  }

  @Test
  void initializesVariablesFromEachOther() {
    Variable first = tf.variable(tf.random.normal(Shape.of(3)), "first");
    Variable second = tf.variable(tf.multiply(first, 2), "second");
    Variable third = tf.variable(0f, "third");
    try (Session session = session()) {
      session.run(tf.variablesInitializer(List.of(first, second)));
      float[] x = session.run(first).toFloatArray();
      assertArrayEquals(
          new float[] {2 * x[0], 2 * x[1], 2 * x[2]}, session.run(second).toFloatArray());
      String message =
          assertThrows(UninitializedException.class, () -> session.run(third)).getMessage();
      assertTrue(message.contains("third"), message);
    }
  }

  @Test
  void doesNotWaitForControlDependencies() {
    Output x = tf.placeholder(DType.FLOAT32, Shape.scalar(), "x");
    Variable seen = tf.variable(0f, "seen");
    Output update = tf.assign(seen, x);
    Variable made;
    Output read;
    Graph.Scope scope = graph.controlDependencies(List.of(update.operation()));
    try (scope) {
      made = tf.variable(5f, "made");
      read = made.readValue();
    }
    try (Session session = session()) {
      session.run(tf.globalVariablesInitializer());
      assertEquals(5, session.run(read, Map.of(x, 3f)).floatValue());
      assertEquals(3, session.run(seen).floatValue());
    }
  }

  @Test
  void refusesWhatItCannotHold() {
    Variable w = tf.variable(new float[] {1, 2}, "w");
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1), "x");
    assertRefused("[VariableV2 'v'] the initial value is x:0", () -> tf.variable(x, "v"));
    assertRefused("shape [2] does not take a value of shape [3]", () -> w.assign(new float[3]));
    assertRefused("must have one type", () -> w.assign(tf.constant(new int[] {1, 2})));
    assertRefused("is not a variable: only variables are written", () -> tf.assign(x, 1f));
    assertRefused("is not a variable", () -> tf.assignAdd(w.asOutput(), 1f));
  }

  @Test
  void checksTheShapeOfAValueThatOnlyTheRunKnows() {
    Variable w = tf.variable(new float[] {1, 2}, "w");
    Output x = tf.placeholder(DType.FLOAT32, Shape.unknown(), "x");
    Output set = w.assign(x);
    try (Session session = session()) {
      assertArrayEquals(
          new float[] {3, 4}, session.run(set, Map.of(x, new float[] {3, 4})).toFloatArray());
      assertRefused(
          "shape [2] does not take a value of shape [3]",
          () -> session.run(set, Map.of(x, new float[3])));
    }
  }

  @Test
  void groupsOperations() {
    Variable a = tf.variable(1f, "a");
    Variable b = tf.variable(2f, "b");
    Operation both = tf.group(a.assign(10f), b.assign(20f));
    try (Session session = session()) {
      session.run(both);
      assertEquals(10, session.run(a).floatValue());
      assertEquals(20, session.run(b).floatValue());
    }
  }

  @Test
  void takesAnotherShapeWhereShapesAreNotValidated() {
    Variable v =
        tf.variable(new float[] {1, 2}, "v", Variable.Options.defaults().validateShape(false));
    assertEquals(Shape.unknown(), v.shape());
    Output x = tf.placeholder(DType.FLOAT32, Shape.unknown(), "x");
    Output set = tf.assign(v, x, false);
    Output after = v.readValue();
    Output total = tf.reduceSum(v);
    try (Session session = session()) {
      assertThrows(UninitializedException.class, () -> session.run(v));
      session.run(tf.globalVariablesInitializer());
      assertEquals(3, session.run(total).floatValue());
      Map<Output, float[][]> wide = Map.of(x, new float[][] {{1, 2, 3}, {4, 5, 6}});
      List<Tensor> both = session.run(List.of(v, set, after, total), wide);
      assertArrayEquals(new float[] {1, 2}, both.get(0).toFloatArray());
      assertEquals(Shape.of(2, 3), both.get(1).shape());
      assertEquals(Shape.of(2, 3), both.get(2).shape());
      assertEquals(21, both.get(3).floatValue());
      assertEquals(Shape.of(2, 3), session.run(v).shape());
      assertEquals(21, session.run(total).floatValue());
      session.run(set, Map.of(x, new float[] {7, 8}));
      assertArrayEquals(new float[] {7, 8}, session.run(v).toFloatArray());
      session.run(set, wide);
      assertEquals(21, session.run(total).floatValue());
      session.run(v.initializer());
      assertArrayEquals(new float[] {1, 2}, session.run(v).toFloatArray());
    }
  }

  @Test
  void changesItsShapeTwiceInOneRun() {
    Variable v = tf.variable(1f, "v", Variable.Options.defaults().validateShape(false));
    Output wide = tf.assign(v, new float[] {1, 2, 3}, false);
    Output sum = tf.reduceSum(wide);
    Output back = tf.assign(v, 5f, false);
    try (Session session = session()) {
      session.run(v.initializer());
      List<Tensor> results = session.run(List.of(sum, back));
      assertEquals(6, results.get(0).floatValue());
      assertEquals(5, results.get(1).floatValue());
      assertEquals(5, session.run(v).floatValue());
    }
  }

  @Test
  void refusesAnotherShapeWhereTheShapeIsFixed() {
    Variable v = tf.variable(new float[] {1}, "v");
    Output wide = tf.assign(v, new float[] {1, 2, 3}, false);
    Output same = tf.assign(v, new float[] {4}, false);
    try (Session session = session()) {
      assertRefused(
          "'v' is always float32[1] and does not become float32[3]", () -> session.run(wide));
      session.run(same);
      assertArrayEquals(new float[] {4}, session.run(v).toFloatArray());
    }
  }

  @Test
  void namesVariablesWithoutAShapeYetWhereShapesDoNotFit() {
    Variable v =
        tf.variable(new float[] {1}, "v", Variable.Options.defaults().validateShape(false));
    Output more = tf.assignAdd(v, new float[] {1, 2});
    try (Session session = session()) {
      assertRefused(
          "no value yet and count as having no elements:\n  v made at io.millrace.ops.VariableTest",
          () -> session.run(more));
      session.run(v.initializer());
      GraphException e = assertThrows(GraphException.class, () -> session.run(more));
      assertFalse(String.valueOf(e.getMessage()).contains("no value yet"));
    }
  }

  @Test
  void saysWhetherItHasAValue() {
    Variable v = tf.variable(new float[] {1, 2}, "v");
    Variable wide = tf.variable(1f, "wide", Variable.Options.defaults().validateShape(false));
    Output before = tf.isVariableInitialized(v);
    Output beforeWide = tf.isVariableInitialized(wide);
    Output after = tf.isVariableInitialized(tf.assign(v, new float[] {3, 4}));
    List<Output> all = List.of(before, beforeWide, after);
    try (Session session = session()) {
      assertEquals(List.of(false, false), booleans(session.run(List.of(before, beforeWide))));
      assertEquals(List.of(false, false, true), booleans(session.run(all)));
      assertEquals(List.of(true, false, true), booleans(session.run(all)));
      session.run(wide.initializer());
      assertEquals(List.of(true, true, true), booleans(session.run(all)));
      session.run(tf.assign(wide, new float[] {7, 8}, false));
      assertTrue(session.run(beforeWide).booleanValue());
    }
    assertRefused("is not a variable", () -> tf.isVariableInitialized(tf.add(v, 1f)));
  }

  @Test
  void whatMayChangeItsShapeIsSetAndReadInTurn() {
    Variable v = tf.variable(1f, "v", Variable.Options.defaults().validateShape(false));
    try (Session session = session()) {
      for (int length : new int[] {1, 2, 1, 1 << 16, 2, 1 << 16, 1, 2}) {
        float[] value = new float[length];
        value[length - 1] = length;
        session.set(v, value);
        assertArrayEquals(value, session.get(v).toFloatArray());
        assertArrayEquals(value, session.run(v).toFloatArray());
      }
    }
  }

  private static List<Boolean> booleans(List<Tensor> tensors) {
    return tensors.stream().map(Tensor::booleanValue).toList();
  }
}
