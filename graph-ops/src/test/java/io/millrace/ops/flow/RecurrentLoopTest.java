package io.millrace.ops.flow;

import org.junit.jupiter.api.Nested;

/** Holds the devices on the class path to what recurrent loops give. */
class RecurrentLoopTest {
  @Nested
  class OnTheCpu extends RecurrentLoopContract {
    OnTheCpu() {
      super("cpu");
    }
  }

  @Nested
  class OnTheReference extends RecurrentLoopContract {
    OnTheReference() {
      super("reference");
    }
  }
}
