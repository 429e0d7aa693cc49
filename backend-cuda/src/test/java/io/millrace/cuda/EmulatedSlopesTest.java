package io.millrace.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.ops.SlopesContract;
import org.junit.jupiter.api.BeforeAll;

/** Holds the emulated device to the contract of gradients at special points. */
class EmulatedSlopesTest extends SlopesContract {
  EmulatedSlopesTest() {
    super("emulated:0");
  }

  @BeforeAll
  static void needsACompiler() {
    NativeKernels.unavailable().ifPresent(reason -> assumeTrue(false, reason));
  }
}
