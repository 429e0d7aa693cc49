package io.millrace.cpu;

import io.millrace.cpu.device.CpuDevice;
import io.millrace.primitives.ControlContract;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceOptions;

class ControlTest extends ControlContract {
  @Override
  protected Device open() {
    return CpuDevice.open(DeviceOptions.defaults());
  }
}
