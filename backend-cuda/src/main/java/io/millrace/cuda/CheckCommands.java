package io.millrace.cuda;

import io.millrace.ir.Primitive;

/** Makes the commands of Check. */
final class CheckCommands {
  private CheckCommands() {}

  static void add(StepContext context, Primitive.Check primitive) {
    throw new UnsupportedOperationException(primitive + " of " + context.step());
  }
}
