package io.millrace.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.ops.flow.RecurrentLoopContract;
import org.junit.jupiter.api.BeforeAll;

/** Holds the emulated device to what recurrent loops give. */
class EmulatedRecurrentLoopTest extends RecurrentLoopContract {
  EmulatedRecurrentLoopTest() {
    super("emulated:0");
  }

  @BeforeAll
  static void needsACompiler() {
    NativeKernels.unavailable().ifPresent(reason -> assumeTrue(false, reason));
  }
}
