package io.millrace.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.ops.DigitsContract;
import org.junit.jupiter.api.BeforeAll;

/** Holds the emulated device to the contract of digits. */
class EmulatedDigitsTest extends DigitsContract {
  EmulatedDigitsTest() {
    super("emulated:0");
  }

  @BeforeAll
  static void needsACompiler() {
    NativeKernels.unavailable().ifPresent(reason -> assumeTrue(false, reason));
  }
}
