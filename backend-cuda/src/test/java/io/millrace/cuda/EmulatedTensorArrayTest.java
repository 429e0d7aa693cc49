package io.millrace.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.ops.list.TensorArrayContract;
import org.junit.jupiter.api.BeforeAll;

/** Holds the emulated device to the contract of arrays of tensors. */
class EmulatedTensorArrayTest extends TensorArrayContract {
  EmulatedTensorArrayTest() {
    super("emulated:0");
  }

  @BeforeAll
  static void needsACompiler() {
    NativeKernels.unavailable().ifPresent(reason -> assumeTrue(false, reason));
  }
}
