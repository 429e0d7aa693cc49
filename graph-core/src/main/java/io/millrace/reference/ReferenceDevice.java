package io.millrace.reference;

import io.millrace.spi.ArenaPool;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.Executable;
import io.millrace.spi.Execution;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Plan;

/** Interprets plans; its memory is the host's. */
record ReferenceDevice(String name, ArenaPool<HostMemory> arenas) implements Device {
  /** A plan as it is. */
  private record Interpreted(Plan plan, ArenaPool<HostMemory> arenas) implements Executable {
    @Override
    public Execution newExecution() {
      return new ReferenceExecution(plan, arenas);
    }

    /** Frees arenas too, which may be as large as they are for this plan only. */
    @Override
    public void close() {
      arenas.trim();
    }
  }

  @Override
  public DeviceMemory allocate(String what, long bytes) {
    return arenas.allocate(() -> HostMemory.allocate(bytes));
  }

  @Override
  public Executable compile(Plan plan) {
    return new Interpreted(plan, arenas);
  }

  @Override
  public void close() {
    arenas.trim();
  }
}
