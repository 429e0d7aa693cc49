package io.millrace.ops;

import io.millrace.ops.random.RandomOps;

/** The view {@code tf.random}. */
public final class RandomApi extends Facade implements RandomOps {
  RandomApi(Ops ops) {
    super(ops);
  }
}
