package io.millrace.cuda;

import io.millrace.ir.Primitive;

/** Makes the commands of Gather. */
final class GatherCommands {
  private GatherCommands() {}

  static void add(StepContext context, Primitive.Gather primitive) {
    throw new UnsupportedOperationException(primitive + " of " + context.step());
  }
}
