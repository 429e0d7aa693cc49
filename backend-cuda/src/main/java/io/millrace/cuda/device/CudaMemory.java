package io.millrace.cuda.device;

import io.millrace.spi.DeviceMemory;
import java.util.concurrent.atomic.AtomicBoolean;

/** A block of a device's memory that counts among what a session holds. */
final class CudaMemory implements DeviceMemory {
  private final MemoryAccount account;
  private final MemoryPool.Block block;
  private final String what;
  private final long bytes;
  private final AtomicBoolean closed = new AtomicBoolean();

  CudaMemory(MemoryAccount account, MemoryPool.Block block, String what, long bytes) {
    this.account = account;
    this.block = block;
    this.what = what;
    this.bytes = bytes;
  }

  long address() {
    return block.address();
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      account.free(block, what);
    }
  }
}
