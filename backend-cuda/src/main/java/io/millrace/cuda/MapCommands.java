package io.millrace.cuda;

import io.millrace.ir.Primitive;

/** Makes the commands of Map. */
final class MapCommands {
  private MapCommands() {}

  static void add(StepContext context, Primitive.Map primitive) {
    throw new UnsupportedOperationException(primitive + " of " + context.step());
  }
}
