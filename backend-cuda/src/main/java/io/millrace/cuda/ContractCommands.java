package io.millrace.cuda;

import io.millrace.ir.Primitive;

/** Makes the commands of Contract. */
final class ContractCommands {
  private ContractCommands() {}

  static void add(StepContext context, Primitive.Contract primitive) {
    throw new UnsupportedOperationException(primitive + " of " + context.step());
  }
}
