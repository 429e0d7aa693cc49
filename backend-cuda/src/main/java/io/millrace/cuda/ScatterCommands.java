package io.millrace.cuda;

import io.millrace.ir.Primitive;

/** Makes the commands of Scatter. */
final class ScatterCommands {
  private ScatterCommands() {}

  static void add(StepContext context, Primitive.Scatter primitive) {
    throw new UnsupportedOperationException(primitive + " of " + context.step());
  }
}
