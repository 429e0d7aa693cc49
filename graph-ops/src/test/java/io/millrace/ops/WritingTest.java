package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ExecutionException;
import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What users may write for tensors, shapes and options. */
class WritingTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private String value(Operand fetch) {
    return value(fetch, Map.of());
  }

  private String value(Operand fetch, Map<?, ?> feeds) {
    try (Session session = new Session(graph, SessionOptions.defaults().device("reference"))) {
      return session.run(fetch, feeds).toString().replaceAll("\\s+", " ").replace("[ ", "[");
    }
  }

  private static void refuses(Executable mistake, String... parts) {
    String message = assertThrows(GraphException.class, mistake).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
    assertTrue(message.contains("(WritingTest.java:"), message);
  }

  @Test
  void numbersWithAFractionAreFloat32UnlessATypeIsNamed() {
    assertEquals(DType.FLOAT32, tf.constant(0.5).dtype());
    assertEquals(DType.FLOAT32, tf.constant(new BigDecimal("0.5")).dtype());
    assertEquals(DType.FLOAT32, tf.constant(List.of(1, 0.5)).dtype());
    assertEquals(DType.FLOAT32, tf.variable(0.5).dtype());
    assertEquals(DType.FLOAT64, tf.variable(0.5, DType.FLOAT64).dtype());
    assertEquals("w/initial_value:0", tf.variable(2, DType.FLOAT32, "w").initialValue().name());
    assertEquals(DType.FLOAT64, tf.constant(0.5, DType.FLOAT64).dtype());
    assertEquals(DType.FLOAT64, tf.constant(new double[] {0.5}).dtype());
    assertEquals(DType.INT32, tf.constant(List.of(1, 2)).dtype());
    assertEquals(DType.INT64, tf.constant(5L).dtype());
    assertEquals("[0.1 1. ]", value(tf.constant(new double[] {0.1, 1}, DType.FLOAT32)));
    assertEquals("[[7 7]]", value(tf.constant(7, DType.INT32, List.of(1, 2))));
    assertEquals("[[1 2]]", value(tf.constant(new int[] {1, 2}, DType.INT64, Shape.of(1, 2))));
    assertEquals("[1. 1. 1.]", value(tf.ones(3).times(tf.nn.softmax(tf.ones(1)))));
  }

  @Test
  void valuesTakeTheTypeOfWhatIsBesideThem() {
    float[] m = {-1, 2};
    assertEquals("[False True]", value(tf.greater(m, 0)));
    assertEquals("[1. 4.]", value(tf.pow(m, 2)));
    assertEquals("[-2. -1. 0. 1. 2.]", value(tf.linspace(-2., 2, 5)));
    assertEquals("[-2. -1. 0. 1. 2.]", value(tf.linspace(-2, 2, 5)));
    assertEquals(DType.FLOAT32, tf.add(new int[] {1}, 0.5).dtype());
    assertEquals(DType.FLOAT64, tf.add(m, new double[] {1, 2}).dtype());
    assertEquals(DType.FLOAT64, tf.multiply(2, new double[] {1, 2}).dtype());
    assertEquals(DType.INT32, tf.add(new int[] {1}, 1L).dtype());
    assertEquals("[0. 2.]", value(tf.where(new boolean[] {false, true}, m, 0)));
    assertEquals("[0. 2.]", value(tf.where(new Boolean[] {true, false}, 0, m)));
    Output x = tf.constant(m);
    assertEquals("[-0.5 2.5]", value(tf.add(x, new double[] {0.5, 0.5})));
    assertEquals("[0. 3.]", value(tf.add(x, List.of(1.0, BigDecimal.ONE))));
    assertEquals("[0. 3.]", value(tf.add(new Float[] {1f, 1f}, x)));
    assertEquals("[0. 3.]", value(tf.add(x, ShortBuffer.wrap(new short[] {1, 1}))));
    assertEquals("[3 3]", value(tf.add(tf.constant(2L), new double[] {1, 1})));
    assertEquals("[[0. 9.]]", value(tf.oneHot(new int[] {1}, 2, 9.0, 0, -1)));
    refuses(() -> tf.add(tf.constant(1), new double[] {1, 0.5}), "[AddV2]", "0.5", "at [1]");
    refuses(() -> tf.add(tf.constant((byte) 1), List.of(List.of(300))), "300", "at [0, 0]");
    refuses(() -> tf.multiply(x, true), "a bool is no float32");
    refuses(() -> tf.add(x, ByteBuffer.allocate(8)), "asFloatBuffer()");
    refuses(() -> tf.add(x, new char[] {'a'}), "char[]");
    refuses(() -> tf.constant(true, DType.FLOAT32), "a bool is no float32");
  }

  @Test
  void shapesAreWrittenAlikeEverywhere() {
    for (Object shape :
        List.of(Shape.of(2, 3), new int[] {2, 3}, new long[] {2, 3}, List.of(2, 3))) {
      Shape wanted = Shape.of(2, 3);
      assertEquals(wanted, tf.zeros(shape).shape());
      assertEquals(wanted, tf.ones(shape, DType.INT32).shape());
      assertEquals(wanted, tf.ones(DType.INT32, shape).shape());
      assertEquals(wanted, tf.empty(shape, DType.INT32).shape());
      assertEquals(wanted, tf.fill(shape, 0.5).shape());
      assertEquals(wanted, tf.reshape(tf.range(6), shape).shape());
      assertEquals(wanted, tf.broadcastTo(1f, shape).shape());
      assertEquals(wanted, tf.tile(tf.ones(1, 1), shape).shape());
      assertEquals(wanted, tf.placeholder(DType.FLOAT32, shape).shape());
      assertEquals(wanted, tf.placeholder(DType.FLOAT32, shape, "x").shape());
      assertEquals(wanted, tf.placeholderWithDefault(tf.ones(2, 3), shape).shape());
      assertEquals(wanted, tf.ensureShape(tf.ones(2, 3), shape).shape());
      assertEquals(wanted, tf.random.normal(shape).shape());
      assertEquals(wanted, tf.initializers.glorotUniform(shape).shape());
      assertEquals(wanted, tf.initializers.constant(1, shape).shape());
      assertEquals(wanted, tf.scatterNd(new int[][] {{1, 1}}, new float[1], shape).shape());
      assertEquals(wanted, tf.slice(tf.ones(9, 9), new int[2], shape).shape());
    }
    assertEquals(Shape.unknown(), tf.placeholder(DType.FLOAT32).shape());
    assertEquals("named:0", tf.placeholder(DType.FLOAT32, "named").name());
    assertEquals(Shape.of(-1, 4), tf.placeholder(DType.FLOAT32, -1, 4).shape());
    assertEquals(Shape.of(-1, 4), tf.placeholder(DType.FLOAT32, Arrays.asList(null, 4)).shape());
    assertEquals(Shape.of(4), tf.placeholder(DType.FLOAT32, 4).shape());
    assertEquals(Shape.of(3), tf.zeros(3).shape());
    assertEquals(Shape.scalar(), tf.ones(DType.FLOAT64).shape());
    assertEquals(Shape.of(6), tf.reshape(tf.ones(2, 3), -1).shape());
    Output two = tf.constant(2);
    assertEquals("[[0. 0.] [0. 0.]]", value(tf.zeros(List.of(two, 2))));
    refuses(() -> tf.placeholder(DType.FLOAT32, List.of(2.5)), "[Placeholder]", "2.5");
    refuses(() -> tf.placeholder(DType.FLOAT32, -2), "not -2");
  }

  @Test
  void operatorsReadAsPythons() {
    Output x = tf.constant(new float[][] {{1, 2}, {3, 4}, {5, 6}});
    Variable w = tf.variable(2f, "w");
    assertEquals("[[3. 6.] [9. 12.] [15. 18.]]", value(x.plus(x).plus(x)));
    assertEquals("[[1. 1.5] [2. 2.5] [3. 3.5]]", value(x.plus(1).dividedBy(2)));
    assertEquals("[[0. 1.] [1. 2.] [2. 3.]]", value(x.floordiv(2)));
    assertEquals("[[3.] [7.] [11.]]", value(x.matmul(tf.ones(2, 1))));
    assertEquals("[[3.] [5.]]", value(x.get("1:, ::2")));
    assertEquals("[[1. 4.] [9. 16.] [25. 36.]]", value(x.pow(2)));
    assertEquals("[[-1. -0.] [-1. -0.] [-1. -0.]]", value(x.mod(2).negative()));
    assertEquals("[[True False] [False False] [False False]]", value(x.less(2)));
    assertEquals(value(x.greaterEqual(2)), value(tf.logicalNot(x.less(2))));
    assertEquals(value(x.greater(2)), value(tf.logicalNot(x.lessEqual(2))));
    assertEquals("w/read:0", w.minus(1).operation().input(0).name());
    assertEquals(DType.FLOAT64, tf.constant(1).dividedBy(2).dtype());
    refuses(() -> x.matmul(x), "[MatMul ");
  }

  @Test
  void axesDefaultAsInTensorFlow() {
    float[][] x = {{1, 5}, {2, 3}};
    assertEquals("[1 0]", value(tf.argmax(x)));
    assertEquals("[0 1]", value(tf.argmin(x)));
    assertEquals("0.5", value(tf.nn.sigmoid(0f)));
    assertEquals("[0.]", value(tf.nn.tanh(new float[] {0})));
  }

  @Test
  void dropoutSaysWhatItKeeps() {
    tf.graph().setSeed(1);
    Output ones = tf.ones(10_000);
    for (Dropout how : List.of(Dropout.keep(0.8), Dropout.rate(0.2), Dropout.keep(0.8f).seed(3))) {
      Output isKept = tf.cast(tf.nn.dropout(ones, how).greater(0), DType.FLOAT32);
      assertEquals(0.8, Double.parseDouble(value(tf.reduceMean(isKept))), 0.02);
      assertEquals("1.25", value(tf.reduceMax(tf.nn.dropout(ones, how))));
    }
    assertEquals(ones, tf.nn.dropout(ones, Dropout.keep(1)));
    for (Object wrong : List.of(0, -0.1, 1.5, 80, Double.NaN, "0.8")) {
      refuses(() -> Dropout.keep(wrong), "keep_prob", wrong.toString());
    }
    for (Object wrong : List.of(1, -0.1, 20, Double.NaN, List.of(0.5))) {
      refuses(() -> Dropout.rate(wrong), "rate", wrong.toString());
    }
    Output keep = tf.placeholder(DType.FLOAT32, Shape.scalar(), "keep");
    Output dropped = tf.nn.dropout(tf.ones(2), Dropout.keep(keep));
    assertEquals("[1. 1.]", value(dropped, Map.of(keep, 1)));
    String message =
        assertThrows(ExecutionException.class, () -> value(dropped, Map.of(keep, 80))).getMessage();
    assertTrue(message.contains("probability_is_in_0_to_1") && message.contains("80"), message);
    refuses(() -> tf.nn.dropout(ones, Dropout.keep(tf.ones(2))), "must be a scalar");
  }

  @Test
  @SuppressWarnings("ArgumentSelectionDefectChecker") // Exchanged on purpose.
  void crossEntropySaysWhichIsWhich() {
    float[][] labels = {{0, 0, 1}, {0, 0, 1}, {0, 0, 1}};
    float[][] logits = {{1, 2, 3}, {1, 2, 3}, {1, 2, 3}};
    // Source: softmax_cross_entropy_with_logits of TensorFlow 1.
    String expected = "1.2228179";
    assertEquals(expected, sum(CrossEntropy.labels(labels).logits(logits)));
    assertEquals(expected, sum(CrossEntropy.logits(logits).labels(labels)));
    int[] classes = {2, 2, 2};
    Output sparse =
        tf.nn.sparseSoftmaxCrossEntropyWithLogits(CrossEntropy.logits(logits).labels(classes));
    assertEquals(expected, value(tf.reduceSum(sparse)));
    refuses(
        () -> tf.nn.sparseSoftmaxCrossEntropyWithLogits(tf.constant(logits), tf.constant(classes)),
        "labels come first");
    Output exchanged = tf.reduceSum(tf.nn.softmaxCrossEntropyWithLogits(logits, labels));
    assertEquals(18.926, Double.parseDouble(value(exchanged)), 1e-3);
    assertFalse(tf.debugging.checksLabels());
    tf.debugging.enableCheckLabels();
    assertEquals(expected, sum(CrossEntropy.labels(labels).logits(logits)));
    Output wrong = tf.nn.softmaxCrossEntropyWithLogits(logits, labels);
    String message = assertThrows(ExecutionException.class, () -> value(wrong)).getMessage();
    assertTrue(message.contains("labels_are_distributions"), message);
    Output sigmoid = tf.nn.sigmoidCrossEntropyWithLogits(logits, labels);
    message = assertThrows(ExecutionException.class, () -> value(sigmoid)).getMessage();
    assertTrue(message.contains("labels_are_probabilities"), message);
  }

  private String sum(CrossEntropy between) {
    return value(tf.reduceSum(tf.nn.softmaxCrossEntropyWithLogits(between)));
  }

  @Test
  void oneTensorIsConcatenatedAlongAnAxisThatItHas() {
    List<Output> one = List.of(tf.ones(2, 3));
    assertEquals(Shape.of(2, 3), tf.concat(one, -2).shape());
    refuses(() -> tf.concat(one, 2), "axis 2 is out of range");
    refuses(() -> tf.concat(one, tf.constant(0.5f)), "not Const");
    refuses(() -> tf.concat(List.of(one.get(0), one.get(0)), tf.constant(0.5f)), "int32");
    refuses(() -> tf.concat(List.of(), 0), "no tensors");
  }

  @Test
  void sizesThatDoNotFitInt32AreRefused() {
    Output big = tf.placeholder(DType.UINT8, 65536, 65536);
    Output long1 = tf.placeholder(DType.UINT8, Shape.of(1L << 31));
    Output over = tf.placeholder(DType.UINT8, Shape.of((1L << 31) + 1));
    refuses(() -> tf.size(big), "4294967296", "does not fit int32");
    assertEquals(4294967296L, graph.staticValue(tf.size(big, DType.INT64)).get().getLong(0));
    assertEquals(65536, graph.staticValue(tf.shape(big)).get().getLong(1));
    refuses(() -> tf.shape(long1), "2147483648");
    assertEquals(1L << 31, graph.staticValue(tf.shape(long1, DType.INT64)).get().getLong(0));
    refuses(() -> tf.shapeN(List.of(big, long1)), "2147483648");
    refuses(() -> tf.unique(long1), "2147483648");
    refuses(() -> tf.argmax(over, 0, DType.INT32), "2147483648");
    refuses(() -> tf.nn.topK(over, 1), "2147483648");
    refuses(() -> tf.range(tf.constant(0), 1L << 31), "2147483648 does not fit int32");
  }

  @Test
  void asManySegmentsAsALongCannotCountAreRefused() {
    Output ids = tf.placeholder(DType.INT64, -1);
    Output rows = tf.constant(new float[] {1});
    List<Output> sums =
        List.of(
            tf.segmentSum(rows, ids),
            tf.segmentMax(rows, ids),
            tf.sparseSegmentMean(rows, new int[] {0}, ids));
    try (Session session = new Session(graph)) {
      for (Output sum : sums) {
        String message =
            assertThrows(
                    GraphException.class,
                    () -> session.run(sum, Map.of(ids, new long[] {Long.MAX_VALUE})))
                .getMessage();
        assertTrue(message.contains("the sizes are too large"), message);
      }
    }
  }

  @Test
  void nothingToClipAndNothingToDifferentiateByAreSaid() {
    refuses(() -> tf.clipByGlobalNorm(List.of(), 1f), "[clipByGlobalNorm]", "no tensors");
    refuses(() -> tf.globalNorm(List.of()), "[globalNorm]");
    Output x = tf.constant(2f);
    Output n = tf.constant(2);
    Output y = tf.multiply(x, tf.cast(n, DType.FLOAT32));
    List<Optional<Output>> found = tf.gradientsIfConnected(List.of(y), List.of(n, x));
    assertEquals(Optional.empty(), found.get(0));
    assertEquals("2.0", value(found.get(1).orElseThrow()));
  }
}
