package io.millrace.cuda;

import io.millrace.cuda.device.CudaDevice;
import io.millrace.cuda.device.MemoryPool;
import io.millrace.spi.Backend;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Lets sessions run on emulated devices, {@code emulated:0} and those that tests register. */
public final class EmulatedBackend implements Backend {
  private static final List<MemoryPool> POOLS = new ArrayList<>();
  private static final List<EmulatedDriver> DRIVERS = new ArrayList<>();

  /** Adds a device and returns its name. */
  static synchronized String register(EmulatedDriver driver) {
    DRIVERS.add(driver);
    POOLS.add(new MemoryPool(driver));
    return name(DRIVERS.size() - 1);
  }

  /** Returns the memory of a device that was registered. */
  static synchronized MemoryPool pool(EmulatedDriver driver) {
    return POOLS.get(DRIVERS.indexOf(driver));
  }

  private static String name(int number) {
    return "emulated:" + number;
  }

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
    synchronized (EmulatedBackend.class) {
      if (DRIVERS.isEmpty()) {
        register(new EmulatedDriver());
      }
      return unavailable().isPresent()
          ? List.of()
          : IntStream.range(0, DRIVERS.size()).mapToObj(EmulatedBackend::name).toList();
    }
  }

  @Override
  public List<String> describe() {
    return List.of("kernels for CUDA, compiled by g++ and run on the processor");
  }

  @Override
  public Device open(String device, DeviceOptions options) {
    int number = devices().indexOf(device);
    synchronized (EmulatedBackend.class) {
      return new CudaDevice(DRIVERS.get(number), POOLS.get(number), options);
    }
  }
}
