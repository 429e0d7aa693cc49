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
  MAX_2D("MaxPool", 2, "input: T", List.of(Kind.MAX, Kind.MAX_GRADIENT, Kind.MAX_GATHER)),
  /** The mean of each window of images, not counting the padding. */
  AVERAGE_2D("AvgPool", 2, "value: T", List.of(Kind.AVERAGE, Kind.AVERAGE_GRADIENT));

  private final String type;
  private final int spatial;
  private final String input;
  private final List<Kind> kinds;

  PoolFamily(String type, int spatial, String input, List<Kind> kinds) {
    this.type = type;
    this.spatial = spatial;
    this.input = input;
    this.kinds = kinds;
  }

  /** Returns TensorFlow's name of the pooling (order 0) or its gradient of this order. */
  String type(int order) {
    return type + "Grad".repeat(order);
  }

  /** Returns how TensorFlow writes the pooling (order 0) or its gradient of this order. */
  Signature signature(int order) {
    return switch (kind(order)) {
      case MAX, AVERAGE -> Signature.of(input);
      case MAX_GRADIENT, MAX_GATHER -> Signature.of("orig_input: T", "orig_output: T", "grad: T");
      case AVERAGE_GRADIENT -> Signature.of("orig_input_shape: int32", "grad: T");
    };
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
