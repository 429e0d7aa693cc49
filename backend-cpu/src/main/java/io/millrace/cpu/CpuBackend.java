package io.millrace.cpu;

import io.millrace.DeviceException;
import io.millrace.cpu.device.CpuDevice;
import io.millrace.cpu.loops.VectorModule;
import io.millrace.cpu.workers.Blas;
import io.millrace.cpu.workers.Processor;
import io.millrace.cpu.workers.WorkerPool;
import io.millrace.spi.Backend;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs graphs on the CPU, with OpenBLAS and kernels generated at run time. */
public final class CpuBackend implements Backend {
  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public int priority() {
    return 100;
  }

  @Override
  public Optional<String> unavailable() {
    return Blas.unavailable();
  }

  @Override
  public List<String> devices() {
    return unavailable().isPresent() ? List.of() : List.of(CpuDevice.NAME);
  }

  @Override
  public List<String> describe() {
    List<String> lines = new ArrayList<>();
    lines.add("processor: " + Processor.describe());
    lines.add(VectorModule.describe());
    lines.add("threads: " + WorkerPool.shared().workers());
    lines.addAll(Blas.describe());
    return List.copyOf(lines);
  }

  @Override
  public Device open(String device, DeviceOptions options) {
    Optional<String> reason = unavailable();
    if (reason.isPresent()) {
      throw new DeviceException(reason.get());
    }
    if (!device.equals(CpuDevice.NAME)) {
      throw new DeviceException("there is no device " + device + ", only " + CpuDevice.NAME);
    }
    return CpuDevice.open(options);
  }
}
