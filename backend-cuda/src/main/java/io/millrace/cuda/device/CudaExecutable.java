package io.millrace.cuda.device;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.KernelSource;
import io.millrace.cuda.driver.Driver;
import io.millrace.cuda.program.DeviceProgram;
import io.millrace.spi.ArenaPool;
import io.millrace.spi.Executable;
import io.millrace.spi.Execution;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Step;
import io.millrace.type.Literal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A plan's commands with their kernels loaded and its constants on the device. */
final class CudaExecutable implements Executable {
  private final DeviceProgram program;
  private final Driver driver;
  private final ArenaPool<CudaMemory> arenas;
  private final ExecutionLayout layout;
  private final Map<KernelSource, Long> kernels = new HashMap<>();
  private final CudaMemory constants;
  private final List<Long> constantsAt = new ArrayList<>();
  private final String name;

  CudaExecutable(
      DeviceProgram program, Driver driver, MemoryAccount account, ArenaPool<CudaMemory> arenas) {
    this.program = program;
    this.driver = driver;
    this.arenas = arenas;
    layout = ExecutionLayout.of(program);
    List<Step> steps = program.plan().steps();
    name = steps.isEmpty() ? "an empty plan" : "the plan of '" + last(steps).origin() + "'";
    List<KernelSource> sources = program.kernels();
    List<Long> handles = driver.load(sources);
    for (int i = 0; i < sources.size(); i++) {
      kernels.put(sources.get(i), handles.get(i));
    }
    long bytes = 0;
    List<Long> offsets = new ArrayList<>();
    for (Literal literal : program.plan().constants()) {
      offsets.add(bytes);
      bytes += Address.padded(literal.type().bytes());
    }
    long size = bytes;
    constants = arenas.allocate(() -> account.allocate("constants of " + name, size));
    offsets.forEach(o -> constantsAt.add(constants.address() + o));
    try {
      upload(program.plan().constants(), offsets, bytes);
    } catch (RuntimeException | Error e) {
      constants.close();
      throw e;
    }
  }

  private static Step last(List<Step> steps) {
    return steps.get(steps.size() - 1);
  }

  private void upload(List<Literal> literals, List<Long> offsets, long bytes) {
    if (bytes == 0) {
      return;
    }
    try (HostMemory all = HostMemory.allocate(bytes)) {
      for (int i = 0; i < literals.size(); i++) {
        Literal literal = literals.get(i);
        long at = offsets.get(i);
        all.window(at)
            .put((int) (at % HostMemory.WINDOW), literal.bytes(), 0, (int) literal.type().bytes());
      }
      driver.upload(all, constants.address(), bytes);
    }
  }

  DeviceProgram program() {
    return program;
  }

  ExecutionLayout layout() {
    return layout;
  }

  Driver driver() {
    return driver;
  }

  List<Long> constantsAt() {
    return constantsAt;
  }

  /** Returns the handle of a kernel of this plan. */
  long kernel(KernelSource source) {
    Long handle = kernels.get(source);
    if (handle == null) {
      throw new IllegalArgumentException(source.name() + " is not a kernel of " + name);
    }
    return handle;
  }

  @Override
  public Execution newExecution() {
    return new CudaExecution(this, arenas.lease(name, layout.bytes()));
  }

  /** Frees arenas too, which may be as large as they are for this plan only. */
  @Override
  public void close() {
    constants.close();
    arenas.trim();
  }
}
