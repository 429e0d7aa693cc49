package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.ops.array.GridOps;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Holds what the facade composes of several operations to results of TensorFlow 2.21. */
class CompositionsTest {
  private static final double INF = Double.POSITIVE_INFINITY;

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Output x = tf.constant(new double[][] {{1, -2, 3}, {0.5, 4, -1}});
  private final Output v = tf.constant(new double[] {0, 2, -1});

  private static double[] values(Graph graph, Output output, Map<Output, Tensor> feeds) {
    SessionOptions options = SessionOptions.defaults().device("reference");
    try (Session session = new Session(graph, options);
        Tensor result = session.run(output, feeds)) {
      Literal literal = result.toLiteral();
      double[] values = new double[(int) literal.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = literal.getDouble(i);
      }
      return values;
    }
  }

  private void check(Output actual, Shape shape, double... expected) {
    assertEquals(shape, actual.shape());
    double tolerance = actual.dtype() == DType.FLOAT32 ? 1e-6 : 2e-12;
    double[] values = values(graph, actual, Map.of());
    assertEquals(expected.length, values.length);
    for (int i = 0; i < values.length; i++) {
      double scale = Double.isFinite(expected[i]) ? 1 + Math.abs(expected[i]) : 1;
      assertEquals(expected[i], values[i], tolerance * scale);
    }
  }

  private static String refusal(Executable mistake) {
    String message = assertThrows(GraphException.class, mistake).getMessage();
    assertTrue(message.contains("(CompositionsTest.java:"), message);
    return message;
  }

  @Test
  void logarithmsOfSumsOfExponentials() {
    check(tf.reduceLogsumexp(x), Shape.of(), 4.376434839436);
    check(tf.reduceLogsumexp(x, 1), Shape.of(2), 3.132845233728, 4.036269565125);
    check(
        tf.reduceLogsumexp(x, true, 0),
        Shape.of(1, 3),
        1.47407698418,
        4.002475685138,
        3.018149927918);
    Output far = tf.constant(new double[][] {{-INF, -INF}, {1000, 1000}});
    check(tf.reduceLogsumexp(far, 1), Shape.of(2), -INF, 1000.6931471805599);
  }

  @Test
  void variancesAndCounts() {
    check(tf.reduceVariance(x), Shape.of(), 4.368055555556);
    check(tf.reduceVariance(x, 0), Shape.of(3), 0.0625, 9, 4);
    check(tf.reduceStd(x), Shape.of(), Math.sqrt(4.368055555556));
    check(tf.reduceStd(x, true, 1), Shape.of(2, 1), 2.054804667656, 2.094967514996);
    check(tf.countNonzero(v), Shape.of(), 2);
    check(tf.countNonzero(x, 1), Shape.of(2), 3, 3);
    assertEquals(DType.INT64, tf.countNonzero(v).dtype());
  }

  @Test
  void norms() {
    check(tf.norm(x), Shape.of(), 5.590169943749);
    check(tf.norm(x, 1), Shape.of(), 11.5);
    check(tf.norm(x, INF), Shape.of(), 4);
    check(tf.norm(x, 3, false, 1), Shape.of(2), 3.301927248895, 4.023301496487);
    check(tf.norm(x, 2, true, 0), Shape.of(1, 3), 1.11803398875, 4.472135955, 3.162277660168);
    check(tf.matrixNorm(x, 1, false, 0, 1), Shape.of(), 6);
    check(tf.matrixNorm(x, INF, true, -2, -1), Shape.of(1, 1), 6);
    assertTrue(refusal(() -> tf.norm(x, 0)).contains("must be positive, not 0.0"));
    assertTrue(refusal(() -> tf.matrixNorm(x, 2, false, 0, 1)).contains("must be 1 or infinite"));
  }

  @Test
  void clipping() {
    check(tf.clipByValue(x, -1, 2), Shape.of(2, 3), 1, -1, 2, 0.5, 2, -1);
    check(
        tf.clipByNorm(x, 1),
        Shape.of(2, 3),
        0.1788854382,
        -0.3577708764,
        0.5366563146,
        0.0894427191,
        0.7155417528,
        -0.1788854382);
    check(
        tf.clipByNorm(x, 3, 1),
        Shape.of(2, 3),
        0.801783725737,
        -1.603567451475,
        2.405351177212,
        0.361157559257,
        2.889260474058,
        -0.722315118515);
    check(tf.clipByNorm(tf.zeros(2), 1), Shape.of(2), 0, 0);
    check(
        tf.clipByAverageNorm(tf.cast(x, DType.FLOAT32), 0.5),
        Shape.of(2, 3),
        0.5366563200950623,
        -1.0733126401901245,
        1.609968900680542,
        0.26832816004753113,
        2.146625280380249,
        -0.5366563200950623);
    Output line = tf.ones(DType.FLOAT64, 3);
    String wide = refusal(() -> tf.clipByValue(line, x, 5));
    assertTrue(wide.contains("broadcast float64[3] to shape [2,3]"), wide);
  }

  @Test
  void clippingByTheNormOfAll() {
    check(tf.globalNorm(List.of(x, v)), Shape.of(), 6.020797289396);
    List<Output> clipped = tf.clipByGlobalNorm(List.of(x, v), 2);
    check(
        clipped.get(0),
        Shape.of(2, 3),
        0.332181919415,
        -0.66436383883,
        0.996545758245,
        0.166090959707,
        1.32872767766,
        -0.332181919415);
    check(clipped.get(1), Shape.of(3), 0, 0.66436383883, -0.332181919415);
    Output wild = tf.constant(new float[] {1, Float.POSITIVE_INFINITY});
    List<Output> lost = tf.clipByGlobalNorm(List.of(wild, tf.ones(1)), 2);
    check(lost.get(0), Shape.of(2), Double.NaN, Double.NaN);
    check(lost.get(1), Shape.of(1), Double.NaN);
  }

  @Test
  void productsAlongPairsOfAxes() {
    check(tf.tensordot(x, new double[] {1, 2, 3}, 1), Shape.of(2), 6, 5.5);
    int[] rows = {0};
    check(tf.tensordot(x, x, rows, rows), Shape.of(3, 3), 1.25, 0, 2.5, 0, 20, -10, 2.5, -10, 10);
    check(tf.tensordot(v, v, 0), Shape.of(3, 3), 0, 0, 0, 0, 4, -2, 0, -2, 1);
    check(tf.tensordot(x, x, 2), Shape.of(), 31.25);
    int[] twice = {0, 0};
    assertTrue(refusal(() -> tf.tensordot(x, x, twice, twice)).contains("name one twice"));
    assertTrue(refusal(() -> tf.tensordot(x, x, rows, twice)).contains("cannot be paired"));
  }

  @Test
  void equationsAreCompleted() {
    check(tf.einsum("ij, kj", x, x), Shape.of(2, 2), 14, -10.5, -10.5, 17.25);
    check(tf.einsum("ij->j", x), Shape.of(3), 1.5, 2, 2);
    check(
        tf.einsum("ij,jk,kl->il", x, tf.transpose(x), x),
        Shape.of(2, 3),
        8.75,
        -70,
        52.5,
        -1.875,
        90,
        -48.75);
    assertTrue(refusal(() -> tf.einsum("i,j", v)).contains("has 2 inputs, but there are 1"));
    assertTrue(refusal(() -> tf.einsum("ij,jk->ik", x, x, x)).contains("has 2 inputs"));
  }

  @Test
  void matricesAreMultipliedInBatches() {
    Output pair = tf.stack(List.of(x, tf.multiply(x, 2)));
    Output products = tf.matmul(pair, x, false, true);
    assertEquals("BatchMatMulV2", products.operation().op().type());
    check(products, Shape.of(2, 2, 2), 14, -10.5, -10.5, 17.25, 28, -21, -21, 34.5);
    assertEquals("MatMul", tf.matmul(x, x, true, false).operation().op().type());
  }

  @Test
  void grids() {
    int[] first = {1, 2, 3};
    int[] second = {4, 5};
    List<Output> plane = tf.meshgrid(first, second);
    check(plane.get(0), Shape.of(2, 3), 1, 2, 3, 1, 2, 3);
    check(plane.get(1), Shape.of(2, 3), 4, 4, 4, 5, 5, 5);
    List<Output> matrix = tf.meshgrid(GridOps.Indexing.IJ, first, second);
    check(matrix.get(0), Shape.of(3, 2), 1, 1, 2, 2, 3, 3);
    check(matrix.get(1), Shape.of(3, 2), 4, 5, 4, 5, 4, 5);
  }

  @Test
  void activations() {
    check(tf.nn.crelu(v), Shape.of(6), 0, 2, 0, 0, 0, 1);
    check(tf.nn.swish(v), Shape.of(3), 0, 1.761594155956, -0.26894142137);
    check(tf.logSigmoid(v), Shape.of(3), -0.69314718056, -0.126928011043, -1.313261687518);
    check(tf.nn.gelu(v), Shape.of(3), 0, 1.9544997361036416, -0.15865525393145707);
    check(tf.nn.gelu(v, true), Shape.of(3), 0, 1.954597694087775, -0.15880800939172324);
    check(tf.lbeta(new double[][] {{1, 2}, {0.5, 3}}), Shape.of(2), -0.69314718056, 0.064538521138);
  }

  /** What is not known when the graph is built is found out in the run. */
  @Test
  void shapesMayBeUnknown() {
    Output fed = tf.placeholder(DType.FLOAT64, Shape.unknown());
    Output total =
        tf.addN(
            List.of(
                tf.reduceLogsumexp(fed),
                tf.reduceStd(fed),
                tf.norm(fed, 3),
                tf.globalNorm(List.of(fed)),
                tf.reduceSum(tf.clipByNorm(fed, 1.5))));
    Output gradient = tf.gradients(total, fed).get(0);
    Output known = tf.placeholder(DType.FLOAT64, Shape.of(2, 3));
    Output same =
        tf.addN(
            List.of(
                tf.reduceLogsumexp(known, 0, 1),
                tf.reduceStd(known, 0, 1),
                tf.pow(tf.reduceSum(tf.pow(tf.abs(known), 3)), 1 / 3.0),
                tf.reduceEuclideanNorm(known),
                tf.reduceSum(tf.clipByNorm(known, 1.5, 0, 1))));
    Output expected = tf.gradients(same, known).get(0);
    try (Tensor value = Tensor.of(new double[][] {{1, -2, 3}, {0.5, 4, -1}})) {
      assertArrayEquals(
          values(graph, expected, Map.of(known, value)),
          values(graph, gradient, Map.of(fed, value)),
          1e-12);
    }
  }
}
