package io.millrace.cpu.workers;

import io.millrace.spi.ArenaPool;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Memory bound for one execution: what the places of a plan mean during a run. */
public final class Frame implements AutoCloseable {
  private final ArenaPool<HostMemory>.Lease lease;
  private final Scratch scratch;
  private final HostMemory[] constants;
  private final WorkerPool pool;
  private final Worker[] workers;

  private @Nullable HostMemory arena;
  private List<HostMemory> feeds = List.of();
  private List<DeviceMemory> resources = List.of();
  private List<HostMemory> fetches = List.of();

  /**
   * Makes the workers.
   *
   * @param lease of an arena for each run
   * @param constants shared by all frames of a plan; not closed here
   */
  public Frame(
      ArenaPool<HostMemory>.Lease lease, HostMemory[] constants, WorkerPool pool, Scratch scratch) {
    this.lease = lease;
    this.scratch = scratch;
    this.constants = constants;
    this.pool = pool;
    workers = new Worker[pool.workers()];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker();
    }
  }

  /** Leases the memory for the next run, until {@link #release}. */
  public void reserve() {
    arena = lease.begin();
    try {
      if (scratch.begin()) {
        for (int i = 0; i < workers.length; i++) {
          workers[i].setScratch(scratch.part(i));
        }
      }
    } catch (RuntimeException | Error e) {
      lease.end();
      throw e;
    }
  }

  /** Gives back what {@link #reserve} leased. */
  public void release() {
    scratch.end();
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
    scratch.close();
  }
}
