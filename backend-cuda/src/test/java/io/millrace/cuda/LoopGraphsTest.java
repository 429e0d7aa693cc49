package io.millrace.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.compiler.planning.Planner;
import io.millrace.cuda.device.CudaDevice;
import io.millrace.cuda.device.MemoryPool;
import io.millrace.ir.Control;
import io.millrace.ir.Value;
import io.millrace.primitives.LoopWriter;
import io.millrace.primitives.ProgramWriter;
import io.millrace.spi.DeviceOptions;
import io.millrace.spi.Executable;
import io.millrace.spi.Execution;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Plan;
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a device is asked for a loop: its turn is recorded once, whatever the number of turns. */
class LoopGraphsTest {
  private static Plan plan() {
    ProgramWriter outer = new ProgramWriter();
    LoopWriter loop = new LoopWriter(outer);
    Value x =
        loop.carry("x", outer.map(s -> s.get(0).plus(1), outer.feed(TensorType.of(DType.INT32))));
    loop.next("x", loop.turn.map(s -> s.get(0).times(2), x));
    List<Value> results =
        loop.times(
            outer.feed(TensorType.of(DType.INT32)),
            outer.scalar(DType.INT64, 0),
            Control.Repeat.UNLIMITED);
    return Planner.plan(outer.fetch(List.of(outer.map(s -> s.get(0).minus(1), results.get(1)))));
  }

  private static long count(List<String> log, String line) {
    return log.stream().filter(line::equals).count();
  }

  @Test
  void recordsATurnOnce() {
    NativeKernels.unavailable().ifPresent(reason -> assumeTrue(false, reason));
    EmulatedDriver driver = new EmulatedDriver();
    DeviceOptions options = DeviceOptions.defaults();
    try (CudaDevice device = new CudaDevice(driver, new MemoryPool(driver), options);
        Executable executable = device.compile(plan());
        Execution execution = executable.newExecution();
        HostMemory x = HostMemory.allocate(4);
        HostMemory turns = HostMemory.allocate(4);
        HostMemory result = HostMemory.allocate(4)) {
      x.window(0).putInt(0, 2);
      turns.window(0).putInt(0, 10);
      for (int run = 0; run < 3; run++) {
        driver.takeLog();
        execution.run(List.of(x, turns), List.of(), List.of(result));
        assertEquals(3 * 1024 - 1, result.window(0).getInt(0));
        List<String> log = driver.takeLog();
        // At first the turn alone is done so often that it is recorded, then what is around it too.
        assertEquals(run == 0 ? 1 : run == 1 ? 3 : 0, count(log, "begin capture"), log::toString);
        assertEquals(run == 0 ? 9 : 10 + 3, count(log, "replay"), log::toString);
        assertTrue(run < 2 || log.stream().noneMatch(l -> l.startsWith("upload")), log::toString);
      }
      turns.window(0).putInt(0, 0);
      execution.run(List.of(x, turns), List.of(), List.of(result));
      assertEquals(2, result.window(0).getInt(0));
      assertEquals(3, count(driver.takeLog(), "replay"));
    }
  }

  @Test
  void tellsWhatIsDoneInATurn() {
    EmulatedDriver driver = new EmulatedDriver();
    CudaDevice device = new CudaDevice(driver, new MemoryPool(driver), DeviceOptions.defaults());
    String text = device.explain(plan());
    assertTrue(text.contains("  turn  # loop\n"), text);
    assertTrue(text.contains("count_turn<<<1, 32>>>"), text);
    device.close();
  }
}
