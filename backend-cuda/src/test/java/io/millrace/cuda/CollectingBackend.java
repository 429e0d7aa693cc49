package io.millrace.cuda;

import io.millrace.cuda.command.KernelSource;
import io.millrace.cuda.command.Target;
import io.millrace.cuda.program.DeviceProgram;
import io.millrace.reference.ReferenceBackend;
import io.millrace.spi.Backend;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.DeviceOptions;
import io.millrace.spi.Executable;
import io.millrace.spi.Plan;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Lets sessions run on the reference device, {@code collecting:0}, while the kernels that a CUDA
 * device would need for their plans are collected.
 */
public final class CollectingBackend implements Backend {
  private static final String DEVICE = "collecting:0";
  private static final Set<KernelSource> COLLECTED = new LinkedHashSet<>();

  private final ReferenceBackend reference = new ReferenceBackend();

  /** Returns the kernels collected so far. */
  static List<KernelSource> collected() {
    synchronized (COLLECTED) {
      return List.copyOf(COLLECTED);
    }
  }

  @Override
  public String name() {
    return "collecting";
  }

  @Override
  public int priority() {
    return -30;
  }

  @Override
  public Optional<String> unavailable() {
    return Optional.empty();
  }

  @Override
  public List<String> devices() {
    return List.of(DEVICE);
  }

  @Override
  public List<String> describe() {
    return List.of("the reference, and the kernels that a CUDA device would need");
  }

  @Override
  public Device open(String device, DeviceOptions options) {
    Device inner = reference.open(reference.devices().get(0), options);
    Target target = new EmulatedDriver().target(options.tensorFloat32());
    return new Device() {
      @Override
      public String name() {
        return DEVICE;
      }

      @Override
      public DeviceMemory allocate(String what, long bytes) {
        return inner.allocate(what, bytes);
      }

      @Override
      public Executable compile(Plan plan) {
        List<KernelSource> kernels = DeviceProgram.of(plan, target).kernels();
        synchronized (COLLECTED) {
          COLLECTED.addAll(kernels);
        }
        return inner.compile(plan);
      }

      @Override
      public void close() {
        inner.close();
      }
    };
  }
}
