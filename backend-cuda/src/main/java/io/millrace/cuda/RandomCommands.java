package io.millrace.cuda;

import io.millrace.ir.Primitive;

/** Makes the commands of Random. */
final class RandomCommands {
  private RandomCommands() {}

  static void add(StepContext context, Primitive.Random primitive) {
    throw new UnsupportedOperationException(primitive + " of " + context.step());
  }
}
