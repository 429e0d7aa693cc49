package io.millrace.cpu.device;

import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.Kernel;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.Execution;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Interruption;
import java.util.List;

/** Runs kernels one after another in an arena that it has meanwhile. */
final class CpuExecution implements Execution {
  private final Kernel[] kernels;
  private final Interruption interruption;
  private final Frame frame;

  CpuExecution(Kernel[] kernels, Interruption interruption, Frame frame) {
    this.kernels = kernels;
    this.interruption = interruption;
    this.frame = frame;
  }

  @Override
  public void reserve() {
    frame.reserve();
  }

  @Override
  public void release() {
    frame.release();
  }

  @Override
  public void run(List<HostMemory> feeds, List<DeviceMemory> resources, List<HostMemory> fetches) {
    frame.bind(feeds, resources, fetches);
    try {
      for (int i = 0; i < kernels.length; i++) {
        interruption.check(i);
        kernels[i].run(frame);
      }
    } finally {
      frame.unbind();
    }
  }

  @Override
  public void close() {
    frame.close();
  }
}
