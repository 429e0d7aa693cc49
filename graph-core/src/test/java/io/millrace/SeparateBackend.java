package io.millrace;

import io.millrace.reference.ReferenceBackend;
import io.millrace.spi.Backend;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.DeviceOptions;
import io.millrace.spi.Executable;
import io.millrace.spi.Execution;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Plan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Devices that compute as the reference device does, each with memory that no other can use. Notes
 * what happens.
 */
final class SeparateBackend implements Backend {
  private final String name;
  private final int devices;
  private final List<String> events;
  private final ReferenceBackend reference = new ReferenceBackend();

  /** How many devices, plans, executions and blocks of memory are open. */
  int open;

  /** Whether a device that is there cannot be opened all the same. */
  boolean refuses;

  /** What the devices have none of: "plans", "executions" or "memory"; nothing if empty. */
  String lacks = "";

  /** Whether executions have memory of their own for feeds. */
  boolean stages;

  /** How many feeds lay in that memory. */
  int staged;

  SeparateBackend(String name, int devices, List<String> events) {
    this.name = name;
    this.devices = devices;
    this.events = events;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<String> aliases() {
    return List.of(name + "like");
  }

  @Override
  public int priority() {
    return 10;
  }

  @Override
  public Optional<String> unavailable() {
    return Optional.empty();
  }

  @Override
  public List<String> devices() {
    return IntStream.range(0, devices).mapToObj(i -> name + ":" + i).toList();
  }

  @Override
  public List<String> describe() {
    return List.of();
  }

  @Override
  public Device open(String device, DeviceOptions options) {
    if (refuses) {
      throw new DeviceException(device + " is busy");
    }
    events.add("open " + device);
    return new Separate(device, reference.open("reference:0", options));
  }

  private void require(String what) {
    if (lacks.equals(what)) {
      throw new DeviceException("no " + what + " on " + name);
    }
  }

  /** Memory of one device. */
  private final class Block implements DeviceMemory {
    private final String owner;
    private final HostMemory memory;

    Block(String owner, long bytes) {
      require("memory");
      this.owner = owner;
      memory = HostMemory.allocate(bytes);
      open++;
    }

    @Override
    public long bytes() {
      return memory.bytes();
    }

    @Override
    public void close() {
      memory.close();
      open--;
    }
  }

  /** One device. */
  private final class Separate implements Device {
    private final String own;
    private final Device inner;

    Separate(String own, Device inner) {
      this.own = own;
      this.inner = inner;
      open++;
    }

    @Override
    public String name() {
      return own;
    }

    @Override
    public DeviceMemory allocate(String what, long bytes) {
      return new Block(own, bytes);
    }

    @Override
    public Executable compile(Plan plan) {
      require("plans");
      Executable compiled = inner.compile(plan);
      open++;
      return new Executable() {
        @Override
        public Execution newExecution() {
          require("executions");
          return new Run(plan, compiled.newExecution());
        }

        @Override
        public void close() {
          open--;
        }
      };
    }

    @Override
    public void close() {
      events.add("close " + own);
      open--;
    }

    /** One execution. */
    private final class Run implements Execution {
      private final List<Optional<HostMemory>> staging;
      private final Execution inner;

      Run(Plan plan, Execution inner) {
        this.inner = inner;
        staging =
            stages
                ? plan.feeds().stream()
                    .map(f -> Optional.of(HostMemory.allocate(f.bytes())))
                    .toList()
                : Collections.nCopies(plan.feeds().size(), Optional.empty());
        open++;
      }

      @Override
      public Optional<HostMemory> staging(int feed) {
        return staging.get(feed);
      }

      @Override
      public void run(
          List<HostMemory> feeds, List<DeviceMemory> resources, List<HostMemory> fetches) {
        events.add("run " + own);
        List<DeviceMemory> memories = new ArrayList<>();
        for (DeviceMemory resource : resources) {
          Block block = (Block) resource;
          if (!block.owner.equals(own)) {
            throw new IllegalArgumentException("memory of " + block.owner + " used on " + own);
          }
          memories.add(block.memory);
        }
        for (int i = 0; i < feeds.size(); i++) {
          staged += staging.get(i).equals(Optional.of(feeds.get(i))) ? 1 : 0;
        }
        inner.run(feeds, memories, fetches);
      }

      @Override
      public void close() {
        staging.forEach(s -> s.ifPresent(HostMemory::close));
        inner.close();
        open--;
      }
    }
  }
}
