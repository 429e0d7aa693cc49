package io.millrace.cuda.device;

import io.millrace.DeviceException;
import java.util.Locale;

/** What one session holds of a device's memory, within its limit. Thread-safe. */
final class MemoryAccount {
  private final MemoryPool pool;
  private final long limit;
  private long used;

  /**
   * Opens an account.
   *
   * @param limit the most bytes to hold at a time; 0 for no limit
   */
  MemoryAccount(MemoryPool pool, long limit) {
    this.pool = pool;
    this.limit = limit;
  }

  /**
   * Returns memory that holds anything.
   *
   * @param what the holder, for the messages of those who find no memory
   * @throws DeviceException if the device has no memory left or the limit would be passed; it says
   *     who holds what
   */
  synchronized CudaMemory allocate(String what, long bytes) {
    long size = MemoryPool.roundUp(bytes);
    if (limit > 0 && used + size > limit) {
      throw refuse(
          what,
          bytes,
          String.format(
              Locale.ROOT, "the session's limit of %,d bytes has %,d left", limit, limit - used));
    }
    MemoryPool.Block block =
        pool.take(what, bytes)
            .orElseThrow(() -> refuse(what, bytes, "the device has no memory left"));
    used += block.bytes();
    return new CudaMemory(this, block, what, bytes);
  }

  private DeviceException refuse(String what, long bytes, String why) {
    return new DeviceException(
        String.format(
            Locale.ROOT, "no %,d bytes for %s: %s; %s", bytes, what, why, pool.describe()));
  }

  synchronized void free(MemoryPool.Block block, String what) {
    used -= block.bytes();
    pool.giveBack(block, what);
  }
}
