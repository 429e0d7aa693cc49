package io.millrace.ops;

import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.GraphKeys;
import io.millrace.Operand;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.ops.array.IdentityOps;
import io.millrace.ops.building.Refusal;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * A tensor that keeps its value from run to run, as TensorFlow 1's {@code tf.Variable}.
 *
 * <p>Used as a tensor it stands for {@code w/read}, which gives the value at the place in the graph
 * where the variable was made, so before the assignments added later. {@link #readValue} adds a
 * read at the present place.
 */
public final class Variable implements Operand {
  private final Output reference;
  private final Optional<Operation> initializer;
  private final Output read;
  private final boolean trainable;

  /**
   * How a variable is made.
   *
   * @param trainable whether optimizers change it unless told otherwise
   * @param collections the collections of the graph that it joins
   * @param validateShape whether the shape is that of the initial value for ever; otherwise an
   *     assignment that does not validate it either may change it
   */
  public record Options(boolean trainable, List<String> collections, boolean validateShape) {
    public Options {
      collections = List.copyOf(Arguments.requireAll(collections, "collections"));
    }

    /** Returns the options of an ordinary variable: trainable, among the global variables. */
    public static Options defaults() {
      return new Options(true, List.of(GraphKeys.GLOBAL_VARIABLES), true);
    }

    /** Returns the options of a variable that optimizers leave alone. */
    public static Options notTrainable() {
      return new Options(false, List.of(GraphKeys.GLOBAL_VARIABLES), true);
    }

    /** Returns these options with other collections. */
    public Options collections(String... keys) {
      return new Options(trainable, List.of(Arguments.requireAll(keys, "keys")), validateShape);
    }

    /** Returns these options with or without a shape that stays. */
    public Options validateShape(boolean on) {
      return new Options(trainable, collections, on);
    }
  }

  /**
   * Makes a variable of what a graph has of it.
   *
   * @param reference the output that refers to it
   * @param initializer the operation that assigns its first value, if there is one
   * @param read what reads it
   */
  public Variable(
      Output reference, Optional<Operation> initializer, Output read, boolean trainable) {
    this.reference = Arguments.require(reference, "reference");
    this.initializer = Arguments.require(initializer, "initializer");
    this.read = Arguments.require(read, "read");
    this.trainable = trainable;
  }

  /**
   * Returns the output that refers to a variable, for an operation that writes it.
   *
   * @param ref a variable or the result of an operation that wrote one
   */
  public static Output referenceOf(String operation, Operand ref) {
    Arguments.require(operation, "operation");
    Arguments.require(ref, "ref");
    Output reference = ref instanceof Variable variable ? variable.reference() : ref.asOutput();
    if (!reference.operation().op().refersToState()) {
      throw Refusal.of(operation, "%s is not a variable: only variables are written", ref);
    }
    return reference;
  }

  /** Returns the name, that of the operation which holds the value. */
  public String name() {
    return reference.operation().name();
  }

  /** Returns the element type and the shape, fully defined unless it may change. */
  public TensorType type() {
    return reference.type();
  }

  /** Returns the element type. */
  public DType dtype() {
    return type().dtype();
  }

  /** Returns the shape, fully defined unless it may change. */
  public Shape shape() {
    return type().shape();
  }

  /** Returns the graph. */
  public Graph graph() {
    return reference.graph();
  }

  /** Returns whether optimizers change this variable unless told otherwise. */
  public boolean isTrainable() {
    return trainable;
  }

  /** Returns the read made with the variable. */
  @Override
  public Output asOutput() {
    return read;
  }

  /** Returns the read made with the variable: the same as {@link #asOutput}. */
  public Output value() {
    return read;
  }

  /** Returns a new read, at the present place in the graph and after its control dependencies. */
  public Output readValue() {
    return graph()
        .add(new IdentityOps.Identity(), name() + "/read_value", List.of(reference))
        .output(0);
  }

  /** Returns the output that operations which write the variable take. */
  @Override
  public Output reference() {
    return reference;
  }

  /**
   * Returns the tensor that the initializer assigns.
   *
   * @throws GraphException if the variable is one of a file that has no initializer of it
   */
  public Output initialValue() {
    return initializer().input(1);
  }

  /** Returns whether an operation gives the variable its first value. */
  public boolean hasInitializer() {
    return initializer.isPresent();
  }

  /**
   * Returns the operation that gives the variable its first value.
   *
   * @throws GraphException if the variable is one of a file that has none
   */
  public Operation initializer() {
    return initializer.orElseThrow(
        () ->
            Refusal.of(
                reference.operation().type() + " '" + name() + "'",
                "the graph has no operation that gives it a first value: set it in the session"));
  }

  /** Adds an operation that sets the value, and returns the new value. TensorFlow: Assign. */
  public Output assign(Object value) {
    return Ops.of(graph()).assign(this, value);
  }

  /** Adds an operation that adds to the value, and returns the new value. TensorFlow: AssignAdd. */
  public Output assignAdd(Object value) {
    return Ops.of(graph()).assignAdd(this, value);
  }

  /**
   * Adds an operation that subtracts from the value, and returns the new value. TensorFlow:
   * AssignSub.
   */
  public Output assignSub(Object value) {
    return Ops.of(graph()).assignSub(this, value);
  }

  /** Returns the name and the type, such as {@code w float32[784,10]}. */
  @Override
  public String toString() {
    return name() + " " + type();
  }
}
