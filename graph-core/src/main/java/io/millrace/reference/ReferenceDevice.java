package io.millrace.reference;

import io.millrace.DeviceException;
import io.millrace.spi.ArenaPool;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.Executable;
import io.millrace.spi.Execution;
import io.millrace.spi.Holders;
import io.millrace.spi.HostAccount;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Plan;
import io.millrace.spi.Step;
import java.util.List;
import java.util.Optional;

/** Interprets plans; its memory is the host's. */
record ReferenceDevice(String name, HostAccount memory, ArenaPool<HostMemory> arenas)
    implements Device {
  /** The longest array that Java machines have. */
  private static final long LARGEST = Integer.MAX_VALUE - 8;

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
    for (Step step : plan.steps()) {
      Holders.making(step, () -> requireArrays(step));
    }
    return new Interpreted(plan, arenas);
  }

  /** Requires all that a step takes and gives to fit arrays, in which tensors are interpreted. */
  private static Step requireArrays(Step step) {
    for (List<Place> places : List.of(step.inputs(), step.outputs())) {
      for (Place place : places) {
        if (place.type().bytes() > LARGEST) {
          throw new DeviceException(
              "the reference device computes with tensors of up to %,d bytes, not with %s of %,d"
                  .formatted(LARGEST, place.type(), place.type().bytes()));
        }
      }
    }
    return step;
  }

  @Override
  public void close() {
    arenas.trim();
  }
}
