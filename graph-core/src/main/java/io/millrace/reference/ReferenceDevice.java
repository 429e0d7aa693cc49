package io.millrace.reference;

import io.millrace.spi.ArenaPool;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.Executable;
import io.millrace.spi.Execution;
import io.millrace.spi.HostAccount;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Plan;
import java.util.Optional;

/** Interprets plans; its memory is the host's. */
record ReferenceDevice(String name, HostAccount memory, ArenaPool<HostMemory> arenas)
    implements Device {
  ReferenceDevice(String name, HostAccount memory) {
    this(name, memory, ArenaPool.of(memory));
  }

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
    return memory.allocate(what, bytes);
  }

  @Override
  public Optional<HostAccount> account() {
    return Optional.of(memory);
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
