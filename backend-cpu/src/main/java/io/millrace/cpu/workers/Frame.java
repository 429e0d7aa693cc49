package io.millrace.cpu.workers;

import io.millrace.spi.ArenaPool;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Memory bound for one execution: what the places of a plan mean during a run. */
public final class Frame implements AutoCloseable {
  private static final int ALIGNMENT = 64;

  private final ArenaPool<HostMemory>.Lease lease;
  private final long scratchAt;
  private final long scratchBytes;
  private final HostMemory[] constants;
  private final WorkerPool pool;
  private final Worker[] workers;

  /** What was leased last. */
  private @Nullable HostMemory block;

  private @Nullable HostMemory arena;
  private List<HostMemory> feeds = List.of();
  private List<DeviceMemory> resources = List.of();
  private List<HostMemory> fetches = List.of();

  /** Where the rows are that loops have at their turns. */
  private final @Nullable HostMemory[] rows;

  private final long[] rowsAt;

  /**
   * Makes the workers.
   *
   * @param arenas where the arena and the workers' scratch memory are leased, in one block
   * @param holder whose arena it is
   * @param constants shared by all frames of a plan; not closed here
   * @param rows how many rows loops have at a turn
   * @param scratchBytes what each worker needs
   * @param operands the most that spans have
   */
  public Frame(
      ArenaPool<HostMemory> arenas,
      String holder,
      long arenaBytes,
      HostMemory[] constants,
      int rows,
      WorkerPool pool,
      long scratchBytes,
      int operands) {
    this.rows = new @Nullable HostMemory[rows];
    rowsAt = new long[rows];
    this.constants = constants;
    this.pool = pool;
    scratchAt = aligned(arenaBytes);
    this.scratchBytes = aligned(Math.max(1, scratchBytes));
    workers = new Worker[pool.workers()];
    Arrays.setAll(workers, i -> new Worker(operands));
    lease = arenas.lease(holder, scratchAt + workers.length * this.scratchBytes);
  }

  private static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Leases the memory for the next run, until {@link #release}. */
  public void reserve() {
    HostMemory leased = lease.begin();
    if (leased != block) {
      block = leased;
      for (int i = 0; i < workers.length; i++) {
        long at = leased.address() + scratchAt + i * scratchBytes;
        workers[i].setScratch(HostMemory.wrap(at, scratchBytes, () -> {}));
      }
    }
    arena = leased;
  }

  /** Gives back what {@link #reserve} leased. */
  public void release() {
    lease.end();
  }

  /** Sets what the next run works on, until {@link #unbind}. */
  public void bind(List<HostMemory> feeds, List<DeviceMemory> resources, List<HostMemory> fetches) {
    reserve();
    this.feeds = feeds;
    this.resources = resources;
    this.fetches = fetches;
  }

  /** Forgets what the last run worked on, so that it can be freed. */
  public void unbind() {
    arena = null;
    release();
    feeds = List.of();
    resources = List.of();
    fetches = List.of();
    Arrays.fill(rows, null);
  }

  /** Returns the memory that a place lies in. */
  public HostMemory memory(Place place) {
    return switch (place.space()) {
      case ARENA -> Objects.requireNonNull(arena);
      case FEED -> feeds.get(place.index());
      case FETCH -> fetches.get(place.index());
      case RESOURCE -> (HostMemory) resources.get(place.index());
      case CONSTANT -> constants[place.index()];
      case ROW -> Objects.requireNonNull(rows[place.index()]);
    };
  }

  /** Returns the byte of its memory that a place begins at. */
  public long offset(Place place) {
    return place.space() == Place.Space.ROW
        ? rowsAt[place.index()] + place.offset()
        : place.offset();
  }

  /** Lets places of a row be, until the next call, so many bytes from another place's beginning. */
  public void setRow(int row, Place within, long bytes) {
    rows[row] = memory(within);
    rowsAt[row] = offset(within) + bytes;
  }

  /** Returns the address of a place, for native calls. */
  public long address(Place place) {
    return memory(place).address() + offset(place);
  }

  /**
   * Returns the little-endian buffer that holds the byte at this distance from a place's beginning,
   * at {@link #position}; a gigabyte from there lies in it too.
   */
  public ByteBuffer window(Place place, long byteOffset) {
    return memory(place).window(offset(place) + byteOffset);
  }

  /** Returns where in its {@link #window} the byte at this distance from the place's start is. */
  public int position(Place place, long byteOffset) {
    return (int) ((offset(place) + byteOffset) % HostMemory.WINDOW);
  }

  /** Returns a worker's scratch memory, as large as the neediest kernel of the plan asked for. */
  public HostMemory scratch(int worker) {
    return workers[worker].scratch();
  }

  /** Returns the state of a worker. */
  public Worker worker(int worker) {
    return workers[worker];
  }

  /** Returns the threads that share the work. */
  public WorkerPool pool() {
    return pool;
  }

  @Override
  public void close() {
    lease.close();
  }
}
