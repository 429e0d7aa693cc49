package io.millrace.reference;

import io.millrace.primitives.ControlContract;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceOptions;

class ControlTest extends ControlContract {
  @Override
  protected Device open() {
    return new ReferenceBackend().open("reference:0", DeviceOptions.defaults());
  }
}
