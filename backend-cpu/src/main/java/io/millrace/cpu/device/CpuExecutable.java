package io.millrace.cpu.device;

import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.Kernel;
import io.millrace.cpu.workers.WorkerPool;
import io.millrace.spi.ArenaPool;
import io.millrace.spi.ConstantPool;
import io.millrace.spi.Executable;
import io.millrace.spi.Execution;
import io.millrace.spi.Holders;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Interruption;
import io.millrace.spi.Plan;
import io.millrace.type.Literal;
import java.util.ArrayList;
import java.util.List;

/** A plan's kernels and constants. */
public final class CpuExecutable implements Executable {
  private final Kernel[] kernels;
  private final Interruption interruption;
  private final HostMemory[] constants;
  private final WorkerPool pool;
  private final ArenaPool<HostMemory> arenas;
  private final ConstantPool<HostMemory> shared;
  private final List<Literal> literals = new ArrayList<>();
  private final String arenaHolder;
  private final long arenaBytes;
  private final int rows;
  private final long scratchBytes;
  private final int operands;

  /**
   * Makes a plan ready.
   *
   * @throws io.millrace.DeviceException if there is no memory for its constants
   */
  public CpuExecutable(
      Plan plan,
      WorkerPool pool,
      ArenaPool<HostMemory> arenas,
      ConstantPool<HostMemory> constants) {
    this.pool = pool;
    this.arenas = arenas;
    shared = constants;
    interruption = Interruption.of(plan);
    kernels =
        plan.steps().stream()
            .map(step -> Holders.making(step, () -> KernelFactory.of(step, plan.rows())))
            .toArray(Kernel[]::new);
    this.constants = new HostMemory[plan.constants().size()];
    arenaHolder = Holders.arena(plan);
    arenaBytes = plan.arenaBytes();
    rows = plan.rows().size();
    scratchBytes = Kernel.scratchBytes(kernels);
    operands = Kernel.operands(kernels);
    try {
      acquire(plan);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void acquire(Plan plan) {
    for (int i = 0; i < constants.length; i++) {
      Literal literal = plan.constants().get(i);
      constants[i] = shared.acquire(Holders.constant(plan, i), literal);
      literals.add(literal);
    }
  }

  @Override
  public Execution newExecution() {
    Frame frame =
        new Frame(arenas, arenaHolder, arenaBytes, constants, rows, pool, scratchBytes, operands);
    return new CpuExecution(kernels, interruption, frame);
  }

  /** Frees arenas too, which may be as large as they are for this plan only. */
  @Override
  public void close() {
    arenas.trim();
    literals.forEach(shared::release);
    literals.clear();
  }
}
