package io.millrace.ops;

import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.ops.index.InTopKOps;
import io.millrace.ops.index.TopKOps;
import io.millrace.ops.nn.ActivationOps;
import io.millrace.ops.nn.BiasOps;
import io.millrace.ops.nn.ComposedActivationOps;
import io.millrace.ops.nn.ConvolutionOps;
import io.millrace.ops.nn.DropoutOps;
import io.millrace.ops.nn.EmbeddingOps;
import io.millrace.ops.nn.LossOps;
import io.millrace.ops.nn.LrnOps;
import io.millrace.ops.nn.NormalizationGradientOps;
import io.millrace.ops.nn.NormalizationOps;
import io.millrace.ops.nn.PoolingOps;
import io.millrace.ops.nn.SoftmaxOps;

/** The view {@code tf.nn}: neural networks. */
public final class NnApi extends Facade
    implements ActivationOps,
        BiasOps,
        ComposedActivationOps,
        ConvolutionOps,
        DropoutOps,
        EmbeddingOps,
        InTopKOps,
        LossOps,
        LrnOps,
        NormalizationGradientOps,
        NormalizationOps,
        PoolingOps,
        SoftmaxOps,
        TopKOps {
  NnApi(Ops ops) {
    super(ops);
  }

  /** Returns the hyperbolic tangent: {@link Ops#tanh}. */
  public Output tanh(Object x) {
    return ops.tanh(x);
  }

  /** Returns {@code 1 / (1 + exp(-x))}: {@link Ops#sigmoid}. */
  public Output sigmoid(Object x) {
    return ops.sigmoid(x);
  }

  /** Returns x divided by its 2-norms along axes: {@link Ops#l2Normalize(Object, int...)}. */
  public Output l2Normalize(Object x, int... axes) {
    return ops.l2Normalize(x, axes);
  }

  /** Returns x divided by its 2-norms along axes: {@link Ops#l2Normalize(Object, Object)}. */
  public Output l2Normalize(Object x, Object axes) {
    return ops.l2Normalize(x, axes);
  }

  /** Returns x divided by its 2-norms along axes, or the root of epsilon if that is greater. */
  public Output l2Normalize(Object x, int[] axes, Object epsilon) {
    return ops.l2Normalize(x, axes, epsilon);
  }

  /** Returns the same for axes that a tensor says. */
  public Output l2Normalize(Object x, Operand axes, Object epsilon) {
    return ops.l2Normalize(x, axes, epsilon);
  }
}
