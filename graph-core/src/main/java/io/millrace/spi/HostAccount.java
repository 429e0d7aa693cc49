package io.millrace.spi;

import io.millrace.DeviceException;
import java.util.Locale;

/** What one session holds of the host's memory, within its limit. Thread-safe. */
public final class HostAccount {
  private final long limit;
  private final Holdings holdings = new Holdings();
  private long used;

  /**
   * Opens an account.
   *
   * @param limit the most bytes to hold at a time; 0 for no limit
   */
  public HostAccount(long limit) {
    this.limit = limit;
  }

  /**
   * Returns zeroed memory that counts until it is closed.
   *
   * @param holder who has it, for the messages of those who find no memory
   * @throws DeviceException if the limit would be passed or the system has no memory left; it says
   *     who holds what
   */
  public HostMemory allocate(String holder, long bytes) {
    HostMemory memory = uninitialized(holder, bytes);
    memory.zero();
    return memory;
  }

  /** Returns memory that holds anything and counts until it is closed; see {@link #allocate}. */
  public HostMemory uninitialized(String holder, long bytes) {
    take(holder, bytes);
    HostMemory memory = HostMemory.take(bytes, () -> giveBack(holder, bytes));
    if (memory == null) {
      giveBack(holder, bytes);
      throw refuse(holder, bytes, HostPool.describe());
    }
    return memory;
  }

  /**
   * Returns memory that holds anything and does not count: the caller's from now on.
   *
   * @param holder what it is for
   * @throws DeviceException as {@link #allocate}
   */
  public HostMemory given(Object holder, long bytes) {
    if (limit > 0) {
      requireRoom(holder, bytes);
    }
    HostMemory memory = HostMemory.take(bytes, null);
    if (memory == null) {
      throw refuse(holder, bytes, HostPool.describe());
    }
    return memory;
  }

  private synchronized void requireRoom(Object holder, long bytes) {
    if (limit > 0 && bytes > limit - used) {
      throw refuse(
          holder,
          bytes,
          String.format(
              Locale.ROOT, "the session's limit of %,d bytes has %,d left", limit, limit - used));
    }
  }

  private synchronized void take(String holder, long bytes) {
    requireRoom(holder, bytes);
    used += bytes;
    holdings.add(holder, bytes);
  }

  private synchronized void giveBack(String holder, long bytes) {
    used -= bytes;
    holdings.remove(holder, bytes);
  }

  private synchronized DeviceException refuse(Object holder, long bytes, String why) {
    return new DeviceException(
        String.format(Locale.ROOT, "no %,d bytes for %s: %s", bytes, holder, why)
            + holdings.describe("; the session holds"));
  }
}
