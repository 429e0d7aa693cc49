package io.millrace.cpu;

import io.millrace.spi.Device;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.Executable;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Plan;

/** The processor and the main memory. */
final class CpuDevice implements Device {
  static final String NAME = "cpu:0";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public DeviceMemory allocate(long bytes) {
    return HostMemory.allocate(bytes);
  }

  @Override
  public Executable compile(Plan plan) {
    return new CpuExecutable(plan, WorkerPool.shared());
  }

  /** Does nothing: threads and generated code serve all sessions of the process. */
  @Override
  public void close() {}
}
