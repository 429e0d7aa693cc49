package io.millrace;

import io.millrace.op.Arguments;
import io.millrace.session.Devices;
import io.millrace.session.Runs;
import io.millrace.type.DType;
import io.millrace.type.Given;
import java.util.List;
import java.util.Map;

/**
 * Runs a graph on devices and keeps the values of its variables, as TensorFlow's {@code
 * tf.Session}.
 *
 * <p><b>Devices.</b> An operation runs where the {@link Graph#device} scope asks in which it was
 * made, and otherwise on the session's own device. A variable's memory is on the device of its
 * operation, and whatever writes it runs there. Values are copied where devices meet. If a device
 * cannot be had, the run fails, or with {@link SessionOptions#softPlacement(boolean)} the session's
 * own takes its place.
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
 * order in which they were added to the graph. Who uses what was read of a variable sees what the
 * variable holds by then. Runs that write variables exclude all others of the session; the others
 * overlap, and of those that draw random numbers each gets a stretch of its own. What may fail on
 * the data is computed before anything is written, so a run that fails leaves the variables as they
 * were.
 *
 * <p><b>Interruption.</b> Interrupting the thread ends its run with an {@link ExecutionException}
 * before the next step on the processor, and before the first on a GPU, unless the run has begun to
 * write variables; the thread stays interrupted.
 *
 * <p><b>State.</b> Each session has its own, but for those that are opened on a {@link State} which
 * they share.
 *
 * <p>Thread-safe. Several sessions may share a graph. The first run of its kind (fetches, targets,
 * fed tensors and their shapes) is compiled, later ones only executed.
 */
public final class Session implements AutoCloseable {
  private final Graph graph;
  private final Runs runs;
  private final State state;

  /** Whether the state was made with the session, and goes with it. */
  private final boolean alone;

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
    this(
        Given.value(graph, "graph"),
        Given.value(options, "options"),
        Devices.open(options, Backends.find()));
  }

  /** Opens a session on devices that belong to the session from now on. */
  Session(Graph graph, SessionOptions options, Devices devices) {
    this(graph, new State(options, devices), options, true);
  }

  /** Opens a session on a state, which others may make use of, with the options of that. */
  public Session(Graph graph, State state) {
    this(graph, state, Given.value(state, "state").shared().options());
  }

  /**
   * Opens a session on a state, which others may make use of.
   *
   * @param options what they say of devices must be what the state's say, or be left as it is by
   *     default
   * @throws DeviceException if they ask for other devices
   * @throws ClosedException if the state was closed
   */
  public Session(Graph graph, State state, SessionOptions options) {
    this(
        Given.value(graph, "graph"),
        Given.value(state, "state"),
        Given.value(options, "options"),
        false);
  }

  private Session(Graph graph, State state, SessionOptions options, boolean alone) {
    this.graph = graph;
    this.state = state;
    this.alone = alone;
    runs = new Runs(graph, options, state.shared());
    state.shared().enter(runs, options);
  }

  /** Returns the graph. */
  public Graph graph() {
    return graph;
  }

  /** Returns what the variables hold: the session's own, or what it shares with others. */
  public State state() {
    return state;
  }

  /** Returns the name of the session's own device, such as {@code cpu:0}. */
  public String device() {
    return runs.device();
  }

  /** Returns the value of a tensor that needs no feeds. */
  public Tensor run(Operand fetch) {
    return run(fetch, Map.of());
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
    Arguments.requireForRun(fetch, "fetch");
    return runs.one(fetch, Arguments.requireForRun(feeds, "feeds"));
  }

  /** Returns the value of a tensor, or runs an operation, by name, without feeds. */
  public Tensor run(String name) {
    return run(name, Map.of());
  }

  /**
   * Returns the value of a tensor, by name, such as {@code loss:0} or {@code loss}; the name of an
   * operation without outputs, such as {@code init}, runs it, and gives a tensor of no elements,
   * float32[0]. Errors as {@link #run(Operand, Map)}.
   */
  public Tensor run(String name, Map<?, ?> feeds) {
    Arguments.requireForRun(name, "name");
    Arguments.requireForRun(feeds, "feeds");
    if (name.indexOf(':') < 0 && graph.operation(name).outputs().isEmpty()) {
      runs.run(graph.operation(name), feeds);
      return Tensor.zeros(DType.FLOAT32, 0);
    }
    return runs.one(name, feeds);
  }

  /** Runs an operation that needs no feeds. */
  public void run(Operation target) {
    run(target, Map.of());
  }

  /** Runs an operation; errors as {@link #run(Operand, Map)}. */
  public void run(Operation target, Map<?, ?> feeds) {
    Arguments.requireForRun(target, "target");
    runs.run(target, Arguments.requireForRun(feeds, "feeds"));
  }

  /** Fetches several tensors and runs operations in one run without feeds. */
  public Results run(List<?> wanted) {
    return run(wanted, Map.of());
  }

  /**
   * Fetches several tensors and runs operations in one run; errors as {@link #run(Operand, Map)}.
   *
   * @param wanted operands, operations and names
   * @return a result for each element, in its position: {@code run(List.of(train, loss)).get(1)} is
   *     the loss
   */
  public Results run(List<?> wanted, Map<?, ?> feeds) {
    Arguments.requireForRun(wanted, "wanted");
    return runs.all(wanted, Arguments.requireForRun(feeds, "feeds"));
  }

  /** Returns a builder of one run. */
  public Runner runner() {
    return new Runner(this);
  }

  /**
   * Returns the value of a variable, whatever reads it in the graph.
   *
   * @param variable a variable, which an imported graph has too
   * @throws FeedException if it is not a variable of this graph
   * @throws UninitializedException if it has no value yet
   */
  public Tensor get(Operand variable) {
    return get(List.of(Arguments.requireForRun(variable, "variable"))).get(0);
  }

  /** Returns the values of variables, by themselves or by name, all of one moment. */
  public List<Tensor> get(List<?> variables) {
    return runs.get(Arguments.requireForRun(variables, "variables"));
  }

  /**
   * Sets the value of a variable, at once and whatever the graph says of its first value.
   *
   * @param variable a variable, which an imported graph has too
   * @param value of a kind that could be fed to it
   * @throws FeedException if it is not a variable of this graph, or the value does not suit it
   */
  public void set(Operand variable, Object value) {
    Arguments.requireForRun(variable, "variable");
    set(Map.of(variable, Arguments.requireForRun(value, "value")));
  }

  /** Sets the value of a variable, by name; errors as {@link #set(Operand, Object)}. */
  public void set(String variable, Object value) {
    Arguments.requireForRun(variable, "variable");
    set(Map.of(variable, Arguments.requireForRun(value, "value")));
  }

  /**
   * Sets the values of several variables, in one run.
   *
   * @param values by variable, or by the name of one
   */
  public void set(Map<?, ?> values) {
    runs.set(Arguments.requireForRun(values, "values"));
  }

  /** Explains a run of one tensor; see {@link #explain(List, Map)}. */
  public String explain(Operand fetch, Map<?, ?> feeds) {
    return explain(List.of(Arguments.requireForRun(fetch, "fetch")), feeds);
  }

  /** Explains a run of one operation; see {@link #explain(List, Map)}. */
  public String explain(Operation target, Map<?, ?> feeds) {
    return explain(List.of(Arguments.requireForRun(target, "target")), feeds);
  }

  /**
   * Returns the stages of a run as text: the operations that it needs, the program before and after
   * the passes, and the plan with its cost, for each part that a device does. Nothing is written.
   *
   * @param wanted operands, operations and names, as in {@link #run(List, Map)}
   * @param feeds values or just tensors of the right shapes
   */
  public String explain(List<?> wanted, Map<?, ?> feeds) {
    Arguments.requireForRun(wanted, "wanted");
    return runs.explain(wanted, Arguments.requireForRun(feeds, "feeds"));
  }

  /** Returns the number of plans kept. */
  int cachedPlans() {
    return runs.cachedPlans();
  }

  /**
   * Waits for the runs in progress and frees everything; a second call does nothing. Tensors that
   * were fetched stay valid. A state that the session was opened on stays open.
   */
  @Override
  public void close() {
    runs.close(alone ? state::close : () -> {});
  }
}
