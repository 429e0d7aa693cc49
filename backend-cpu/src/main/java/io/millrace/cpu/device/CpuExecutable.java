package io.millrace.cpu.device;

import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.Kernel;
import io.millrace.cpu.workers.WorkerPool;
import io.millrace.spi.ArenaPool;
import io.millrace.spi.Executable;
import io.millrace.spi.Execution;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Interruption;
import io.millrace.spi.Plan;
import io.millrace.type.Literal;

/** A plan's kernels and constants. */
public final class CpuExecutable implements Executable {
  private final Kernel[] kernels;
  private final Interruption interruption;
  private final HostMemory[] constants;
  private final WorkerPool pool;
  private final ArenaPool<HostMemory> arenas;
  private final long arenaBytes;
  private final long scratchBytes;

  public CpuExecutable(Plan plan, WorkerPool pool, ArenaPool<HostMemory> arenas) {
    this.pool = pool;
    this.arenas = arenas;
    interruption = Interruption.of(plan);
    kernels = plan.steps().stream().map(KernelFactory::of).toArray(Kernel[]::new);
    constants = plan.constants().stream().map(CpuExecutable::copy).toArray(HostMemory[]::new);
    arenaBytes = plan.arenaBytes();
    long scratch = 0;
    for (Kernel kernel : kernels) {
      scratch = Math.max(scratch, kernel.scratchBytes());
    }
    scratchBytes = scratch;
  }

  private static HostMemory copy(Literal literal) {
    HostMemory memory = HostMemory.allocate(literal.type().bytes());
    // A literal lies in one Java array, so that one window holds it.
    memory.window(0).put(0, literal.bytes(), 0, (int) literal.type().bytes());
    return memory;
  }

  @Override
  public Execution newExecution() {
    ArenaPool<HostMemory>.Lease lease = arenas.lease("the arena", arenaBytes);
    return new CpuExecution(kernels, interruption, new Frame(lease, constants, pool, scratchBytes));
  }

  /** Frees arenas too, which may be as large as they are for this plan only. */
  @Override
  public void close() {
    arenas.trim();
    for (HostMemory constant : constants) {
      constant.close();
    }
  }
}
