package io.millrace.cpu.device;

import io.millrace.cpu.workers.WorkerPool;
import io.millrace.spi.ArenaPool;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.Executable;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Plan;

/** The processor and the main memory. */
public final class CpuDevice implements Device {
  public static final String NAME = "cpu:0";

  private final WorkerPool pool;
  private final ArenaPool<HostMemory> arenas = ArenaPool.ofHost();

  private CpuDevice(WorkerPool pool) {
    this.pool = pool;
  }

  /** Returns the device with the threads that all share, or with this many of its own. */
  public static CpuDevice open(int threads) {
    return new CpuDevice(
        threads == 0 || threads == WorkerPool.shared().workers()
            ? WorkerPool.shared()
            : new WorkerPool(threads));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public DeviceMemory allocate(String what, long bytes) {
    return arenas.allocate(() -> HostMemory.allocate(bytes));
  }

  @Override
  public Executable compile(Plan plan) {
    return new CpuExecutable(plan, pool, arenas);
  }

  /** Ends threads that are this device's own; generated code stays for the other sessions. */
  @Override
  public void close() {
    arenas.trim();
    if (pool != WorkerPool.shared()) {
      pool.close();
    }
  }
}
