package io.millrace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.session.Devices;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.DeviceOptions;
import io.millrace.spi.Executable;
import io.millrace.spi.Execution;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Plan;
import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a session leaves behind when its device runs out of memory, and how it goes on. */
class FailingDeviceTest {
  private final Graph graph = new Graph();
  private final TestOps ops = new TestOps(graph);
  private final Output x = ops.placeholder("x", DType.FLOAT32, 4);
  private final Output small = ops.variable("small", DType.FLOAT32, 4);
  private final Output large = ops.variable("large", DType.FLOAT32, 1000);
  private final Operation setSmall = ops.assign("set_small", small, x);
  private final Output twice = ops.add("twice", small, small);
  private final Output sum = ops.add("sum", large, large);
  private final ScarceDevice device = new ScarceDevice();

  /** The reference device, with less memory and fewer executions on demand. */
  private static final class ScarceDevice implements Device {
    private final Device reference = Backends.find().open("reference", DeviceOptions.defaults());
    private final List<HostMemory> memories = new ArrayList<>();
    private final List<HostMemory> staged = new ArrayList<>();
    private long limit = 100;
    private boolean refusesExecutions;
    private int open;

    @Override
    public String name() {
      return "scarce:0";
    }

    @Override
    public DeviceMemory allocate(String what, long bytes) {
      if (bytes > limit) {
        throw new DeviceException(what + " needs " + bytes + " bytes of " + limit);
      }
      HostMemory memory = HostMemory.allocate(bytes);
      memories.add(memory);
      return memory;
    }

    @Override
    public Executable compile(Plan plan) {
      Executable inner = reference.compile(plan);
      open++;
      return new Executable() {
        @Override
        public Execution newExecution() {
          if (refusesExecutions) {
            throw new DeviceException("no memory for the arena");
          }
          return new StagingExecution(plan, inner.newExecution());
        }

        @Override
        public void close() {
          open--;
        }
      };
    }

    @Override
    public void close() {}

    /** Has memory of its own for feeds. */
    private final class StagingExecution implements Execution {
      private final List<HostMemory> staging = new ArrayList<>();
      private final Execution inner;

      StagingExecution(Plan plan, Execution inner) {
        this.inner = inner;
        plan.feeds().forEach(f -> staging.add(HostMemory.allocate(f.bytes())));
      }

      @Override
      public Optional<HostMemory> staging(int feed) {
        return Optional.of(staging.get(feed));
      }

      @Override
      public void run(
          List<HostMemory> feeds, List<DeviceMemory> resources, List<HostMemory> fetches) {
        staged.clear();
        feeds.stream().filter(staging::contains).forEach(staged::add);
        inner.run(feeds, resources, fetches);
      }

      @Override
      public void close() {
        // Fails if somebody else closed it.
        staging.forEach(HostMemory::address);
        staging.forEach(HostMemory::close);
        inner.close();
      }
    }

    long held() {
      return memories.stream().filter(ScarceDevice::isOpen).count();
    }

    private static boolean isOpen(HostMemory memory) {
      try {
        memory.retain();
        memory.release();
        return true;
      } catch (ClosedException e) {
        return false;
      }
    }
  }

  private Session open() {
    SessionOptions options = SessionOptions.defaults();
    return new Session(graph, options, new Devices(device, options, Backends.find()));
  }

  @Test
  void aVariableWithoutMemoryLeavesNothingBehind() {
    try (Session session = open()) {
      DeviceException e =
          assertThrows(DeviceException.class, () -> session.run(List.of(twice, sum)));
      assertEquals(
          "variable 'large' made at " + large.operation().source() + " needs 4000 bytes of 100",
          e.getMessage());
      assertEquals(0, device.open);
      assertEquals(0, device.held());

      session.run(setSmall, Map.of(x, new float[] {1, 2, 3, 4}));
      assertArrayEquals(new float[] {2, 4, 6, 8}, session.run(twice).toFloatArray());
      device.limit = 4000;
      UninitializedException unset =
          assertThrows(UninitializedException.class, () -> session.run(sum));
      assertTrue(unset.getMessage().contains("large"), unset.getMessage());
    }
    assertEquals(0, device.open);
    assertEquals(0, device.held());
  }

  @Test
  void aRunAfterOneThatGotNoArenaWorks() {
    try (Session session = open()) {
      device.refusesExecutions = true;
      Map<Object, Object> feeds = Map.of(x, new float[] {1, 2, 3, 4});
      for (int i = 0; i < 2 * SessionOptions.defaults().plans().parallelRuns(); i++) {
        assertThrows(DeviceException.class, () -> session.run(setSmall, feeds));
      }
      device.refusesExecutions = false;
      session.run(setSmall, feeds);
      assertArrayEquals(new float[] {2, 4, 6, 8}, session.run(twice).toFloatArray());
    }
    assertEquals(0, device.open);
    assertEquals(0, device.held());
  }

  @Test
  void javaValuesGoWhereTheDeviceWantsThem() {
    try (Session session = open()) {
      session.run(setSmall, Map.of(x, new float[] {1, 2, 3, 4}));
      assertEquals(1, device.staged.size());
      session.run(setSmall, Map.of(x, new float[] {5, 6, 7, 8}));
      assertEquals(1, device.staged.size());
      assertArrayEquals(new float[] {10, 12, 14, 16}, session.run(twice).toFloatArray());
      try (Tensor tensor = Tensor.of(new float[] {1, 1, 1, 1})) {
        session.run(setSmall, Map.of(x, tensor));
        assertEquals(0, device.staged.size());
      }
      assertArrayEquals(new float[] {2, 2, 2, 2}, session.run(twice).toFloatArray());
    }
  }
}
