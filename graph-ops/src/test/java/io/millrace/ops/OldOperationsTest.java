package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.ops.nn.NormalizationGradientOps.BatchNormWithGlobalNormalization;
import io.millrace.ops.nn.NormalizationGradientOps.FusedBatchNormGrad;
import io.millrace.ops.nn.NormalizationGradientOps.FusedBatchNormGrad.Version;
import io.millrace.type.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Operations of old and of training graphs; the values are TensorFlow 2.21's. */
class OldOperationsTest {
  private static final float[] X = {
    1.7640524f, 0.4001572f, 0.978738f, 2.2408931f,
    1.867558f, -0.9772779f, 0.95008844f, -0.1513572f
  };
  private static final float[] DY = {
    -0.10321885f, 0.41059852f, 0.14404356f, 1.4542735f,
    0.7610377f, 0.121675014f, 0.44386324f, 0.33367434f
  };

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final Output x = tf.reshape(X, 2, 2, 1, 2);
  private final Output scale = tf.constant(new float[] {0.5f, 2});
  private final Output mean = tf.constant(new float[] {0.1f, -0.2f});
  private final Output variance = tf.constant(new float[] {1.5f, 0.7f});

  private List<Tensor> gradients(boolean training) {
    Output dy = tf.reshape(DY, 2, 2, 1, 2);
    List<Output> outputs =
        graph
            .add(
                new FusedBatchNormGrad(Version.V3, 0.01f, DataFormat.NHWC, training),
                "grad",
                List.of(dy, x, scale, mean, variance, tf.constant(new float[0])))
            .outputs();
    try (Session session = new Session(graph, SessionOptions.defaults().device("reference"))) {
      List<Tensor> results = session.run(outputs);
      assertArrayEquals(new float[] {1.3649807f, 4.4122233f}, results.get(1).toFloatArray(), 2e-6f);
      assertArrayEquals(new float[] {1.2457256f, 2.3202214f}, results.get(2).toFloatArray(), 1e-6f);
      assertEquals(Shape.of(0), results.get(3).shape());
      return results;
    }
  }

  @Test
  void differentiatesFusedBatchNorm() {
    assertArrayEquals(
        new float[] {
          -0.35674855f, -2.2670248f, -0.16740224f, -5.50933f,
          -0.01678317f, 1.3271629f, -0.042170078f, -0.7359438f
        },
        gradients(true).get(0).toFloatArray(),
        2e-6f);
    assertArrayEquals(
        new float[] {
          -0.041999158f, 0.97458154f, 0.058610495f, 3.4518101f,
          0.30966187f, 0.28880334f, 0.1806054f, 0.7919972f
        },
        gradients(false).get(0).toFloatArray(),
        2e-6f);
  }

  @Test
  void normalizesByGlobalStatistics() {
    Output shift = tf.constant(new float[] {0.3f, 0.4f});
    float[][] expected = {
      {
        0.97709334f, 1.824511f, 0.65755343f, 6.1936145f,
        1.0192091f, -1.4449183f, 0.6458961f, 0.5154568f
      },
      {
        1.6541867f, 1.1122556f, 1.0151069f, 3.2968073f,
        1.7384183f, -0.52245915f, 0.99179214f, 0.4577284f
      }
    };
    try (Session session = new Session(graph, SessionOptions.defaults().device("reference"))) {
      for (boolean scaled : new boolean[] {true, false}) {
        Output y =
            graph
                .add(
                    new BatchNormWithGlobalNormalization(0.01f, scaled),
                    "y",
                    List.of(x, mean, variance, shift, scale))
                .output(0);
        assertArrayEquals(expected[scaled ? 0 : 1], session.run(y).toFloatArray(), 2e-6f);
      }
    }
  }
}
