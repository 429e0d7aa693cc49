package io.millrace.ops;

import io.millrace.ops.math.BitwiseOps;

/** The view {@code tf.bitwise}: functions of the bits of integers. */
public final class BitwiseApi extends Facade implements BitwiseOps {
  BitwiseApi(Ops ops) {
    super(ops);
  }
}
