package io.millrace.cuda;

import java.util.HashMap;
import java.util.Map;

/**
 * The devices of this machine that the process uses, each opened once and for as long as the
 * process lives: kernels, library handles and memory serve all sessions.
 */
final class SharedDevices {
  private static final Map<Integer, Shared> OPENED = new HashMap<>();

  private SharedDevices() {}

  /** A device and its memory. */
  record Shared(Driver driver, MemoryPool pool) {}

  /**
   * Returns a device by its number.
   *
   * @throws CudaException if it does not answer
   */
  static synchronized Shared get(int ordinal) {
    return OPENED.computeIfAbsent(
        ordinal,
        number -> {
          Driver driver = new NvidiaDriver(number);
          return new Shared(driver, new MemoryPool(driver));
        });
  }
}
