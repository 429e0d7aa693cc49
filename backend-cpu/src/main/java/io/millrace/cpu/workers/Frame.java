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

  /**
   * Makes the workers.
   *
   * @param arenas where the arena and the workers' scratch memory are leased, in one block
   * @param holder whose arena it is
   * @param constants shared by all frames of a plan; not closed here
   * @param scratchBytes what each worker needs
   */
  public Frame(
      ArenaPool<HostMemory> arenas,
      String holder,
      long arenaBytes,
      HostMemory[] constants,
      WorkerPool pool,
      long scratchBytes) {
    this.constants = constants;
    this.pool = pool;
    scratchAt = aligned(arenaBytes);
    this.scratchBytes = aligned(Math.max(1, scratchBytes));
    workers = new Worker[pool.workers()];
    Arrays.setAll(workers, i -> new Worker());
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
  }

  /** Returns the memory that a place lies in. */
  public HostMemory memory(Place place) {
    return switch (place.space()) {
      case ARENA -> Objects.requireNonNull(arena);
      case FEED -> feeds.get(place.index());
      case FETCH -> fetches.get(place.index());
      case RESOURCE -> (HostMemory) resources.get(place.index());
      case CONSTANT -> constants[place.index()];
    };
  }

  /** Returns the address of a place, for native calls. */
  public long address(Place place) {
    return memory(place).address() + place.offset();
  }

  /**
   * Returns the little-endian buffer that holds the byte at this distance from a place's beginning,
   * at {@link #position}; a gigabyte from there lies in it too.
   */
  public ByteBuffer window(Place place, long byteOffset) {
    return memory(place).window(place.offset() + byteOffset);
  }

  /** Returns where in its {@link #window} the byte at this distance from the place's start is. */
  public static int position(Place place, long byteOffset) {
    return (int) ((place.offset() + byteOffset) % HostMemory.WINDOW);
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
