package io.millrace.cuda;

import io.millrace.spi.Backend;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceOptions;
import java.util.List;
import java.util.Optional;

/** Lets sessions run on the emulated device, {@code emulated:0}. */
public final class EmulatedBackend implements Backend {
  private static final String DEVICE = "emulated:0";

  @Override
  public String name() {
    return "emulated";
  }

  @Override
  public int priority() {
    return -20;
  }

  @Override
  public Optional<String> unavailable() {
    return NativeKernels.unavailable();
  }

  @Override
  public List<String> devices() {
    return unavailable().isPresent() ? List.of() : List.of(DEVICE);
  }

  @Override
  public List<String> describe() {
    return List.of("kernels for CUDA, compiled by g++ and run on the processor");
  }

  @Override
  public Device open(String device, DeviceOptions options) {
    EmulatedDriver driver = new EmulatedDriver();
    return new CudaDevice(driver, new MemoryPool(driver), options);
  }
}
