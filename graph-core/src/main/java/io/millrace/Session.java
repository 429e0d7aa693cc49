package io.millrace;

import io.millrace.compiler.ValueNeededException;
import io.millrace.op.Op;
import io.millrace.spi.StepException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.StampedLock;

/**
 * Runs a graph on devices and keeps the values of its variables, as TensorFlow's {@code
 * tf.Session}.
 *
 * <p><b>Devices.</b> An operation runs where the {@link Graph#device} scope asks in which it was
 * made, and otherwise on the session's own device. A variable's memory is on the device of its
 * operation, and whatever writes it runs there. Values are copied where devices meet. If a device
 * cannot be had, the run fails, or with {@link SessionOptions#softPlacement()} the session's own
 * takes its place.
 *
 * <p><b>Fetches and targets.</b> A tensor is fetched by handle or by name ({@code loss:0}; {@code
 * loss} means {@code loss:0}). An operation given by handle, or by name if it has no outputs, is a
 * target: it is run and gives no tensor.
 *
 * <p><b>Feeds.</b> Keys are tensors, by handle or name; any tensor may be fed, not only
 * placeholders, and is then not computed. Values are tensors, numbers, booleans, Java arrays,
 * nested too, or buffers:
 *
 * <ul>
 *   <li>A {@link Tensor} must have the element type exactly; on the host it is not copied.
 *   <li>Anything else converts as in {@link Tensor#of(Object, DType)}: integers to any numeric type
 *       if they fit, floats to float64, one Double to float32.
 *   <li>A flat array or buffer takes the tensor's static shape if that has at most one unknown
 *       extent and the length fits: 78,400 floats fed to {@code [?,784]} are {@code [100,784]}.
 * </ul>
 *
 * <p><b>Order.</b> A run executes as if the operations that it needs ran one after another in the
 * order in which they were added to the graph. Runs that write variables exclude all others of the
 * session; the others overlap. What may fail on the data is computed before anything is written, so
 * a run that fails leaves the variables as they were.
 *
 * <p>Thread-safe. Several sessions may share a graph; each has its own state. The first run of its
 * kind (fetches, targets, fed tensors and their shapes) is compiled, later ones only executed.
 */
public final class Session implements AutoCloseable {
  private final Graph graph;
  private final SessionOptions options;
  private final Devices devices;
  private final VariableStore state;
  private final PlanCache plans;
  private final Failures failures;

  /** Held shared by a run that only reads state, exclusively by one that writes it. */
  private final StampedLock stateLock = new StampedLock();

  private volatile boolean closed;

  /**
   * Opens a session on the best device.
   *
   * @throws DeviceException if there is none
   */
  public Session(Graph graph) {
    this(graph, SessionOptions.defaults());
  }

  /**
   * Opens a session.
   *
   * @throws DeviceException if the device cannot be had
   */
  public Session(Graph graph, SessionOptions options) {
    this(graph, options, Devices.open(options, Backends.find()));
  }

  /** Opens a session on devices that belong to the session from now on. */
  Session(Graph graph, SessionOptions options, Devices devices) {
    this.graph = graph;
    this.options = options;
    this.devices = devices;
    state = new VariableStore(devices);
    plans = new PlanCache(graph, devices, state, options);
    failures = new Failures(graph, state);
  }

  /** Returns the graph. */
  public Graph graph() {
    return graph;
  }

  /** Returns the name of the session's own device, such as {@code cpu:0}. */
  public String device() {
    return devices.home();
  }

  /** Returns the value of a tensor that needs no feeds. */
  public Tensor run(Operand fetch) {
    return one(fetch, Map.of());
  }

  /**
   * Returns the value of a tensor.
   *
   * @throws FeedException if a needed placeholder is not fed (all of them are listed), a value does
   *     not suit its tensor, or something belongs to another graph
   * @throws GraphException if the exact shapes break an operation's rule
   * @throws UninitializedException if a variable is read that has no value yet
   * @throws ExecutionException if the computation fails
   * @throws DeviceException if the device of an operation cannot be had, or has no memory left
   * @throws ClosedException if the session or a fed tensor was closed
   */
  public Tensor run(Operand fetch, Map<?, ?> feeds) {
    return one(fetch, feeds);
  }

  /** Returns the value of a tensor, by name, that needs no feeds. */
  public Tensor run(String fetch) {
    return run(fetch, Map.of());
  }

  /** Returns the value of a tensor, by name; errors as {@link #run(Operand, Map)}. */
  public Tensor run(String fetch, Map<?, ?> feeds) {
    if (fetch.indexOf(':') < 0 && graph.operation(fetch).outputs().isEmpty()) {
      throw new FeedException(
          "'" + fetch + "' has no outputs to fetch: run the operation, graph.operation(name)");
    }
    return one(fetch, feeds);
  }

  /** Runs an operation that needs no feeds. */
  public void run(Operation target) {
    run(target, Map.of());
  }

  /** Runs an operation; errors as {@link #run(Operand, Map)}. */
  public void run(Operation target, Map<?, ?> feeds) {
    finish(begin(target, feeds));
  }

  /** Fetches several tensors and runs operations in one run without feeds. */
  public List<Tensor> run(List<?> wanted) {
    return run(wanted, Map.of());
  }

  /**
   * Fetches several tensors and runs operations in one run; errors as {@link #run(Operand, Map)}.
   *
   * @param wanted operands, operations and names
   * @return a tensor for each element that is one, in their order; operations do not appear
   */
  public List<Tensor> run(List<?> wanted, Map<?, ?> feeds) {
    RunSlot slot = begin(wanted, feeds);
    try {
      List<Integer> results = slot.call().results();
      Tensor[] tensors = new Tensor[results.size()];
      for (int i = 0; i < tensors.length; i++) {
        int first = results.indexOf(results.get(i));
        tensors[i] = first < i ? tensors[first] : slot.tensor(results.get(i));
      }
      return List.of(tensors);
    } finally {
      finish(slot);
    }
  }

  /** Returns a builder of one run. */
  public Runner runner() {
    return new Runner(this);
  }

  private Tensor one(Object fetch, Map<?, ?> feeds) {
    RunSlot slot = begin(fetch, feeds);
    try {
      return slot.tensor(0);
    } finally {
      finish(slot);
    }
  }

  private static void finish(RunSlot slot) {
    slot.forgetFetches();
    slot.plan().release(slot);
  }

  /** Runs a call and returns the slot that holds its results until {@link #finish}. */
  private RunSlot begin(Object wanted, Map<?, ?> feeds) {
    requireOpen();
    RunSlot slot = null;
    while (slot == null) {
      Call call = plans.find(wanted, feeds);
      if (call == null) {
        call = plans.add(CallReader.read(graph, wanted, feeds));
      }
      ReadyPlan plan = call.plan();
      slot = plan == null ? runAlone(call, feeds) : plan.acquire(true);
      if (slot != null && plan != null) {
        runLocked(slot, call, feeds);
      }
    }
    return slot;
  }

  private void runLocked(RunSlot slot, Call call, Map<?, ?> feeds) {
    boolean done = false;
    try {
      slot.bind(call, feeds, Map.of());
      boolean writes = slot.plan().writes();
      long stamp = writes ? stateLock.writeLock() : stateLock.readLock();
      try {
        requireOpen();
        execute(slot);
      } finally {
        stateLock.unlock(stamp);
      }
      done = true;
    } finally {
      end(slot, done);
    }
  }

  private static void end(RunSlot slot, boolean done) {
    slot.releaseFeeds();
    if (!done) {
      slot.dropFetches();
      slot.plan().release(slot);
    }
  }

  /**
   * Runs a call whose plan depends on values that only a run can tell. Nothing else runs meanwhile,
   * so that the values found still hold when they are used.
   */
  private RunSlot runAlone(Call call, Map<?, ?> feeds) {
    Map<Output, Tensor> found = new HashMap<>();
    long stamp = stateLock.writeLock();
    try {
      requireOpen();
      return runFinding(PlanKey.of(call), call, feeds, found);
    } finally {
      stateLock.unlock(stamp);
      found.values().forEach(Tensor::close);
    }
  }

  private RunSlot runFinding(PlanKey first, Call call, Map<?, ?> feeds, Map<Output, Tensor> found) {
    PlanKey key = first;
    while (true) {
      Output needed;
      try {
        needed = plans.needed(key);
      } catch (GraphException e) {
        throw failures.ofCompiling(key, e);
      }
      if (needed != null) {
        key = find(key, needed, call, feeds, found);
        continue;
      }
      ReadyPlan plan = plans.plan(key);
      // Waiting for a slot here could be waiting for a run that waits for the lock.
      RunSlot slot = plan == null ? null : plan.acquire(false);
      if (slot != null) {
        boolean done = false;
        try {
          slot.bind(call, feeds, found);
          execute(slot);
          done = true;
        } finally {
          end(slot, done);
        }
        return slot;
      }
    }
  }

  /** Runs what a key needs first, and returns the key that has it. */
  private PlanKey find(
      PlanKey key, Output needed, Call call, Map<?, ?> feeds, Map<Output, Tensor> found) {
    Operation maker = needed.operation();
    if (needed.isSizes() && maker.op().sizes() == Op.SHAPE_OF_STATE) {
      return key.withKnown(needed, state.shape(maker.name()));
    }
    if (needed.isSizes() && maker.op().sizes() == Op.PRESENCE_OF_STATE) {
      return key.withKnown(needed, state.presence(maker.input(0).operation().name()));
    }
    PlanKey finding = key.finding(needed);
    RunSlot slot = runFinding(finding, call, feeds, found);
    try (Tensor value = slot.tensor(0)) {
      PlanKey next = key.withKnown(needed, value.toLiteral());
      for (int i = 1; i < finding.fetches().size(); i++) {
        Output output = finding.fetches().get(i);
        Tensor tensor = slot.tensor(i);
        next = next.withFound(output, tensor.shape());
        Tensor before = found.put(output, tensor);
        if (before != null) {
          before.close();
        }
      }
      return next;
    } finally {
      finish(slot);
    }
  }

  private void execute(RunSlot slot) {
    ReadyPlan plan = slot.plan();
    plan.requireInitialized();
    slot.allocateFetches();
    try {
      slot.execution().run(slot.feeds(), plan.resources(), slot.fetches());
    } catch (StepException e) {
      throw failures.ofRun(e);
    }
    plan.markWritten();
  }

  /** Explains a run of one tensor; see {@link #explain(List, Map)}. */
  public String explain(Operand fetch, Map<?, ?> feeds) {
    return explain(List.of(fetch), feeds);
  }

  /** Explains a run of one operation; see {@link #explain(List, Map)}. */
  public String explain(Operation target, Map<?, ?> feeds) {
    return explain(List.of(target), feeds);
  }

  /**
   * Returns the stages of a run as text: the operations that it needs, the program before and after
   * the passes, and the plan with its cost, for each part that a device does. Nothing is written.
   *
   * @param wanted operands, operations and names, as in {@link #run(List, Map)}
   * @param feeds values or just tensors of the right shapes
   */
  public String explain(List<?> wanted, Map<?, ?> feeds) {
    requireOpen();
    Call call = CallReader.read(graph, wanted, feeds);
    Map<Output, Tensor> found = new HashMap<>();
    long stamp = stateLock.writeLock();
    try {
      requireOpen();
      return explain(PlanKey.of(call), call, feeds, found);
    } finally {
      stateLock.unlock(stamp);
      found.values().forEach(Tensor::close);
    }
  }

  private String explain(PlanKey first, Call call, Map<?, ?> feeds, Map<Output, Tensor> found) {
    PlanKey key = first;
    StringBuilder text = new StringBuilder();
    while (true) {
      Output needed;
      try {
        return text
            + key.compile(graph, options.passes(), devices)
                .explain((device, plan) -> devices.get(device).explain(plan));
      } catch (ValueNeededException e) {
        needed = e.output();
      } catch (GraphException e) {
        throw failures.ofCompiling(key, e);
      }
      key = find(key, needed, call, feeds, found);
      text.append("found first: ").append(needed).append(" = ").append(key.known().get(needed));
      text.append('\n');
    }
  }

  /** Returns the number of plans kept. */
  int cachedPlans() {
    return plans.size();
  }

  private void requireOpen() {
    if (closed) {
      throw closedException();
    }
  }

  static ClosedException closedException() {
    return new ClosedException("the session was closed");
  }

  /**
   * Waits for the runs in progress and frees everything; a second call does nothing. Tensors that
   * were fetched stay valid.
   */
  @Override
  public void close() {
    long stamp = stateLock.writeLock();
    try {
      if (closed) {
        return;
      }
      closed = true;
    } finally {
      stateLock.unlock(stamp);
    }
    plans.close();
    state.close();
    devices.close();
  }
}
