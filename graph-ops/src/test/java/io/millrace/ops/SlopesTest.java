package io.millrace.ops;

import org.junit.jupiter.api.Nested;

/** Holds the devices on the class path to the contract of gradients at special points. */
class SlopesTest {
  @Nested
  class OnTheCpu extends SlopesContract {
    OnTheCpu() {
      super("cpu");
    }
  }

  @Nested
  class OnTheReference extends SlopesContract {
    OnTheReference() {
      super("reference");
    }
  }
}
