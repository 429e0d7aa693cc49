package io.millrace.session;

import io.millrace.host.HostBuffers;
import io.millrace.spi.ArenaPool;
import io.millrace.spi.HostMemory;
import io.millrace.type.TensorType;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Memory into which the values of one feed are copied: the execution's own, or what is leased while
 * a run lasts.
 */
final class Staging implements AutoCloseable {
  private final TensorType type;
  private final ArenaPool<HostMemory>.@Nullable Lease lease;
  private @Nullable HostMemory memory;
  private @Nullable HostBuffers buffers;
  private boolean begun;

  /**
   * Makes it.
   *
   * @param given the execution's own memory
   * @param holder what is fed
   */
  Staging(TensorType type, Optional<HostMemory> given, ArenaPool<HostMemory> pool, String holder) {
    this.type = type;
    lease = given.isPresent() ? null : pool.lease(holder, type.bytes());
    given.ifPresent(this::use);
  }

  private void use(HostMemory now) {
    memory = now;
    buffers = new HostBuffers(now, type);
  }

  /** Has the memory until {@link #end}. */
  HostMemory begin() {
    if (lease != null && !begun) {
      HostMemory leased = lease.begin();
      begun = true;
      if (leased != memory) {
        use(leased);
      }
    }
    return Objects.requireNonNull(memory);
  }

  /** Returns the buffers of the memory that {@link #begin} returned. */
  HostBuffers buffers() {
    return Objects.requireNonNull(buffers);
  }

  /** Gives back what a run leased. */
  void end() {
    if (lease != null && begun) {
      begun = false;
      lease.end();
    }
  }

  @Override
  public void close() {
    if (lease != null) {
      lease.close();
    }
  }
}
