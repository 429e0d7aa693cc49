package io.millrace.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.millrace.cpu.device.CpuDevice;
import io.millrace.spi.DeviceOptions;
import io.millrace.spi.Executable;
import io.millrace.spi.Execution;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Plan;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** What repeated runs of a plan allocate on the heap. */
final class Allocations {
  private static final int RUNS = 25;
  private static final int ROUNDS = 20;

  /** Of an object without fields. */
  private static final int SMALLEST_OBJECT = 16;

  private Allocations() {}

  /** Fails unless, after some rounds, they allocate nothing on any thread. */
  static void assertNone(Plan plan, int threads) {
    List<HostMemory> feeds = new ArrayList<>();
    plan.feeds().forEach(type -> feeds.add(HostMemory.allocate(type.bytes())));
    List<HostMemory> fetches = new ArrayList<>();
    plan.fetches().forEach(type -> fetches.add(HostMemory.allocate(type.bytes())));
    try (CpuDevice device = CpuDevice.open(new DeviceOptions(threads, 0, false));
        Executable executable = device.compile(plan);
        Execution execution = executable.newExecution()) {
      ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long[] workers = workers();
      assertTrue(workers.length >= threads);
      long allocated = Long.MAX_VALUE;
      // At first there are arrays to grow, and vectors on the heap until their loops are compiled.
      for (int round = 0; round < ROUNDS && allocated >= RUNS * SMALLEST_OBJECT; round++) {
        long before = LongStream.of(bean.getThreadAllocatedBytes(workers)).sum();
        for (int i = 0; i < RUNS; i++) {
          execution.run(feeds, List.of(), fetches);
        }
        allocated = LongStream.of(bean.getThreadAllocatedBytes(workers)).sum() - before;
      }
      // The measurement itself takes two arrays.
      long left = allocated;
      assertTrue(left < RUNS * SMALLEST_OBJECT, () -> left + " bytes in " + RUNS + " runs");
    } finally {
      feeds.forEach(HostMemory::close);
      fetches.forEach(HostMemory::close);
    }
  }

  /** Returns the current thread and all helpers. */
  private static long[] workers() {
    Thread[] all = new Thread[Thread.activeCount() + 64];
    int count = Thread.enumerate(all);
    return LongStream.concat(
            LongStream.of(Thread.currentThread().getId()),
            Arrays.stream(all, 0, count)
                .filter(t -> t.getName().startsWith("millrace-cpu-"))
                .mapToLong(Thread::getId))
        .toArray();
  }
}
