package io.millrace;

import io.millrace.op.Arguments;
import io.millrace.session.Contents;
import io.millrace.session.Devices;
import io.millrace.session.SharedState;
import io.millrace.type.DType;
import io.millrace.type.Given;
import io.millrace.type.TensorType;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * What variables hold and where streams of random numbers stand, by name; sessions of several
 * graphs can share it.
 *
 * <pre>{@code
 * try (var state = new State();
 *     var training = new Session(trainGraph, state);
 *     var serving = new Session(inferenceGraph, state)) {
 *   training.run(init);
 *   training.run(train, feeds);
 *   serving.run(probabilities, feeds);   // with the weights as they are now
 * }
 * }</pre>
 *
 * <p><b>Names.</b> A variable's name is that of its operation, or its {@code shared_name} if it has
 * one, after its {@code container} and a colon if that is set. Variables of one name are one
 * variable, whichever graphs they are of, and must have one type and one device. A stream of random
 * numbers is a counter, an int64 scalar called {@code x/counter} after its operation {@code x}.
 *
 * <p><b>Order.</b> A run that writes excludes all others of all sessions of the state; the others
 * overlap. Reading, writing and taking snapshots by name count as runs.
 *
 * <p><b>Devices.</b> They belong to the state, so what options say of them is said here, and a
 * session on it says nothing of them or the same.
 *
 * <p><b>Closing.</b> Closing a session leaves the state it was opened on. A state that open
 * sessions make use of is not closed. The state of a session that was opened without one is closed
 * with it.
 *
 * <p>Thread-safe.
 */
public final class State implements AutoCloseable {
  private final SharedState shared;

  /**
   * Opens a state on the best device.
   *
   * @throws DeviceException if there is none
   */
  public State() {
    this(SessionOptions.defaults());
  }

  /**
   * Opens a state.
   *
   * @param options its device and what that may use; the rest is what sessions do unless their own
   *     options say otherwise
   * @throws DeviceException if the device cannot be had
   */
  public State(SessionOptions options) {
    this(Given.value(options, "options"), Devices.open(options, Backends.find()));
  }

  /** Opens a state on devices that belong to it from now on. */
  State(SessionOptions options, Devices devices) {
    shared = new SharedState(options, devices);
  }

  SharedState shared() {
    return shared;
  }

  /** Returns the name of the device on which variables are unless their graph says otherwise. */
  public String device() {
    return shared.device();
  }

  /** Returns the names of the variables that have values and of the counters, in order. */
  public NavigableSet<String> names() {
    return shared.names();
  }

  /**
   * Returns the type of a variable or a counter.
   *
   * @throws FeedException if nothing of this name has a value; the message says what has
   */
  public TensorType type(String name) {
    return shared.type(Arguments.requireForRun(name, "name"));
  }

  /**
   * Returns the value of a variable, or how many numbers were taken of a stream.
   *
   * @throws FeedException if nothing of this name has a value; the message says what has
   */
  public Tensor read(String name) {
    return shared.read(Arguments.requireForRun(name, "name"));
  }

  /**
   * Sets the value of a variable or of a counter. What is not known yet becomes a variable of the
   * value's own type on the state's device, which graphs then find.
   *
   * @param value of a kind that could be fed
   * @throws FeedException if the value does not suit the variable
   */
  public void write(String name, Object value) {
    shared.write(Arguments.requireForRun(name, "name"), Arguments.requireForRun(value, "value"));
  }

  /** Returns what the state holds now, all of one moment. */
  public Snapshot snapshot() {
    return new Snapshot(shared.snapshot());
  }

  /**
   * Makes the state hold what a snapshot does and nothing else: a variable that it lacks has no
   * value any more, and a stream that it lacks starts anew. The snapshot may be of another state.
   *
   * @throws FeedException if a variable is of another type here; nothing is changed then
   */
  public void restore(Snapshot snapshot) {
    shared.restore(Arguments.requireForRun(snapshot, "snapshot").contents);
  }

  /** Returns a number that grows with whatever may have changed a value. */
  public long version() {
    return shared.currentVersion();
  }

  /**
   * Frees everything; a second call does nothing. Snapshots and tensors stay valid.
   *
   * @throws IllegalStateException if a session is open that makes use of the state
   */
  @Override
  public void close() {
    shared.close();
  }

  /** What a state held at one moment; it never changes, and outlives the state. */
  public static final class Snapshot {
    private final Contents contents;

    private Snapshot(Contents contents) {
      this.contents = contents;
    }

    /** Returns the names of the variables and the counters, in order. */
    public NavigableSet<String> names() {
      return Collections.unmodifiableNavigableSet(new TreeSet<>(contents.names().keySet()));
    }

    /**
     * Returns the type of a variable or a counter.
     *
     * @throws FeedException if the snapshot has nothing of this name
     */
    public TensorType type(String name) {
      Tensor variable = contents.variables().get(Arguments.requireForRun(name, "name"));
      return variable != null
          ? variable.type()
          : contents.counts().containsKey(name) ? TensorType.of(DType.INT64) : read(name).type();
    }

    /**
     * Returns a copy of the value of a variable or a counter.
     *
     * @throws FeedException if the snapshot has nothing of this name
     */
    public Tensor read(String name) {
      return contents.read(Arguments.requireForRun(name, "name"));
    }

    /** Returns the {@link State#version} that the state had. */
    public long version() {
      return contents.version();
    }
  }
}
