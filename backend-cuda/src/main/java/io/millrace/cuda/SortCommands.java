package io.millrace.cuda;

import io.millrace.ir.Primitive;

/** Makes the commands of Sort. */
final class SortCommands {
  private SortCommands() {}

  static void add(StepContext context, Primitive.Sort primitive) {
    throw new UnsupportedOperationException(primitive + " of " + context.step());
  }
}
