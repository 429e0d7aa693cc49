package io.millrace.ops.nn;

import io.millrace.ir.Primitive.Pool.Kind;
import io.millrace.op.Signature;
import java.util.List;

/**
 * A kind of pooling: what TensorFlow calls it, over how many spatial axes it goes, and what it and
 * its gradients compute.
 */
public enum PoolFamily {
  /** The greatest element of each window of images; of integers too. */
  MAX_2D(
      "MaxPool",
      2,
      List.of(Kind.MAX, Kind.MAX_GRADIENT, Kind.MAX_GATHER),
      Signature.of("input: T in numeric"),
      Signature.of("orig_input: T in floating", "orig_output: T", "grad: T")),
  /** The mean of each window of images, not counting the padding. */
  AVERAGE_2D(
      "AvgPool",
      2,
      List.of(Kind.AVERAGE, Kind.AVERAGE_GRADIENT),
      Signature.of("value: T in floating"),
      Signature.of("orig_input_shape: int32 in index", "grad: T in floating"));

  private final String type;
  private final int spatial;
  private final List<Kind> kinds;
  private final Signature pooling;
  private final Signature gradients;

  PoolFamily(String type, int spatial, List<Kind> kinds, Signature pooling, Signature gradients) {
    this.type = type;
    this.spatial = spatial;
    this.kinds = kinds;
    this.pooling = pooling.told("family").told("order");
    this.gradients = gradients.told("family").told("order");
  }

  /** Returns TensorFlow's name of the pooling (order 0) or its gradient of this order. */
  String type(int order) {
    return type + "Grad".repeat(order);
  }

  /** Returns how TensorFlow writes the pooling (order 0) or its gradient of this order. */
  Signature signature(int order) {
    return order == 0 ? pooling : gradients;
  }

  /** Returns what the pooling (order 0) or its gradient of this order computes. */
  Kind kind(int order) {
    return kinds.get(order);
  }

  /** Returns the number of axes of images and result. */
  int rank() {
    return spatial + 2;
  }
}
