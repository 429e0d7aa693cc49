package io.millrace.ops;

import io.millrace.Graph;

/** The facade {@code tf.nn}: neural networks. */
public final class Nn
    implements ActivationOps,
        BiasOps,
        ComposedActivationOps,
        ConvolutionOps,
        DepthwiseOps,
        DropoutOps,
        EmbeddingOps,
        InTopKOps,
        LossOps,
        LrnOps,
        NormalizationOps,
        PoolingOps,
        SoftmaxOps,
        TopKOps {
  private final Ops ops;

  Nn(Ops ops) {
    this.ops = ops;
  }

  @Override
  public Graph graph() {
    return ops.graph();
  }

  @Override
  public String nameOr(String otherwise) {
    return ops.nameOr(otherwise);
  }
}
