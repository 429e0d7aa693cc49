package io.millrace.ops.list;

import org.junit.jupiter.api.Nested;

/** Holds the devices on the class path to the contract of arrays of tensors. */
class TensorArrayTest {
  @Nested
  class OnTheCpu extends TensorArrayContract {
    OnTheCpu() {
      super("cpu");
    }
  }

  @Nested
  class OnTheReference extends TensorArrayContract {
    OnTheReference() {
      super("reference");
    }
  }
}
