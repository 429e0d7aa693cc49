package io.millrace.reference;

import io.millrace.spi.Device;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.Executable;
import io.millrace.spi.Execution;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Plan;

/** Interprets plans; its memory is the host's. */
record ReferenceDevice(String name) implements Device {
  /** A plan as it is. */
  private record Interpreted(Plan plan) implements Executable {
    @Override
    public Execution newExecution() {
      return new ReferenceExecution(plan);
    }

    @Override
    public void close() {}
  }

  @Override
  public DeviceMemory allocate(String what, long bytes) {
    return HostMemory.allocate(bytes);
  }

  @Override
  public Executable compile(Plan plan) {
    return new Interpreted(plan);
  }

  @Override
  public void close() {}
}
