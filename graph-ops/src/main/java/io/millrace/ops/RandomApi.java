package io.millrace.ops;

import io.millrace.Graph;
import io.millrace.ops.random.RandomOps;

/** The facade {@code tf.random}. */
public final class RandomApi implements RandomOps {
  private final Ops ops;

  RandomApi(Ops ops) {
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
