package io.millrace.cuda.device;

import io.millrace.cuda.command.Target;
import io.millrace.cuda.driver.Driver;
import io.millrace.cuda.program.DeviceProgram;
import io.millrace.spi.ArenaPool;
import io.millrace.spi.ConstantPool;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.DeviceOptions;
import io.millrace.spi.Executable;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Plan;
import io.millrace.type.Literal;

/** An NVIDIA device as one session uses it. */
public final class CudaDevice implements Device {
  private final Driver driver;
  private final MemoryAccount account;
  private final ArenaPool<CudaMemory> arenas;
  private final ConstantPool<CudaMemory> constants = new ConstantPool<>(this::copy);
  private final DeviceOptions options;

  /** Uses a driver and its memory, which others may use too. */
  public CudaDevice(Driver driver, MemoryPool pool, DeviceOptions options) {
    this.driver = driver;
    this.options = options;
    account = new MemoryAccount(pool, options.memoryLimit());
    arenas = new ArenaPool<>(account::allocate);
  }

  @Override
  public String name() {
    return driver.name();
  }

  @Override
  public DeviceMemory allocate(String what, long bytes) {
    CudaMemory memory = arenas.allocate(() -> account.allocate(what, bytes));
    driver.clear(memory.address(), Math.max(1, bytes));
    return memory;
  }

  private CudaMemory copy(String holder, Literal literal) {
    long bytes = literal.type().bytes();
    CudaMemory memory = arenas.allocate(() -> account.allocate(holder, bytes));
    if (bytes > 0) {
      try (HostMemory copy = HostMemory.uninitialized(bytes)) {
        copy.window(0).put(0, literal.bytes(), 0, (int) bytes);
        driver.upload(copy, memory.address(), bytes);
      } catch (RuntimeException | Error e) {
        memory.close();
        throw e;
      }
    }
    return memory;
  }

  @Override
  public Executable compile(Plan plan) {
    return new CudaExecutable(DeviceProgram.of(plan, target()), driver, arenas, constants);
  }

  @Override
  public String explain(Plan plan) {
    return "commands for "
        + target().name()
        + ", "
        + target().architecture()
        + "\n"
        + DeviceProgram.of(plan, target());
  }

  private Target target() {
    return driver.target(options.tensorFloat32());
  }

  /** Frees arenas only: variables and plans are freed by those who have them. */
  @Override
  public void close() {
    arenas.trim();
  }
}
