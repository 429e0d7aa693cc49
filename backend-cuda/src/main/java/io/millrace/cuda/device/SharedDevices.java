package io.millrace.cuda.device;

import io.millrace.cuda.driver.Driver;
import io.millrace.cuda.driver.NvidiaDriver;
import io.millrace.cuda.libraries.CudaException;
import java.util.HashMap;
import java.util.Map;

/**
 * The devices of this machine that the process uses, each opened once and for as long as the
 * process lives: kernels, library handles and memory serve all sessions.
 */
public final class SharedDevices {
  private static final Map<Integer, Shared> OPENED = new HashMap<>();

  private SharedDevices() {}

  /** A device and its memory. */
  public record Shared(Driver driver, MemoryPool pool) {}

  /**
   * Returns a device by its number.
   *
   * @throws CudaException if it does not answer
   */
  public static synchronized Shared get(int ordinal) {
    return OPENED.computeIfAbsent(
        ordinal,
        number -> {
          Driver driver = new NvidiaDriver(number);
          return new Shared(driver, new MemoryPool(driver));
        });
  }
}
