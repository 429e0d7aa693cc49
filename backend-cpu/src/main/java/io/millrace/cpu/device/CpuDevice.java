package io.millrace.cpu.device;

import io.millrace.cpu.workers.WorkerPool;
import io.millrace.spi.ArenaPool;
import io.millrace.spi.ConstantPool;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.DeviceOptions;
import io.millrace.spi.Executable;
import io.millrace.spi.HostAccount;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Plan;
import io.millrace.type.Literal;
import java.util.Optional;

/** The processor and the main memory. */
public final class CpuDevice implements Device {
  public static final String NAME = "cpu:0";

  private final WorkerPool pool;
  private final HostAccount account;
  private final ArenaPool<HostMemory> arenas;
  private final ConstantPool<HostMemory> constants;

  private CpuDevice(WorkerPool pool, HostAccount account) {
    this.pool = pool;
    this.account = account;
    arenas = ArenaPool.of(account);
    constants = new ConstantPool<>(this::copy);
  }

  /**
   * Returns the device with the threads that all share, or with so many of its own.
   *
   * @throws io.millrace.DeviceException if the system does not have so many threads
   */
  public static CpuDevice open(DeviceOptions options) {
    int threads = options.threads();
    return new CpuDevice(
        threads == 0 || threads == WorkerPool.shared().workers()
            ? WorkerPool.shared()
            : new WorkerPool(threads),
        new HostAccount(options.memoryLimit()));
  }

  private HostMemory copy(String holder, Literal literal) {
    long bytes = literal.type().bytes();
    HostMemory memory = account.uninitialized(holder, bytes);
    // A literal lies in one Java array, so that one window holds it.
    memory.window(0).put(0, literal.bytes(), 0, (int) bytes);
    return memory;
  }

  @Override
  public Optional<HostAccount> account() {
    return Optional.of(account);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public DeviceMemory allocate(String what, long bytes) {
    return account.allocate(what, bytes);
  }

  @Override
  public Executable compile(Plan plan) {
    return new CpuExecutable(plan, pool, arenas, constants);
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
