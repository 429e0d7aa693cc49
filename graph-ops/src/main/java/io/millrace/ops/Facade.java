package io.millrace.ops;

import io.millrace.Graph;

/** A view of the facade: some of its words, on the same graph and under the same wished name. */
abstract class Facade implements Building {
  /** The facade that this is a view of. */
  final Ops ops;

  Facade(Ops ops) {
    this.ops = ops;
  }

  @Override
  public final Graph graph() {
    return ops.graph();
  }

  @Override
  public final String nameOr(String otherwise) {
    return ops.nameOr(otherwise);
  }
}
