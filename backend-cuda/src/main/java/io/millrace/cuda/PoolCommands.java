package io.millrace.cuda;

import io.millrace.ir.Primitive;

/** Makes the commands of Pool. */
final class PoolCommands {
  private PoolCommands() {}

  static void add(StepContext context, Primitive.Pool primitive) {
    throw new UnsupportedOperationException(primitive + " of " + context.step());
  }
}
