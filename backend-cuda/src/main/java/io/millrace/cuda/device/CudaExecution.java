package io.millrace.cuda.device;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.driver.Driver;
import io.millrace.cuda.driver.DriverStream;
import io.millrace.cuda.libraries.CudaException;
import io.millrace.ir.Control;
import io.millrace.spi.ArenaPool;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.Execution;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Interruption;
import io.millrace.spi.StepException;
import io.millrace.type.TensorType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * Runs a plan's commands in device memory that it has meanwhile.
 *
 * <p>The first run queues command after command and waits for each step, so that one that fails is
 * known; the libraries load what they need meanwhile. The second run records all, the transfers
 * too, as a graph, and from then on a run replays it. A graph is recorded anew when the memory that
 * it works in is another.
 *
 * <p>Where data decide what is done, the host waits for them: what stands before, between and after
 * is a graph each, and so is what stands in a branch or a turn.
 */
public final class CudaExecution implements Execution {
  /** With this property every run is as the first one. */
  public static final String BLOCKING = "millrace.cuda.blocking";

  private final CudaExecutable executable;
  private final Driver driver;
  private final Interruption interruption;
  private final ArenaPool<CudaMemory>.Lease lease;
  private final HostMemory exchange;
  private final List<HostMemory> staging = new ArrayList<>();
  private final List<HostMemory> results = new ArrayList<>();
  private final DriverStream stream;
  private final boolean blocking = Boolean.getBoolean(BLOCKING);
  private final long[] resourcesAt;
  private long frameAt;
  private final Sequence sequence;
  private CommandQueue queue;

  CudaExecution(CudaExecutable executable, ArenaPool<CudaMemory>.Lease lease) {
    this.executable = executable;
    this.lease = lease;
    interruption = Interruption.of(executable.program().plan());
    driver = executable.driver();
    ExecutionLayout layout = executable.layout();
    resourcesAt = new long[executable.program().plan().resources().size()];
    exchange = driver.pageLocked(layout.exchangedBytes());
    try {
      stream = driver.newStream();
    } catch (RuntimeException | Error e) {
      exchange.close();
      throw e;
    }
    sequence = Sequence.of(executable.program().parts());
    queue = new CommandQueue(executable, stream, memory(List.of()), exchange);
    layout.feeds().forEach(at -> staging.add(window(at)));
    layout.fetches().forEach(at -> results.add(window(at)));
  }

  /** Returns a part of the exchanged memory, which ends with that. */
  private HostMemory window(long at) {
    long bytes = exchange.bytes() - at;
    return HostMemory.wrap(exchange.address() + at, Math.max(1, bytes), () -> {});
  }

  @Override
  public Optional<HostMemory> staging(int feed) {
    return Optional.of(staging.get(feed));
  }

  @Override
  public void reserve() {
    lease.begin();
  }

  @Override
  public void release() {
    lease.end();
  }

  @Override
  public void run(List<HostMemory> feeds, List<DeviceMemory> resources, List<HostMemory> fetches) {
    List<TensorType> feedTypes = executable.program().plan().feeds();
    for (int i = 0; i < feedTypes.size(); i++) {
      if (feeds.get(i) != staging.get(i)) {
        copy(feeds.get(i), staging.get(i), feedTypes.get(i).bytes());
      }
    }
    CudaMemory frame = lease.begin();
    try {
      run(bind(frame, resources), resources);
    } catch (RuntimeException | Error e) {
      settle(e);
      throw e;
    } finally {
      lease.end();
    }
    List<TensorType> fetchTypes = executable.program().plan().fetches();
    for (int i = 0; i < fetchTypes.size(); i++) {
      copy(results.get(i), fetches.get(i), fetchTypes.get(i).bytes());
    }
  }

  /** A run that the device has begun goes to its end, or to where a loop may end. */
  private void run(boolean moved, List<DeviceMemory> resources) {
    interruption.check(0);
    if (moved) {
      sequence.forget();
      queue = new CommandQueue(executable, stream, memory(resources), exchange);
    }
    run(sequence);
    synchronize();
    requireSuccess();
  }

  private void run(Sequence sequence) {
    List<Sequence.Item> items = sequence.items();
    for (int i = 0; i < items.size(); i++) {
      Sequence.Item item = items.get(i);
      if (item instanceof Section section) {
        try {
          section.run(queue, stream, blocking);
        } catch (CudaException e) {
          throw unknownStep(e);
        }
      } else if (item instanceof Sequence.Fork fork) {
        run(fork);
      }
    }
  }

  private void run(Sequence.Fork fork) {
    synchronize();
    requireSuccess();
    if (fork.part().step().primitive() instanceof Control.Choose choose) {
      int index = exchange.window(0).getInt(Decision.ANSWER);
      run(fork.begin());
      run(fork.bodies().get(choose.branch(index)));
      return;
    }
    boolean goes = exchange.window(0).get(Decision.ANSWER) != 0;
    long rows = exchange.window(0).getLong(Decision.ROWS);
    run(fork.begin());
    for (long turn = 0; goes; turn++) {
      fork.turns().orElseThrow().begin(turn, rows);
      try {
        run(fork.bodies().get(0));
        synchronize();
        requireSuccess();
      } catch (StepException e) {
        throw e.inTurn(turn);
      }
      goes = exchange.window(0).get(Decision.ANSWER) != 0;
    }
  }

  private void synchronize() {
    try {
      stream.synchronize();
    } catch (CudaException e) {
      throw unknownStep(e);
    }
  }

  private CudaException unknownStep(CudaException e) {
    return new CudaException(
        ("a run on %s failed: %s; which of its %s steps it was is known if Java is "
                + "started with -D%s=true")
            .formatted(
                driver.name(),
                e.getMessage(),
                executable.program().plan().allSteps().count(),
                BLOCKING));
  }

  /** Waits for what a failed run began, because others may have its memory now. */
  private void settle(Throwable failure) {
    try {
      stream.synchronize();
    } catch (CudaException e) {
      failure.addSuppressed(e);
    }
  }

  /** Notes where the memory is; returns whether some was elsewhere in the last run. */
  private boolean bind(CudaMemory frame, List<DeviceMemory> resources) {
    boolean moved = frame.address() != frameAt;
    frameAt = frame.address();
    for (int i = 0; i < resourcesAt.length; i++) {
      long at = ((CudaMemory) resources.get(i)).address();
      moved |= at != resourcesAt[i];
      resourcesAt[i] = at;
    }
    return moved;
  }

  private ToLongFunction<Address> memory(List<DeviceMemory> resources) {
    List<Long> places = resources.stream().map(r -> ((CudaMemory) r).address()).toList();
    return executable.layout().at(frameAt, executable.constantsAt(), places);
  }

  /** Throws what the run's first failing step has to say, if one failed. */
  private void requireSuccess() {
    if (executable.program().mayFail()) {
      int code = exchange.window(0).getInt(0);
      if (code != CommandQueue.NOTHING_FAILED) {
        throw StepFailures.of(code, executable, queue.memory());
      }
    }
  }

  private static void copy(HostMemory from, HostMemory to, long bytes) {
    for (long at = 0; at < bytes; at += HostMemory.WINDOW) {
      int count = (int) Math.min(HostMemory.WINDOW, bytes - at);
      ByteBuffer source = from.window(at);
      to.window(at).put(0, source, 0, count);
    }
  }

  @Override
  public void close() {
    sequence.forget();
    stream.close();
    lease.close();
    staging.forEach(HostMemory::close);
    results.forEach(HostMemory::close);
    exchange.close();
  }
}
