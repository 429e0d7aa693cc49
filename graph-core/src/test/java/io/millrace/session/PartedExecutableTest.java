package io.millrace.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.Backends;
import io.millrace.DeviceException;
import io.millrace.SessionOptions;
import io.millrace.compiler.planning.Schedule;
import io.millrace.ir.Resource;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.Executable;
import io.millrace.spi.Execution;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Plan;
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Closing the parts of a schedule each of which fails to close. */
class PartedExecutableTest {
  private static final TensorType TYPE = TensorType.of(DType.FLOAT32, 2);
  private static final Resource HANDED = new Resource("handed", TYPE);

  private final List<String> closed = new ArrayList<>();
  private int failing = Integer.MAX_VALUE;

  private void close(String what) {
    closed.add(what);
    throw new DeviceException("stuck " + what);
  }

  /** A device of which nothing closes. */
  private final class StuckDevice implements Device {
    private int compiled;

    @Override
    public String name() {
      return "stuck:0";
    }

    @Override
    public DeviceMemory allocate(String what, long bytes) {
      return new DeviceMemory() {
        @Override
        public long bytes() {
          return bytes;
        }

        @Override
        public void close() {
          PartedExecutableTest.this.close(what);
        }
      };
    }

    @Override
    public Executable compile(Plan plan) {
      int number = compiled++;
      if (number == failing) {
        throw new DeviceException("cannot compile");
      }
      return new Executable() {
        @Override
        public Execution newExecution() {
          return new Execution() {
            @Override
            public void run(
                List<HostMemory> feeds, List<DeviceMemory> resources, List<HostMemory> fetches) {}

            @Override
            public void close() {
              PartedExecutableTest.this.close("execution " + number);
            }
          };
        }

        @Override
        public void close() {
          PartedExecutableTest.this.close("plan " + number);
        }
      };
    }

    @Override
    public void close() {}
  }

  private Executable open() {
    Plan plan =
        new Plan(List.of(), List.of(), List.of(HANDED), List.of(), List.of(), List.of(), 0, 0);
    Schedule.Part part = new Schedule.Part("stuck:0", plan, List.of(), List.of());
    Schedule schedule =
        new Schedule(
            List.of(part, part, part), List.of(), List.of(), List.of(TYPE), List.of(HANDED));
    Devices devices = new Devices(new StuckDevice(), SessionOptions.defaults(), Backends.find());
    return PartedExecutable.of(schedule, devices);
  }

  private static List<String> messages(Throwable failure) {
    List<String> messages = new ArrayList<>(List.of(String.valueOf(failure.getMessage())));
    Arrays.stream(failure.getSuppressed()).forEach(s -> messages.addAll(messages(s)));
    return messages;
  }

  @Test
  void allPartsAreClosedThoughEachFails() {
    Executable all = open();
    DeviceException e = assertThrows(DeviceException.class, all::close);
    assertEquals(List.of("plan 0", "plan 1", "plan 2"), closed);
    assertEquals(List.of("stuck plan 0", "stuck plan 1", "stuck plan 2"), messages(e));
  }

  @Test
  void executionsAndTheMemoryBetweenThemAreClosedThoughEachFails() {
    Execution execution = open().newExecution();
    DeviceException e = assertThrows(DeviceException.class, execution::close);
    assertEquals(List.of("execution 0", "execution 1", "execution 2", "handed"), closed);
    assertEquals(
        List.of("stuck execution 0", "stuck execution 1", "stuck execution 2", "stuck handed"),
        messages(e));
  }

  @Test
  void whatStopsAPartFromBeingMadeIsSaidThoughOthersFailToClose() {
    failing = 2;
    DeviceException e = assertThrows(DeviceException.class, this::open);
    assertEquals(List.of("plan 0", "plan 1"), closed);
    assertEquals(List.of("cannot compile", "stuck plan 0", "stuck plan 1"), messages(e));
  }
}
