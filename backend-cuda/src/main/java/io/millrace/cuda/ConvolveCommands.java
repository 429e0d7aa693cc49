package io.millrace.cuda;

import io.millrace.ir.Primitive;

/** Makes the commands of Convolve. */
final class ConvolveCommands {
  private ConvolveCommands() {}

  static void add(StepContext context, Primitive.Convolve primitive) {
    throw new UnsupportedOperationException(primitive + " of " + context.step());
  }
}
