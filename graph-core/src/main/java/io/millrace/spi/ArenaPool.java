package io.millrace.spi;

import io.millrace.DeviceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The memory in which a device's runs have their arenas: a run leases a block and gives it back.
 *
 * <p>So there are as many blocks as runs overlap, each as large as the largest arena that needed
 * it, however many plans there are. A block holds anything when it is leased. Thread-safe.
 *
 * @param <M> the device's memory
 */
public final class ArenaPool<M extends DeviceMemory> {
  private final Source<M> source;

  /** The blocks that no run has, the smallest first. */
  private final List<M> free = new ArrayList<>();

  /**
   * Where blocks come from.
   *
   * @param <M> the device's memory
   */
  public interface Source<M> {
    /** Returns memory that holds anything; see {@link Device#allocate}. */
    M allocate(String what, long bytes);
  }

  /** Makes a pool without blocks. */
  public ArenaPool(Source<M> source) {
    this.source = source;
  }

  /** Returns a pool of the host's memory. */
  public static ArenaPool<HostMemory> ofHost() {
    return new ArenaPool<>((what, bytes) -> HostMemory.uninitialized(bytes));
  }

  /**
   * Returns the leases that one execution takes, one after another.
   *
   * @param what whose arena it is: what is said when memory runs out
   */
  public Lease lease(String what, long bytes) {
    return new Lease(what, bytes);
  }

  /** The leases of one execution, which has at most one at a time. */
  public final class Lease {
    private final String what;
    private final long bytes;
    private @Nullable M block;

    private Lease(String what, long bytes) {
      this.what = what;
      this.bytes = bytes;
    }

    /**
     * Returns memory that is this execution's alone until {@link #end}: the same as before, if
     * nobody else has it.
     *
     * @throws DeviceException if the device has too little left
     */
    public M begin() {
      M leased = take(what, bytes, block);
      block = leased;
      return leased;
    }

    /** Gives back what {@link #begin} returned. */
    public void end() {
      giveBack(Objects.requireNonNull(block));
    }
  }

  private synchronized M take(String what, long bytes, @Nullable M last) {
    if (last != null && free.remove(last)) {
      return last;
    }
    for (int i = 0; i < free.size(); i++) {
      if (free.get(i).bytes() >= bytes) {
        return free.remove(i);
      }
    }
    if (!free.isEmpty()) {
      free.remove(free.size() - 1).close();
    }
    return allocate(() -> source.allocate(what, bytes));
  }

  private synchronized void giveBack(M block) {
    int position = 0;
    while (position < free.size() && free.get(position).bytes() < block.bytes()) {
      position++;
    }
    free.add(position, block);
  }

  /**
   * Returns what was allocated; where memory ran out at first, free blocks were given up for it.
   */
  public <T> T allocate(Supplier<T> allocation) {
    try {
      return allocation.get();
    } catch (DeviceException | OutOfMemoryError e) {
      trim();
      return allocation.get();
    }
  }

  /** Frees all blocks that no run has. */
  public synchronized void trim() {
    free.forEach(DeviceMemory::close);
    free.clear();
  }
}
