package io.millrace.session;

import io.millrace.ClosedException;
import io.millrace.DeviceException;
import io.millrace.FeedException;
import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.op.Arguments;
import io.millrace.op.OpFamilies;
import io.millrace.spi.DeviceOptions;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.SourceLine;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What sessions share: devices, what variables hold there, and who may write it. */
public final class SharedState implements AutoCloseable {
  private static final int SHOWN = 20;

  private final SessionOptions options;
  private final Devices devices;
  private final VariableStore store;

  /** Held shared by a run that only reads state, exclusively by one that writes it. */
  private final StateLock lock = new StateLock();

  /** The user's line that opened the state. */
  private final SourceLine opened = OpFamilies.caller();

  /** Grows with each run that writes state; changes only while the lock is held exclusively. */
  private long version;

  /** The sessions that are open, and where they were opened. */
  private final Map<Runs, SourceLine> users = new LinkedHashMap<>();

  /** Has the variables that were read and written by name. */
  private final Graph graph = new Graph();

  private final Map<String, Output> known = new HashMap<>();
  private final Runs own;
  private Optional<SourceLine> closer = Optional.empty();

  /** Starts without variables, on devices that belong to this from now on. */
  public SharedState(SessionOptions options, Devices devices) {
    this.options = options;
    this.devices = devices;
    store = new VariableStore(devices);
    own = new Runs(graph, options, this);
  }

  /** Returns the options that the devices were opened with. */
  public SessionOptions options() {
    return options;
  }

  /** Returns the name of the device that is used where nothing else is asked for. */
  public String device() {
    return devices.home();
  }

  Devices devices() {
    return devices;
  }

  VariableStore store() {
    return store;
  }

  StateLock lock() {
    return lock;
  }

  /** Returns how often the state was written to, for one who holds the lock. */
  long version() {
    return version;
  }

  /** Notes that a run may have written to the state; it holds the lock exclusively. */
  void changed() {
    version++;
  }

  /**
   * Lets a session make use of this.
   *
   * @throws DeviceException if its options ask for other devices
   * @throws ClosedException if this was closed
   */
  public synchronized void enter(Runs session, SessionOptions wanted) {
    requireOpen();
    String device = wanted.placement().device();
    boolean fits =
        (device.isEmpty() || device.equals(options.placement().device()) || device.equals(device()))
            && (!wanted.placement().soft() || options.placement().soft())
            && (wanted.devices().equals(DeviceOptions.defaults())
                || wanted.devices().equals(options.devices()));
    if (!fits) {
      throw new DeviceException(
          ("a session runs on the devices of its state, here %s: what the options say of devices "
                  + "(%s, %s) has to be said where the state is opened, at %s\n  at %s")
              .formatted(
                  device(), wanted.placement(), wanted.devices(), opened, OpFamilies.caller()));
    }
    users.put(session, OpFamilies.caller());
  }

  synchronized void leave(Runs session) {
    users.remove(session);
  }

  private synchronized void requireOpen() {
    if (closer.isPresent()) {
      throw new ClosedException(
          "the state was closed at " + closer.get() + "\n  at " + OpFamilies.caller());
    }
  }

  private <T> T locked(boolean exclusive, Supplier<T> task) {
    long stamp = lock.acquire(exclusive);
    try {
      requireOpen();
      return task.get();
    } finally {
      lock.release(stamp);
    }
  }

  /** Returns how often the state was written to. */
  public long currentVersion() {
    return locked(false, this::version);
  }

  /** Returns the names of the variables that have values, and of the counters. */
  public NavigableSet<String> names() {
    return locked(false, this::allNames);
  }

  private NavigableSet<String> allNames() {
    NavigableSet<String> names = new TreeSet<>(store.names());
    names.addAll(store.counts().keySet());
    return names;
  }

  /** Returns the type that a variable or a counter has. */
  public TensorType type(String name) {
    return locked(
        false,
        () -> {
          Optional<VariableStore.Cell> cell = store.held(name);
          if (cell.isEmpty() && !store.counts().containsKey(name)) {
            throw unknown("the state", name, allNames());
          }
          return cell.map(c -> c.resource().type()).orElse(TensorType.of(DType.INT64));
        });
  }

  /** Returns the value of a variable, or what was taken from a counter. */
  public Tensor read(String name) {
    return locked(
        false,
        () -> {
          Optional<VariableStore.Cell> cell = store.held(name);
          if (cell.isPresent()) {
            return own.values(List.of(output(name, cell.get()))).get(0);
          }
          Long count = store.counts().get(name);
          if (count == null) {
            throw unknown("the state", name, allNames());
          }
          return Tensor.of((long) count);
        });
  }

  static FeedException unknown(String what, String name, Collection<String> names) {
    return new FeedException(
        "%s has no variable and no counter '%s'%s%s\n  at %s"
            .formatted(
                what,
                name,
                names.isEmpty()
                    ? ": it holds none"
                    : ", but " + names.stream().limit(SHOWN).toList(),
                names.size() > SHOWN ? " and more" : "",
                OpFamilies.caller()));
  }

  /** Sets a variable, made if there is none, or what was taken from a counter. */
  public void write(String name, Object value) {
    locked(
        true,
        () -> {
          boolean counter = store.held(name).isEmpty() && store.counts().containsKey(name);
          if (counter) {
            store.count(name, count(name, value));
            changed();
          } else {
            own.set(Map.of(output(name, value, false), value), true);
          }
          return name;
        });
  }

  private static long count(String name, Object value) {
    try (Tensor tensor = Contents.copy(Tensor.of(value, DType.INT64))) {
      if (tensor.shape().equals(Shape.scalar())) {
        return tensor.longValue();
      }
      throw new IllegalArgumentException("a counter is a scalar, not " + tensor.type());
    } catch (IllegalArgumentException e) {
      throw new FeedException(
          "cannot set the counter %s: %s\n  at %s"
              .formatted(name, e.getMessage(), OpFamilies.caller()));
    }
  }

  /** Returns what refers to a variable, which may have to be made for a value. */
  private Output output(String name, Object value, boolean changes) {
    Optional<VariableStore.Cell> cell = store.held(name);
    if (cell.isPresent()) {
      return output(name, cell.get());
    }
    TensorType type;
    try {
      type = Tensor.of(value).type();
    } catch (IllegalArgumentException e) {
      throw new FeedException(
          "cannot set %s: %s\n  at %s".formatted(name, e.getMessage(), OpFamilies.caller()));
    }
    return output(name, changes ? type.withShape(Shape.unknown()) : type, device());
  }

  private Output output(String name, VariableStore.Cell cell) {
    TensorType type = cell.resource().type();
    return output(
        name, cell.home().fixed() ? type : type.withShape(Shape.unknown()), cell.home().device());
  }

  private synchronized Output output(String name, TensorType type, String device) {
    String asked = device.equals(device()) ? "" : device;
    Held held = new Held(name, type);
    Output output = known.get(name);
    if (output == null
        || !output.operation().op().equals(held)
        || !output.operation().device().equals(asked)) {
      try (Graph.Scope ignored = graph.device(asked)) {
        output = graph.add(held, name.replace(':', '.'), List.of()).output(0);
      }
      known.put(name, output);
    }
    return output;
  }

  /** Returns what the state holds now. */
  public Contents snapshot() {
    return locked(
        false,
        () -> {
          List<String> names = store.names();
          List<Output> outputs = new ArrayList<>();
          Set<String> changing = new HashSet<>();
          for (String name : names) {
            VariableStore.Cell cell = store.held(name).orElseThrow();
            outputs.add(output(name, cell));
            if (!cell.home().fixed()) {
              changing.add(name);
            }
          }
          List<Tensor> values = own.values(outputs);
          NavigableMap<String, Tensor> variables = new TreeMap<>();
          for (int i = 0; i < names.size(); i++) {
            variables.put(names.get(i), values.get(i));
          }
          return new Contents(variables, changing, store.counts(), version);
        });
  }

  /** Makes the state hold what it held at another time, or what another state held. */
  public void restore(Contents contents) {
    Arguments.requireForRun(contents, "snapshot");
    locked(
        true,
        () -> {
          Map<Output, Tensor> values = new LinkedHashMap<>();
          contents
              .variables()
              .forEach(
                  (name, value) ->
                      values.put(output(name, value, contents.changing().contains(name)), value));
          own.set(values, true);
          store.keep(contents.variables().keySet());
          store.count(contents.counts());
          changed();
          return contents;
        });
  }

  /**
   * Frees everything; a second call does nothing.
   *
   * @throws IllegalStateException if sessions make use of this
   */
  @Override
  public void close() {
    synchronized (this) {
      if (closer.isPresent()) {
        return;
      }
      if (!users.isEmpty()) {
        throw new IllegalStateException(
            users.values().stream()
                .map(SourceLine::toString)
                .collect(
                    Collectors.joining(
                        ", ",
                        "the state is in use, so close first the sessions opened at ",
                        "\n  at " + OpFamilies.caller())));
      }
      closer = Optional.of(OpFamilies.caller());
    }
    own.close(() -> Cleanup.all(store::close, devices::close));
  }
}
