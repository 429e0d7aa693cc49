package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Operand;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class FacadeTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private String value(Operand fetch) {
    SessionOptions options = SessionOptions.defaults().device("reference");
    try (Session session = new Session(graph, options);
        Tensor result = session.run(fetch)) {
      return result.toString().replaceAll("\\s+", " ");
    }
  }

  private static String refusal(Executable mistake) {
    String message = assertThrows(GraphException.class, mistake).getMessage();
    assertTrue(message.contains("(FacadeTest.java:"), message);
    return message;
  }

  @Test
  void mistakesNameTheOperationAndTheLine() {
    Output x = tf.ones(2);
    String text = refusal(() -> tf.add(x, "two"));
    assertTrue(text.startsWith("[AddV2] ") && text.contains("java.lang.String"), text);
    String ragged = refusal(() -> tf.matmul(new float[][] {{1, 2}, {3}}, x));
    assertTrue(ragged.startsWith("[MatMul] ") && ragged.contains("ragged"), ragged);
    assertTrue(refusal(() -> tf.exp(null)).startsWith("[exp] input 0 of Exp is null"));
    String lossy = refusal(() -> tf.multiply(tf.constant(new int[] {1}), 0.5));
    assertTrue(lossy.startsWith("[Mul] ") && lossy.contains("0.5 does not fit int32"), lossy);
  }

  @Test
  void numbersTakeTheTypeBesideThem() {
    assertEquals(DType.FLOAT64, tf.multiply(2, tf.constant(new double[] {1})).dtype());
    assertEquals(DType.INT64, tf.add(tf.constant(3L), 1).dtype());
    Output condition = tf.constant(new boolean[] {true, false});
    assertEquals("[1. 0.]", value(tf.where(condition, 1f, 0f)));
    assertEquals("[2. 0.]", value(tf.where(condition, 2, tf.zeros(2))));
  }

  @Test
  void namesAreTensorFlows() {
    assertEquals("AddV2", tf.add(1f, 2f).operation().name());
    assertEquals("sum", tf.withName("sum").add(1f, 2f).operation().name());
    Graph.Scope scope = tf.nameScope("layer");
    try (scope) {
      assertEquals("layer/Relu6ish", tf.withName("Relu6ish").identity(1f).operation().name());
    }
  }

  @Test
  void divisionRoundsAsTensorFlows() {
    int[] x = {7, -7, 7, -7};
    int[] y = {2, 2, -2, -2};
    assertEquals("[ 3 -4 -4 3]", value(tf.floordiv(x, y)));
    assertEquals("[ 1 1 -1 -1]", value(tf.floormod(x, y)));
    assertEquals("[ 3 -3 -3 3]", value(tf.truncatediv(x, y)));
    assertEquals("[ 1 -1 1 -1]", value(tf.truncatemod(x, y)));
    Output quotient = tf.truediv(x, y);
    assertEquals(DType.FLOAT64, quotient.dtype());
    assertEquals("[ 3.5 -3.5 -3.5 3.5]", value(quotient));
    assertEquals("[0. 2.]", value(tf.divNoNan(new float[] {1, 4}, new float[] {0, 2})));
    assertEquals("[ 0. -2. 2.]", value(tf.round(new float[] {0.5f, -1.5f, 2.5f})));
    assertEquals("[ 7 -7 7 -7]", value(tf.round(x)));
  }

  @Test
  void nanSpreadsThroughExtremes() {
    float[] x = {Float.NaN, 1, 2};
    assertEquals("[nan 1. 2.]", value(tf.maximum(x, new float[] {0, 0, 0})));
    assertEquals("nan", value(tf.reduceMin(x)));
    assertEquals("[ True False False]", value(tf.isNan(x)));
    assertEquals("[ True False False]", value(tf.notEqual(x, x)));
  }

  @Test
  void axesOfReductions() {
    int[][] x = {{1, 2, 3}, {4, 5, 6}};
    assertEquals("21", value(tf.reduceSum(x)));
    assertEquals("[5 7 9]", value(tf.reduceSum(x, 0)));
    assertEquals("[[ 6] [15]]", value(tf.reduceSum(x, true, -1)));
    assertEquals("[[21]]", value(tf.reduceSum(x, true)));
    assertEquals("3", value(tf.reduceMean(x)));
    assertEquals("[1 1 1]", value(tf.argmax(x, 0)));
    assertEquals("[0 0]", value(tf.argmin(x, 1)));
  }

  @Test
  void shapesAreKnownWhereTheyCanBe() {
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1, 4));
    assertEquals(Shape.of(4, -1), tf.transpose(x).shape());
    assertEquals(Shape.of(-1, 2, 2), tf.reshape(x, -1, 2, 2).shape());
    assertEquals(Shape.of(-1, 1, 4), tf.expandDims(x, 1).shape());
    assertEquals(Shape.of(4), tf.reduceMean(x, 0).shape());
    assertEquals(Shape.of(-1, 6), tf.concat(List.of(x, tf.slice(x, l(0, 1), l(-1, 2))), 1).shape());
    assertEquals(Shape.of(-1, 7), tf.pad(x, new int[][] {{0, 0}, {1, 2}}).shape());
    assertEquals(4, tf.unstack(x, 1).size());
    assertEquals(Shape.of(-1, 4, 10), tf.oneHot(tf.cast(x, DType.INT32), 10).shape());
  }

  private static long[] l(long... values) {
    return values;
  }

  @Test
  void makingTensors() {
    assertEquals("[[1. 0.] [0. 1.]]", value(tf.eye(2)));
    assertEquals("[1. 1.]", value(tf.ones(2)));
    assertEquals("[False False]", value(tf.zeros(DType.BOOL, 2)));
    assertEquals("[[7 7]]", value(tf.fill(new int[] {1, 2}, 7)));
    assertEquals("[5 3 1]", value(tf.range(5, 0, -2)));
    assertEquals("[0 1 2]", value(tf.range(3)));
    assertEquals("[ True False]", value(tf.logicalXor(new boolean[] {true, true}, b(false, true))));
  }

  private static boolean[] b(boolean... values) {
    return values;
  }

  @Test
  void groupsRunTheirOperations() {
    Operation a = tf.noOp();
    Operation group = tf.group(a, tf.ones(2).operation());
    assertEquals("group_deps", group.name());
    assertEquals(2, group.controlInputs().size());
  }

  @Test
  void arraysKeepTheirTypeBesideAxesShapesAndPaddings() {
    float[][] x = {{1, 2}, {3, 4}};
    long[] big = {1L << 40, 2};
    assertEquals("[4. 6.]", value(tf.reduceSum(x, 0)));
    assertEquals("[1.5 3.5]", value(tf.reduceMean(x, 1)));
    assertEquals("1099511627778", value(tf.reduceSum(big, 0)));
    assertEquals("[1 1]", value(tf.argmax(x, 1)));
    assertEquals("[1. 2. 3. 4.]", value(tf.reshape(x, 4)));
    assertEquals("[[1. 3.] [2. 4.]]", value(tf.transpose(x, 1, 0)));
    assertEquals(Shape.of(1, 2, 2), tf.expandDims(x, 0).shape());
    assertEquals("[[[1. 2.] [3. 4.]]]", value(tf.broadcastTo(x, 1, 2, 2)));
    assertEquals("[[2.]]", value(tf.slice(x, new long[] {0, 1}, new long[] {1, 1})));
    assertEquals("[0 7]", value(tf.pad(new long[] {7}, new int[][] {{1, 0}})));
    assertEquals(DType.INT64, tf.reshape(big, 2, 1).dtype());
    assertEquals("[False]", value(tf.reduceAll(new boolean[][] {{true, false}}, 1)));
  }

  @Test
  void constantsTakeTheWishedName() {
    assertEquals("five:0", tf.withName("five").constant(5).name());
    assertEquals("six:0", tf.withName("six").constant(6, DType.FLOAT64).name());
    assertTrue(
        refusal(() -> tf.constant(Tensor.of(1f), DType.INT32)).contains("float32[] is not int32"));
  }

  @Test
  void sizesThatOverflowAreRefused() {
    long most = Long.MAX_VALUE;
    Output x = tf.ones(3);
    List<Executable> mistakes =
        List.of(
            () -> tf.pad(x, new long[][] {{most, most}}),
            () -> tf.slice(x, new long[] {1}, new long[] {most}),
            () -> tf.range(Long.MIN_VALUE, most, 1L),
            () -> tf.zeros(most, most),
            () -> tf.reshape(tf.placeholder(DType.FLOAT32, Shape.of(1L << 40, 1L << 40)), -1),
            () ->
                tf.nn.conv2d(
                    tf.ones(1, 4, 4, 1),
                    tf.ones(3, 3, 1, 1),
                    ConvOptions.valid().dilations(most, 1)),
            () ->
                tf.nn.conv2d(
                    tf.ones(1, 4, 4, 1),
                    tf.ones(3, 3, 1, 1),
                    ConvOptions.explicit(most, most, 0, 0)));
    mistakes.forEach(FacadeTest::refusal);
  }

  @Test
  void mistakesFoundBeforeANodeIsMadeNameTheLineToo() {
    Graph other = new Graph();
    Output foreign = Ops.of(other).withName("far").constant(1f);
    Output rate = tf.placeholder(DType.FLOAT32, Shape.of(-1), "unknown");
    refusal(() -> tf.variable(rate, "w"));
    refusal(() -> tf.variable("text", "w"));
    refusal(() -> tf.assign(tf.constant(1f), 2f));
    refusal(() -> tf.nn.softmax(tf.ones(2, 3), 5));
    refusal(() -> tf.nn.dropout(tf.ones(2), Dropout.keep(0)));
    refusal(() -> tf.train.adam().minimize(tf.constant(1f)));
    String mixed = refusal(() -> tf.train.adam().minimize(foreign));
    assertTrue(mixed.contains("the loss far:0 float32[] (made at "), mixed);
  }

  @Test
  void dropoutAtAFedRateOfOneGivesZeros() {
    Output rate = tf.placeholder(DType.FLOAT32, Shape.scalar(), "rate");
    Output dropped = tf.nn.dropout(tf.ones(3), Dropout.rate(rate));
    try (Session session = new Session(graph, SessionOptions.defaults().device("reference"))) {
      assertEquals("[0. 0. 0.]", session.run(dropped, Map.of(rate, 1f)).toString());
      assertEquals("[1. 1. 1.]", session.run(dropped, Map.of(rate, 0f)).toString());
    }
  }
}
