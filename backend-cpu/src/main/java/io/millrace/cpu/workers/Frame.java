package io.millrace.cpu.workers;

import io.millrace.spi.DeviceMemory;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import java.nio.ByteBuffer;
import java.util.List;

/** Memory bound for one execution: what the places of a plan mean during a run. */
public final class Frame implements AutoCloseable {
  private final HostMemory arena;
  private final HostMemory[] constants;
  private final WorkerPool pool;
  private final Worker[] workers;
  private List<HostMemory> feeds = List.of();
  private List<DeviceMemory> resources = List.of();
  private List<HostMemory> fetches = List.of();

  /**
   * Allocates an arena and the workers' scratch memory.
   *
   * @param constants shared by all frames of a plan; not closed here
   */
  public Frame(long arenaBytes, HostMemory[] constants, WorkerPool pool, long scratchBytes) {
    arena = HostMemory.allocate(arenaBytes);
    this.constants = constants;
    this.pool = pool;
    workers = new Worker[pool.workers()];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(HostMemory.allocate(scratchBytes));
    }
  }

  /** Sets what the next run works on. */
  public void bind(List<HostMemory> feeds, List<DeviceMemory> resources, List<HostMemory> fetches) {
    this.feeds = feeds;
    this.resources = resources;
    this.fetches = fetches;
  }

  /** Forgets what the last run worked on, so that it can be freed. */
  public void unbind() {
    feeds = List.of();
    resources = List.of();
    fetches = List.of();
  }

  /** Returns the memory that a place lies in. */
  public HostMemory memory(Place place) {
    return switch (place.space()) {
      case ARENA -> arena;
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
    arena.close();
    for (Worker worker : workers) {
      worker.scratch().close();
    }
  }
}
