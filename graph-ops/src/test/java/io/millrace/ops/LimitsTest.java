package io.millrace.ops;

import org.junit.jupiter.api.Nested;

/** Holds the devices on the class path to the contract of limits. */
class LimitsTest {
  @Nested
  class OnTheCpu extends LimitsContract {
    OnTheCpu() {
      super("cpu");
    }
  }

  @Nested
  class OnTheReference extends LimitsContract {
    OnTheReference() {
      super("reference");
    }
  }
}
