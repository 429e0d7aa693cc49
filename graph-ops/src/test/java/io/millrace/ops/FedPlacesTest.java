package io.millrace.ops;

import org.junit.jupiter.api.Nested;

/** Holds the devices on the class path to the contract of places. */
class FedPlacesTest {
  @Nested
  class OnTheCpu extends FedPlacesContract {
    OnTheCpu() {
      super("cpu");
    }
  }

  @Nested
  class OnTheReference extends FedPlacesContract {
    OnTheReference() {
      super("reference");
    }
  }
}
