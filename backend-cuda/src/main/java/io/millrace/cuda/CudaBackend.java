package io.millrace.cuda;

import io.millrace.DeviceException;
import io.millrace.cuda.command.Target;
import io.millrace.cuda.device.CudaDevice;
import io.millrace.cuda.device.SharedDevices;
import io.millrace.cuda.driver.Libraries;
import io.millrace.cuda.libraries.CudaException;
import io.millrace.spi.Backend;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceOptions;
import java.util.List;
import java.util.Optional;

/** Runs graphs on NVIDIA devices, with cuBLAS, cuDNN and kernels compiled by NVRTC. */
public final class CudaBackend implements Backend {
  @Override
  public String name() {
    return Target.KIND;
  }

  @Override
  public List<String> aliases() {
    return List.of("gpu");
  }

  @Override
  public int priority() {
    return 200;
  }

  @Override
  public boolean isHardwarePresent() {
    return Libraries.isHardwarePresent();
  }

  @Override
  public Optional<String> unavailable() {
    return Libraries.found().missing();
  }

  @Override
  public List<String> devices() {
    return Libraries.found().devices();
  }

  @Override
  public List<String> describe() {
    return Libraries.found().describe();
  }

  @Override
  public Device open(String device, DeviceOptions options) {
    Optional<String> reason = unavailable();
    if (reason.isPresent()) {
      throw new DeviceException(reason.get());
    }
    int ordinal = devices().indexOf(device);
    if (ordinal < 0) {
      throw new DeviceException(
          "there is no device " + device + ", only " + String.join(", ", devices()));
    }
    try {
      SharedDevices.Shared shared = SharedDevices.get(ordinal);
      return new CudaDevice(shared.driver(), shared.pool(), options);
    } catch (CudaException e) {
      throw new DeviceException(device + " cannot be used: " + e.getMessage());
    }
  }
}
