package io.millrace.cuda.device;

import io.millrace.cuda.command.KernelSource;
import io.millrace.cuda.driver.Driver;
import io.millrace.cuda.program.DeviceProgram;
import io.millrace.spi.ArenaPool;
import io.millrace.spi.ConstantPool;
import io.millrace.spi.Executable;
import io.millrace.spi.Execution;
import io.millrace.spi.Holders;
import io.millrace.spi.Plan;
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
  private final ConstantPool<CudaMemory> constants;
  private final List<Literal> literals = new ArrayList<>();
  private final List<Long> constantsAt = new ArrayList<>();
  private final String name;

  CudaExecutable(
      DeviceProgram program,
      Driver driver,
      ArenaPool<CudaMemory> arenas,
      ConstantPool<CudaMemory> constants) {
    this.program = program;
    this.driver = driver;
    this.arenas = arenas;
    this.constants = constants;
    layout = ExecutionLayout.of(program);
    List<Step> steps = program.plan().steps();
    name = steps.isEmpty() ? "an empty plan" : "the plan of '" + last(steps).origin() + "'";
    List<KernelSource> sources = program.kernels();
    List<Long> handles = driver.load(sources);
    for (int i = 0; i < sources.size(); i++) {
      kernels.put(sources.get(i), handles.get(i));
    }
    try {
      acquire(program.plan());
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void acquire(Plan plan) {
    for (int i = 0; i < plan.constants().size(); i++) {
      Literal literal = plan.constants().get(i);
      constantsAt.add(constants.acquire(Holders.constant(plan, i), literal).address());
      literals.add(literal);
    }
  }

  private static Step last(List<Step> steps) {
    return steps.get(steps.size() - 1);
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
    literals.forEach(constants::release);
    literals.clear();
    arenas.trim();
  }
}
