package io.millrace.spi;

import io.millrace.DeviceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The memory in which a device's runs have their arenas: a run leases a block and gives it back.
 *
 * <p>So there are as many blocks as runs overlap, each as large as the largest arena that needed
 * it, however many plans there are. A run that needs little does not take a block that is large,
 * while there is memory for a small one: the next run may need the large one. A block holds
 * anything when it is leased. Thread-safe.
 *
 * @param <M> the device's memory
 */
public final class ArenaPool<M extends DeviceMemory> {
  /** Up to this size it does not matter how much larger than needed a block is. */
  private static final long SMALL = 1 << 20;

  private static final long TIMES_LARGER = 8;

  /** Up to this size a block costs less than to lease it for each run. */
  private static final long TINY = 1 << 16;

  private final Source<M> source;

  private final ReentrantLock lock = new ReentrantLock();

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

  /** Returns a pool of the host's memory, whose free blocks go where the account has none left. */
  public static ArenaPool<HostMemory> of(HostAccount account) {
    ArenaPool<HostMemory> pool = new ArenaPool<>(account::uninitialized);
    account.addSpare(pool::trimUnlessBusy);
    return pool;
  }

  /**
   * Returns the leases that one execution takes, one after another.
   *
   * @param what whose arena it is: what is said when memory runs out
   */
  public Lease lease(String what, long bytes) {
    return new Lease(what, bytes);
  }

  /**
   * The leases of one execution, which has at most one at a time: between the first {@link #begin}
   * and the {@link #end} that belongs to it. What is tiny stays its own until it is closed. Not
   * thread-safe.
   */
  public final class Lease implements AutoCloseable {
    private final String what;
    private final long bytes;
    private final boolean tiny;
    private @Nullable M block;
    private int begun;

    private Lease(String what, long bytes) {
      this.what = what;
      this.bytes = bytes;
      tiny = bytes <= TINY;
    }

    /**
     * Returns memory that is this execution's alone until {@link #end}: the same as before, if
     * nobody else has it.
     *
     * @throws DeviceException if the device has too little left
     */
    public M begin() {
      M leased = block;
      if (leased == null || (begun == 0 && !tiny)) {
        leased = tiny ? allocate(() -> source.allocate(what, bytes)) : take(what, bytes, leased);
        block = leased;
      }
      begun++;
      return leased;
    }

    /** Gives back what {@link #begin} returned, once for each time. */
    public void end() {
      begun--;
      if (begun == 0 && !tiny) {
        giveBack(Objects.requireNonNull(block));
      }
    }

    /** Frees what is this execution's own; a second call does nothing. */
    @Override
    public void close() {
      if (block != null && tiny) {
        block.close();
        block = null;
      }
    }
  }

  private M take(String what, long bytes, @Nullable M last) {
    lock.lock();
    try {
      return find(what, bytes, last);
    } finally {
      lock.unlock();
    }
  }

  private M find(String what, long bytes, @Nullable M last) {
    if (last != null && suits(last, bytes) && free.remove(last)) {
      return last;
    }
    int fitting = position(bytes);
    if (fitting < free.size() && suits(free.get(fitting), bytes)) {
      return free.remove(fitting);
    }
    if (fitting > 0) {
      fitting--;
      free.remove(fitting).close();
    }
    if (fitting < free.size()) {
      try {
        return source.allocate(what, bytes);
      } catch (DeviceException e) {
        return free.remove(fitting);
      }
    }
    return allocate(() -> source.allocate(what, bytes));
  }

  private boolean suits(M block, long bytes) {
    return block.bytes() <= Math.max(SMALL, TIMES_LARGER * bytes);
  }

  /** Returns the position of the first free block that is large enough. */
  private int position(long bytes) {
    int position = 0;
    while (position < free.size() && free.get(position).bytes() < bytes) {
      position++;
    }
    return position;
  }

  private void giveBack(M block) {
    lock.lock();
    try {
      free.add(position(block.bytes()), block);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns what was allocated; where memory ran out at first, free blocks were given up for it.
   */
  public <T> T allocate(Supplier<T> allocation) {
    try {
      return allocation.get();
    } catch (DeviceException e) {
      trim();
      return allocation.get();
    }
  }

  /** Frees all blocks that no run has. */
  public void trim() {
    lock.lock();
    try {
      free.forEach(DeviceMemory::close);
      free.clear();
    } finally {
      lock.unlock();
    }
  }

  /** Does the same, unless someone takes or gives back a block just now, be it this thread. */
  private void trimUnlessBusy() {
    if (!lock.isHeldByCurrentThread() && lock.tryLock()) {
      try {
        trim();
      } finally {
        lock.unlock();
      }
    }
  }
}
