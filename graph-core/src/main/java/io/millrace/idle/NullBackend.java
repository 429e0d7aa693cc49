package io.millrace.idle;

import io.millrace.spi.Backend;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.DeviceOptions;
import io.millrace.spi.Executable;
import io.millrace.spi.Execution;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Plan;
import java.util.List;
import java.util.Optional;

/**
 * A backend that accepts every plan and computes nothing, so that the engine's own cost can be
 * measured. Fetches hold whatever their memory held.
 */
public final class NullBackend implements Backend {

  /** Made by {@link java.util.ServiceLoader}. */
  public NullBackend() {}

  @Override
  public String name() {
    return "null";
  }

  @Override
  public int priority() {
    return -1000;
  }

  @Override
  public Optional<String> unavailable() {
    return Optional.empty();
  }

  @Override
  public List<String> devices() {
    return List.of("null:0");
  }

  @Override
  public List<String> describe() {
    return List.of("computes nothing; for measuring the engine itself");
  }

  @Override
  public Device open(String device, DeviceOptions options) {
    return new NullDevice(device);
  }

  private record NullDevice(String name) implements Device {
    @Override
    public DeviceMemory allocate(String what, long bytes) {
      return HostMemory.allocate(bytes);
    }

    @Override
    public Executable compile(Plan plan) {
      return new NullExecutable();
    }

    @Override
    public void close() {}
  }

  private record NullExecutable() implements Executable, Execution {
    @Override
    public Execution newExecution() {
      return this;
    }

    @Override
    public void run(
        List<HostMemory> feeds, List<DeviceMemory> resources, List<HostMemory> fetches) {}

    @Override
    public void close() {}
  }
}
