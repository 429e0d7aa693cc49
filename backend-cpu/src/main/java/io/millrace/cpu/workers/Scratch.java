package io.millrace.cpu.workers;

import io.millrace.spi.ArenaPool;
import io.millrace.spi.HostMemory;

/** The scratch memory of all workers during a run: parts of a leased block. */
public final class Scratch implements AutoCloseable {
  private static final int ALIGNMENT = 64;

  private final ArenaPool<HostMemory>.Lease lease;
  private final long bytes;
  private final HostMemory[] parts;
  private long address;

  /**
   * Makes it without memory.
   *
   * @param bytes what each worker needs
   */
  public Scratch(ArenaPool<HostMemory> pool, String holder, int workers, long bytes) {
    this.bytes = (Math.max(1, bytes) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    lease = pool.lease(holder, workers * this.bytes);
    parts = new HostMemory[workers];
  }

  /** Leases the memory, until {@link #end}; returns whether it is elsewhere than before. */
  boolean begin() {
    HostMemory block = lease.begin();
    if (block.address() == address) {
      return false;
    }
    address = block.address();
    for (int i = 0; i < parts.length; i++) {
      parts[i] = HostMemory.wrap(address + i * bytes, bytes, () -> {});
    }
    return true;
  }

  void end() {
    lease.end();
  }

  /** Returns a worker's part. */
  HostMemory part(int worker) {
    return parts[worker];
  }

  @Override
  public void close() {
    lease.close();
  }
}
