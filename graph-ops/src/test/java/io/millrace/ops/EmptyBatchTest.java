package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.Graph;
import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.op.Op;
import io.millrace.ops.nn.NormalizationOps.FusedBatchNorm;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Layers, normalisations and losses of no examples: nothing depends on the parameters, so that
 * their gradients are 0, and means are NaN.
 */
class EmptyBatchTest {
  private static final List<String> DEVICES = List.of("cpu", "reference");
  private static final double NAN = Double.NaN;

  /** Makes of images {@code [n,4,4,2]} what parameters shape. */
  private interface Layer {
    Output of(Ops tf, Output x, List<Output> parameters);
  }

  private static Output parameter(Ops tf, List<Output> parameters, long... dims) {
    Output made = tf.add(tf.fill(tf.constant(dims), 0.5f), 0f);
    parameters.add(made);
    return made;
  }

  private static Map<String, Layer> layers() {
    Map<String, Layer> all = new LinkedHashMap<>();
    all.put(
        "dense",
        (tf, x, p) ->
            tf.nn.relu(
                tf.add(
                    tf.matmul(tf.reshape(x, -1, 32), parameter(tf, p, 32, 3)),
                    parameter(tf, p, 3))));
    for (ConvOptions options :
        List.of(ConvOptions.same(), ConvOptions.valid().strides(2, 2).dilations(1, 1))) {
      all.put(
          "convolution " + options,
          (tf, x, p) -> tf.nn.conv2d(x, parameter(tf, p, 3, 3, 2, 4), options));
      all.put(
          "depthwise " + options,
          (tf, x, p) -> tf.nn.depthwiseConv2d(x, parameter(tf, p, 3, 3, 2, 2), options));
    }
    all.put("bias", (tf, x, p) -> tf.nn.biasAdd(x, parameter(tf, p, 2)));
    all.put(
        "pooling",
        (tf, x, p) ->
            tf.add(
                tf.nn.maxPool(tf.multiply(x, parameter(tf, p, 2)), 2),
                tf.nn.avgPool(tf.multiply(x, parameter(tf, p, 2)), 2)));
    all.put(
        "fused batch norm",
        (tf, x, p) ->
            tf.nn
                .fusedBatchNorm(
                    x, parameter(tf, p, 2), parameter(tf, p, 2), 0.001f, DataFormat.NHWC)
                .get(0));
    all.put(
        "fused batch norm of NCHW",
        (tf, x, p) ->
            tf.nn
                .fusedBatchNorm(
                    x, parameter(tf, p, 4), parameter(tf, p, 4), 0.001f, DataFormat.NCHW)
                .get(0));
    all.put(
        "fused batch norm at inference",
        (tf, x, p) ->
            tf.nn.fusedBatchNorm(
                x,
                parameter(tf, p, 2),
                parameter(tf, p, 2),
                tf.ones(2),
                tf.ones(2),
                0.001f,
                DataFormat.NHWC));
    all.put(
        "batch norm",
        (tf, x, p) ->
            tf.nn.batchNormalization(
                x,
                tf.reduceMean(x, 0, 1, 2),
                tf.reduceVariance(x, 0, 1, 2),
                parameter(tf, p, 2),
                parameter(tf, p, 2),
                0.001f));
    all.put(
        "layer norm",
        (tf, x, p) ->
            tf.nn.batchNormalization(
                x,
                tf.reduceMean(x, true, 1, 2, 3),
                tf.reduceVariance(x, true, 1, 2, 3),
                parameter(tf, p, 2),
                parameter(tf, p, 2),
                0.001f));
    all.put(
        "local responses",
        (tf, x, p) ->
            tf.nn.localResponseNormalization(
                tf.multiply(x, parameter(tf, p, 2)), 1, 1f, 0.5f, 0.75f));
    all.put("softmax", (tf, x, p) -> tf.nn.logSoftmax(tf.multiply(x, parameter(tf, p, 2))));
    all.put(
        "norms",
        (tf, x, p) ->
            tf.divide(
                tf.multiply(x, parameter(tf, p, 2)),
                tf.reduceEuclideanNorm(tf.multiply(x, parameter(tf, p, 2)), true, 3)));
    return all;
  }

  /** Makes a loss of scores {@code [n,k]}. */
  private interface Loss {
    Output of(Ops tf, Output scores);
  }

  private static Map<String, Loss> losses() {
    Map<String, Loss> all = new LinkedHashMap<>();
    all.put("mean", (tf, y) -> tf.reduceMean(y));
    all.put("mean of squares", (tf, y) -> tf.reduceMean(tf.square(y)));
    all.put("mean of means", (tf, y) -> tf.reduceMean(tf.reduceMean(y, 0)));
    all.put("deviation", (tf, y) -> tf.reduceMean(tf.reduceStd(y, 0)));
    all.put("half the squares", (tf, y) -> tf.nn.l2Loss(y));
    all.put(
        "cross entropy",
        (tf, y) -> tf.reduceMean(tf.nn.softmaxCrossEntropyWithLogits(tf.zerosLike(y), y)));
    all.put(
        "sparse cross entropy",
        (tf, y) ->
            tf.reduceMean(
                tf.nn.sparseSoftmaxCrossEntropyWithLogits(
                    tf.cast(tf.reduceSum(tf.zerosLike(y), 1), DType.INT32), y)));
    all.put(
        "logistic",
        (tf, y) -> tf.reduceMean(tf.nn.sigmoidCrossEntropyWithLogits(tf.zerosLike(y), y)));
    all.put("logarithm", (tf, y) -> tf.reduceMean(tf.reduceLogsumexp(y, 1)));
    all.put("greatest", (tf, y) -> tf.reduceMean(tf.reduceMax(y, 1)));
    return all;
  }

  @TestFactory
  Stream<DynamicTest> layersOfNothing() {
    return layers().entrySet().stream()
        .flatMap(
            layer ->
                Stream.of(true, false)
                    .map(
                        known ->
                            DynamicTest.dynamicTest(
                                layer.getKey() + (known ? "" : " of a size known at the run"),
                                () -> check(layer.getValue(), (tf, y) -> tf.reduceSum(y), known))));
  }

  @TestFactory
  Stream<DynamicTest> lossesOfNothing() {
    Layer dense = layers().get("dense");
    return losses().entrySet().stream()
        .flatMap(
            loss ->
                Stream.of(true, false)
                    .map(
                        known ->
                            DynamicTest.dynamicTest(
                                loss.getKey() + (known ? "" : " of a size known at the run"),
                                () -> check(dense, loss.getValue(), known))));
  }

  private static void check(Layer layer, Loss loss, boolean known) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(known ? 0 : -1, 4, 4, 2), "x");
    List<Output> parameters = new ArrayList<>();
    Output y = layer.of(tf, x, parameters);
    List<Output> inputs = new ArrayList<>(parameters);
    inputs.add(x);
    List<Operand> fetches = new ArrayList<>(tf.gradients(List.of(loss.of(tf, y)), inputs));
    fetches.add(y);
    for (String device : DEVICES) {
      try (Session session = new Session(graph, SessionOptions.defaults().device(device));
          Tensor none = Tensor.zeros(DType.FLOAT32, 0, 4, 4, 2)) {
        for (int i = 0; i < fetches.size(); i++) {
          try (Tensor result = session.run(fetches.get(i), Map.of(x, none))) {
            assertArrayEquals(
                new float[i < parameters.size() ? (int) result.shape().size() : 0],
                result.toFloatArray(),
                device + ", " + fetches.get(i));
          }
        }
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> batchNormOfNoImagesIsAsInTensorFlow() {
    return Stream.of(FusedBatchNorm.Version.values())
        .flatMap(
            version ->
                Stream.of(
                    new FusedBatchNorm(version, 0.001f, 1, DataFormat.NHWC, true),
                    new FusedBatchNorm(version, 0.001f, 0.5f, DataFormat.NHWC, true),
                    new FusedBatchNorm(version, 0.001f, 1, DataFormat.NHWC, false)))
        .map(op -> DynamicTest.dynamicTest(op.toString(), () -> batchNorm(op)));
  }

  private static void batchNorm(Op op) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    List<Output> outputs =
        tf.apply(
                op,
                tf.zeros(0, 2, 2, 2),
                tf.ones(2),
                tf.zeros(2),
                tf.constant(new float[] {1, 2}),
                tf.constant(new float[] {3, 4}))
            .outputs();
    double[][] wanted = {{}, {NAN, NAN}, {NAN, NAN}, {0, 0}, {0, 0}};
    for (String device : DEVICES) {
      try (Session session = new Session(graph, SessionOptions.defaults().device(device))) {
        for (int i = 0; i < wanted.length; i++) {
          try (Tensor result = session.run(outputs.get(i))) {
            float[] values = result.toFloatArray();
            assertEquals(wanted[i].length, values.length);
            for (int k = 0; k < values.length; k++) {
              assertEquals(wanted[i][k], values[k], device + ", output " + i);
            }
          }
        }
      }
    }
  }
}
