package io.millrace.ops;

import org.junit.jupiter.api.Nested;

/** Holds the devices on the class path to the contract of digits. */
class DigitsTest {
  @Nested
  class OnTheCpu extends DigitsContract {
    OnTheCpu() {
      super("cpu");
    }
  }

  @Nested
  class OnTheReference extends DigitsContract {
    OnTheReference() {
      super("reference");
    }
  }
}
