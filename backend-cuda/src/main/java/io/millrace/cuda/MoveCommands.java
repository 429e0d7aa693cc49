package io.millrace.cuda;

import io.millrace.ir.Primitive;

/** Makes the commands of Move. */
final class MoveCommands {
  private MoveCommands() {}

  static void add(StepContext context, Primitive.Move primitive) {
    throw new UnsupportedOperationException(primitive + " of " + context.step());
  }
}
