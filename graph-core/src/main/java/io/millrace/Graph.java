package io.millrace;

import io.millrace.op.Arguments;
import io.millrace.op.ForeignOp;
import io.millrace.op.Inference;
import io.millrace.op.Messages;
import io.millrace.op.Op;
import io.millrace.op.OpFamilies;
import io.millrace.op.RuleException;
import io.millrace.spi.DeviceSpec;
import io.millrace.type.SourceLine;
import io.millrace.type.TensorType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A static computation: operations and the tensors between them, as TensorFlow's {@code tf.Graph}.
 *
 * <p>Operations are only ever added. Names are unique; an operation whose name is taken gets {@code
 * _1}, {@code _2}, ... Scopes (names, devices, control dependencies) belong to the thread that
 * opened them; everything else may be used by several threads.
 *
 * <p>A run executes as if the operations that it needs ran one after another in the order in which
 * they were added. That defines what a read and a write of one variable see of each other.
 */
public final class Graph {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9.][A-Za-z0-9_.\\\\/>-]*");

  private static final ThreadLocal<Deque<Graph>> DEFAULTS =
      ThreadLocal.withInitial(ArrayDeque::new);

  private final List<Operation> operations = new ArrayList<>();
  private final Map<String, Operation> byName = new HashMap<>();
  private final Map<String, Integer> usedNames = new HashMap<>();
  private final Map<String, List<Object>> collections = new LinkedHashMap<>();
  private final ThreadLocal<Scopes> scopes = ThreadLocal.withInitial(Scopes::new);
  private final Optional<FunctionBody> function;
  private final StaticValues staticValues;
  private OptionalLong seed = OptionalLong.empty();

  /** How many random operations took their seed from the graph's. */
  private long seeds;

  /** Something to close at the end of a try block: a scope, or a turn as the default graph. */
  public interface Scope extends AutoCloseable {
    @Override
    void close();
  }

  /** Makes an empty graph. */
  public Graph() {
    function = Optional.empty();
    staticValues = new StaticValues(o -> Optional.empty());
  }

  /** Makes the graph of a function's body. */
  Graph(FunctionBody function) {
    this.function = Optional.of(function);
    staticValues = new StaticValues(function::staticValue);
  }

  /** Returns the graph around those of functions, which this one may be. */
  private Graph root() {
    return function.flatMap(FunctionBody::outer).map(Graph::root).orElse(this);
  }

  /**
   * Returns the graph to which this thread adds operations now: this one, or the body of the
   * function that the thread is building inside it. {@link #add} and the scopes are those of that
   * graph whichever of the two they are asked of.
   */
  public Graph current() {
    Graph body = root().scopes.get().bodies.peek();
    return body == null ? this : body;
  }

  /** Lets this thread add to the body of a function instead, until the result is closed. */
  Scope building(Graph body) {
    return Scopes.push(root().scopes.get().bodies, body);
  }

  /** Adds an operation without inputs, outside all scopes, to the function whose body this is. */
  Operation addFirst(Op op, String name) {
    Scopes open = scopes.get();
    try (Scope body = building(this);
        Scope unnamed = Scopes.push(open.names, "");
        Scope unordered = Scopes.push(open.controls, Scopes.INIT)) {
      return add(op, name, List.of());
    }
  }

  /** Returns what people call the function whose body this is, if it is one's. */
  public Optional<String> ofFunction() {
    return function.map(FunctionBody::toString);
  }

  /** Returns whether what is added here may use tensors of a graph. */
  boolean reaches(Graph graph) {
    return this == graph || function.filter(f -> f.reaches(graph)).isPresent();
  }

  /** Returns whether an operation is around this one's function; then its calls run after that. */
  boolean follows(Operation operation) {
    return function.filter(f -> f.follows(operation)).isPresent();
  }

  /**
   * Adds an operation.
   *
   * @param op the operation with its attributes
   * @param name the wished name inside the open name scope; made unique. A name that ends with a
   *     slash is taken as it stands, without scope
   * @param inputs the tensors that it consumes, of this graph
   * @return the new node
   * @throws GraphException if the inputs break the operation's rules or belong to another graph
   */
  public Operation add(Op op, String name, List<? extends Operand> inputs) {
    return add(op, name, inputs, List.of());
  }

  /** Adds an operation that must run after others beside those of the open control scopes. */
  public Operation add(
      Op op, String name, List<? extends Operand> inputs, List<Operation> controlInputs) {
    return current().addHere(op, name, inputs, controlInputs);
  }

  private synchronized Operation addHere(
      Op op, String name, List<? extends Operand> inputs, List<Operation> controlInputs) {
    Arguments.requireComplete(op, "op");
    Arguments.require(name, "name");
    SourceLine source = source();
    Arguments.requireAll(inputs, "inputs");
    Arguments.requireAll(controlInputs, "controlInputs");
    List<Output> tensors =
        inputs.stream().map(Operand::asInput).map(t -> local(t).orElse(t)).toList();
    String wished = scoped(name, source);
    for (Output tensor : tensors) {
      if (tensor.graph() != this) {
        String rule = foreign("input " + tensor.name(), tensor.operation());
        throw broken(op, wished, tensors, rule, source);
      }
      if (tensor.knownType().isEmpty() && !(op instanceof ForeignOp)) {
        String rule = "the element type of " + tensor.name() + " is none that Millrace has";
        throw broken(op, wished, tensors, rule, source);
      }
    }
    Set<Operation> controls = new LinkedHashSet<>(controlInputs);
    for (List<Operation> open : scopes.get().controls) {
      if (open == Scopes.INIT) {
        break;
      }
      controls.addAll(open);
    }
    controls.removeIf(this::follows);
    for (Operation control : controls) {
      if (control.graph() != this) {
        String rule = foreign("control input " + control.name(), control);
        throw broken(op, wished, tensors, rule, source);
      }
    }
    List<TensorType> types;
    try {
      types =
          new Inference(
                  tensors.stream().map(Output::declared).toList(),
                  i -> staticValues.of(tensors.get(i)))
              .typesOf(op);
    } catch (RuleException e) {
      throw broken(op, wished, tensors, String.valueOf(e.getMessage()), source);
    }
    Operation operation =
        new Operation(
            this,
            operations.size(),
            name.endsWith("/") ? asItStands(wished) : unique(wished),
            op,
            tensors,
            List.copyOf(controls),
            types,
            scopes.get().devices.getFirst(),
            source);
    operations.add(operation);
    byName.put(operation.name(), operation);
    return operation;
  }

  /** Returns a tensor as this graph has it: a function takes those around it as arguments. */
  synchronized Optional<Output> local(Output tensor) {
    return tensor.graph() == this ? Optional.of(tensor) : function.flatMap(f -> f.capture(tensor));
  }

  private SourceLine source() {
    SourceLine stated = root().scopes.get().sources.peek();
    return stated == null ? OpFamilies.caller() : stated;
  }

  private static String foreign(String what, Operation made) {
    return what
        + " (made at "
        + made.source()
        + ") belongs to "
        + made.graph().ofFunction().orElse("another graph");
  }

  private static GraphException broken(
      Op op, String name, List<Output> inputs, String rule, SourceLine source) {
    return new GraphException(
        Messages.broken(op, name, inputs.stream().map(Output::toString).toList(), rule, source));
  }

  private String scoped(String name, SourceLine source) {
    boolean whole = name.endsWith("/");
    String wished = whole ? name.substring(0, name.length() - 1) : name;
    if (!NAME.matcher(wished).matches()) {
      throw new GraphException(
          ("'%s' is not a valid name: names consist of letters, digits and _ . - / \\ "
                  + ">, and begin with a letter, a digit or a dot\n  at %s")
              .formatted(wished, source));
    }
    return whole ? wished : scopes.get().names.getFirst() + wished;
  }

  private String unique(String name) {
    int count = usedNames.merge(name, 1, Integer::sum) - 1;
    if (count == 0) {
      return name;
    }
    String candidate = name + "_" + count;
    while (usedNames.containsKey(candidate)) {
      candidate = name + "_" + ++count;
    }
    usedNames.put(name, count + 1);
    usedNames.put(candidate, 1);
    return candidate;
  }

  /** Returns a name that a scope may have, but no operation yet; otherwise a unique one. */
  private String asItStands(String name) {
    if (byName.containsKey(name)) {
      return unique(name);
    }
    usedNames.putIfAbsent(name, 1);
    return name;
  }

  /** Returns the operations in the order in which they were added. */
  public synchronized List<Operation> operations() {
    return List.copyOf(operations);
  }

  /** Returns the number of operations so far. */
  public synchronized int size() {
    return operations.size();
  }

  /**
   * Returns the operation with this name.
   *
   * @throws FeedException if there is none; the message names the nearest ones
   */
  public synchronized Operation operation(String name) {
    Arguments.require(name, "name");
    Operation found = byName.get(name);
    if (found == null) {
      throw new FeedException(
          "the graph has no operation '%s'%s\n  at %s"
              .formatted(name, Names.suggest(name, byName.keySet()), source()));
    }
    return found;
  }

  /**
   * Returns the tensor with this name, such as {@code x:0}; {@code x} means {@code x:0}.
   *
   * @throws FeedException if there is none
   */
  public Output output(String name) {
    Arguments.require(name, "name");
    int colon = name.lastIndexOf(':');
    Operation operation = operation(colon < 0 ? name : name.substring(0, colon));
    String digits = colon < 0 ? "0" : name.substring(colon + 1);
    int index = digits.matches("[0-9]{1,6}") ? Integer.parseInt(digits) : -1;
    if (index < 0 || index >= operation.outputs().size()) {
      throw new FeedException(
          "'%s' names no tensor: operation %s has %s%s, counted from 0\n  at %s"
              .formatted(
                  name,
                  operation,
                  operation.outputs().size(),
                  operation.outputs().size() == 1 ? " output" : " outputs",
                  source()));
    }
    return operation.output(index);
  }

  /** Returns the value of a tensor if it follows from constants and static shapes alone. */
  public synchronized Optional<io.millrace.type.Literal> staticValue(Output output) {
    return staticValues.of(Arguments.require(output, "output"));
  }

  /**
   * Opens a name scope: names added until it is closed get this prefix.
   *
   * <p>A scope whose name is taken gets {@code _1} and so on; a name that ends with a slash reopens
   * that scope as it stands.
   */
  public Scope nameScope(String name) {
    Arguments.require(name, "name");
    return current().nameScopeHere(name);
  }

  private synchronized Scope nameScopeHere(String name) {
    if (name.isEmpty()) {
      return Scopes.push(scopes.get().names, "");
    }
    SourceLine opened = source();
    String scope = scoped(name, opened);
    return Scopes.push(
        scopes.get().names, (name.endsWith("/") ? scope : unique(scope)) + "/", opened);
  }

  /** Returns the open name scope with a slash at its end, or an empty text. */
  public String currentNameScope() {
    return current().scopes.get().names.getFirst();
  }

  /**
   * Opens a device scope: operations added until it is closed ask for this device. TensorFlow:
   * {@code tf.device}.
   *
   * <p>What the text leaves open, the scopes around it say: a text that names only a job keeps
   * their kind of device, and an empty one changes nothing.
   *
   * @param device such as {@code cuda:0}, {@code cpu} for any of that kind, or in TensorFlow's ways
   *     {@code /gpu:0} and {@code /job:localhost/replica:0/task:0/device:GPU:0}; whether there is
   *     one, a session finds out
   * @throws GraphException if the text is nothing like that
   */
  public Scope device(String device) {
    Arguments.require(device, "device");
    Deque<String> open = current().scopes.get().devices;
    String nested;
    try {
      nested = DeviceSpec.nested(open.getFirst(), device);
    } catch (DeviceException e) {
      throw new GraphException(e.getMessage() + "\n  at " + source());
    }
    return Scopes.push(open, nested, source());
  }

  /**
   * Opens a scope whose operations ask for no device, whatever the scopes around it do. TensorFlow:
   * {@code tf.device(None)}.
   */
  public Scope anyDevice() {
    return Scopes.push(current().scopes.get().devices, "");
  }

  /**
   * Opens a scope whose operations ask for the device that another does, and nothing else.
   * TensorFlow: {@code tf.colocate_with}.
   */
  public Scope colocateWith(Operation operation) {
    Arguments.require(operation, "operation");
    return Scopes.push(current().scopes.get().devices, operation.device(), source());
  }

  /** Opens a scope whose operations run after these. */
  public Scope controlDependencies(Collection<Operation> operations) {
    List<Operation> before = List.copyOf(Arguments.requireAll(operations, "operations"));
    return Scopes.push(current().scopes.get().controls, before);
  }

  /**
   * Opens a scope whose operations do not wait for those of the control scopes around it and stand
   * outside the functions that the thread is building, as TensorFlow's {@code init_scope}:
   * variables made while training steps are built need it.
   */
  public Scope initScope() {
    Graph root = root();
    Scope outside = Scopes.push(root.scopes.get().bodies, root);
    Scope unordered = Scopes.push(root.scopes.get().controls, Scopes.INIT);
    return () -> {
      unordered.close();
      outside.close();
    };
  }

  /**
   * Opens a scope whose operations count as added at this line: that of the user who called what
   * adds many operations, as reading a graph from a file.
   */
  public Scope at(SourceLine line) {
    Arguments.require(line, "line");
    return Scopes.push(root().scopes.get().sources, line, line);
  }

  /** Makes this the thread's default graph until the result is closed. */
  public Scope asDefault() {
    return Scopes.push(DEFAULTS.get(), this);
  }

  /**
   * Returns the thread's default graph.
   *
   * @throws GraphException if there is none
   */
  public static Graph getDefault() {
    Graph graph = DEFAULTS.get().peek();
    if (graph == null) {
      throw new GraphException(
          "no default graph: open one with try (var ignored = graph.asDefault()) { ... }\n  at "
              + OpFamilies.caller());
    }
    return graph;
  }

  /**
   * Adds an item to a collection; {@link GraphKeys} names the standard ones. Those of the body of a
   * function are those of the graph around it.
   */
  public void addToCollection(String key, Object item) {
    Arguments.require(key, "key");
    Arguments.require(item, "item");
    Graph root = root();
    synchronized (root) {
      root.collections.computeIfAbsent(key, k -> new ArrayList<>()).add(item);
    }
  }

  /** Returns the items of a collection in the order in which they were added. */
  public List<Object> collection(String key) {
    Arguments.require(key, "key");
    Graph root = root();
    synchronized (root) {
      return List.copyOf(root.collections.getOrDefault(key, List.of()));
    }
  }

  /** Returns the items of a collection that are of a type. */
  public <T> List<T> collection(String key, Class<T> type) {
    Arguments.require(type, "type");
    return collection(key).stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** Sets the seed from which the seeds of later random operations derive. */
  public synchronized void setSeed(long seed) {
    this.seed = OptionalLong.of(seed);
  }

  /** Returns the graph's seed, if one was set. */
  public OptionalLong seed() {
    Graph root = root();
    synchronized (root) {
      return root.seed;
    }
  }

  /**
   * Returns how many random operations took a number before: what tells apart those of a graph with
   * a seed that have none of their own, in functions too.
   */
  public long nextSeed() {
    Graph root = root();
    synchronized (root) {
      return root.seeds++;
    }
  }

  /** Returns one operation a line: name, kind, inputs and types. */
  @Override
  public synchronized String toString() {
    StringBuilder text = new StringBuilder();
    for (Operation operation : operations) {
      text.append(operation.name()).append(" = ").append(Messages.describe(operation.op()));
      operation.inputs().forEach(i -> text.append(' ').append(i.name()));
      operation.controlInputs().forEach(c -> text.append(" ^").append(c.name()));
      text.append(" : ")
          .append(
              operation.outputs().stream().map(Output::typeText).collect(Collectors.joining(", ")))
          .append('\n');
    }
    return text.toString();
  }
}
