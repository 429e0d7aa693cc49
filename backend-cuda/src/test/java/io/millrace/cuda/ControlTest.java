package io.millrace.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.primitives.ControlContract;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceOptions;

class ControlTest extends ControlContract {
  @Override
  protected Device open() {
    EmulatedBackend backend = new EmulatedBackend();
    backend.unavailable().ifPresent(reason -> assumeTrue(false, reason));
    return backend.open(backend.devices().get(0), DeviceOptions.defaults());
  }

  /** Each has kernels of its own to be compiled. */
  @Override
  protected int randomPrograms() {
    return 15;
  }
}
