package io.millrace.cuda;

import io.millrace.ir.Primitive;

/** Makes the commands of Scan. */
final class ScanCommands {
  private ScanCommands() {}

  static void add(StepContext context, Primitive.Scan primitive) {
    throw new UnsupportedOperationException(primitive + " of " + context.step());
  }
}
