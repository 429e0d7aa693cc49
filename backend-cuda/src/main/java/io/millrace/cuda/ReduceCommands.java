package io.millrace.cuda;

import io.millrace.ir.Primitive;

/** Makes the commands of Reduce. */
final class ReduceCommands {
  private ReduceCommands() {}

  static void add(StepContext context, Primitive.Reduce primitive) {
    throw new UnsupportedOperationException(primitive + " of " + context.step());
  }
}
