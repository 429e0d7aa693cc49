package io.millrace.cuda;

import io.millrace.primitives.ControlContract;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceOptions;
import org.junit.jupiter.api.Tag;

/** Loops and choices on a device of NVIDIA's. */
@Tag("gpu")
class NvidiaControlTest extends ControlContract {
  @Override
  protected Device open() {
    return new CudaBackend().open("cuda:0", DeviceOptions.defaults());
  }
}
