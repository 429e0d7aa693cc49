package io.millrace.ops.math;

import io.millrace.Output;
import io.millrace.ops.Ops;
import io.millrace.type.DType;

/** Computing where neither squares of float32 numbers nor their sums overflow or vanish. */
final class Wide {
  private Wide() {}

  /** Returns a float32 tensor as float64, any other as it is. */
  static Output of(Ops tf, Output x) {
    return x.dtype() == DType.FLOAT32 ? tf.cast(x, DType.FLOAT64) : x;
  }
}
