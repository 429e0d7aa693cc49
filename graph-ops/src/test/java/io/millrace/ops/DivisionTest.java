package io.millrace.ops;

import org.junit.jupiter.api.Nested;

/** Holds the devices on the class path to the contract of quotients. */
class DivisionTest {
  @Nested
  class OnTheCpu extends DivisionContract {
    OnTheCpu() {
      super("cpu");
    }
  }

  @Nested
  class OnTheReference extends DivisionContract {
    OnTheReference() {
      super("reference");
    }
  }
}
