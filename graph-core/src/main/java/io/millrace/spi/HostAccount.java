package io.millrace.spi;

import io.millrace.DeviceException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** What one session holds of the host's memory, within its limit. Thread-safe. */
public final class HostAccount {
  private final long limit;
  private final Holdings holdings = new Holdings();

  /** Free what is held for later runs only. */
  private final List<Runnable> spares = new CopyOnWriteArrayList<>();

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
    HostMemory memory = counted(holder, bytes);
    if (memory == null) {
      spares.forEach(Runnable::run);
      memory = counted(holder, bytes);
    }
    if (memory == null) {
      throw refuse(holder, bytes);
    }
    return memory;
  }

  private @Nullable HostMemory counted(String holder, long bytes) {
    if (!take(holder, bytes)) {
      return null;
    }
    HostMemory memory = HostMemory.take(bytes, () -> giveBack(holder, bytes));
    if (memory == null) {
      giveBack(holder, bytes);
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
    HostMemory memory = uncounted(bytes);
    if (memory == null) {
      spares.forEach(Runnable::run);
      memory = uncounted(bytes);
    }
    if (memory == null) {
      throw refuse(holder, bytes);
    }
    return memory;
  }

  private @Nullable HostMemory uncounted(long bytes) {
    return limit == 0 || hasRoom(bytes) ? HostMemory.take(bytes, null) : null;
  }

  /**
   * Adds what frees memory that is held for later runs only. It is called where there is none left,
   * with whatever locks the caller holds, so it must not wait for one.
   */
  void addSpare(Runnable spare) {
    spares.add(spare);
  }

  private synchronized boolean hasRoom(long bytes) {
    return limit == 0 || bytes <= limit - used;
  }

  private synchronized boolean take(String holder, long bytes) {
    if (!hasRoom(bytes)) {
      return false;
    }
    used += bytes;
    holdings.add(holder, bytes);
    return true;
  }

  private synchronized void giveBack(String holder, long bytes) {
    used -= bytes;
    holdings.remove(holder, bytes);
  }

  private synchronized DeviceException refuse(Object holder, long bytes) {
    String why =
        hasRoom(bytes)
            ? HostPool.describe()
            : String.format(
                Locale.ROOT, "the session's limit of %,d bytes has %,d left", limit, limit - used);
    return new DeviceException(
        String.format(Locale.ROOT, "no %,d bytes for %s: %s", bytes, holder, why)
            + holdings.describe("; the session holds"));
  }
}
