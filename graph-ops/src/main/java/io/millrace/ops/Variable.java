package io.millrace.ops;

import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.GraphKeys;
import io.millrace.Operand;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.op.Op;
import io.millrace.ops.array.IdentityOps;
import io.millrace.ops.building.Refusal;
import io.millrace.ops.state.ResourceOps;
import io.millrace.ops.state.Shared;
import io.millrace.ops.state.VariableOps;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * A tensor that keeps its value from run to run, as TensorFlow 1's {@code tf.Variable}.
 *
 * <p>Used as a tensor, a reference variable stands for {@code w/read}, which is the variable itself
 * under another name: who uses it sees what the variable holds by then. A {@linkplain
 * Options#useResource resource variable} is read where it is used, after the control dependencies
 * in force there; what was read stays what it was.
 */
public final class Variable implements Operand {
  private final Output reference;
  private final Optional<Operation> initializer;
  private final Optional<Output> read;
  private final boolean trainable;

  /**
   * How a variable is made.
   *
   * @param trainable whether optimizers change it unless told otherwise
   * @param collections the collections of the graph that it joins
   * @param validateShape whether the shape is that of the initial value for ever; otherwise an
   *     assignment that does not validate it either may change it
   * @param resource whether it is a resource variable, which whoever uses it reads anew; otherwise
   *     a reference variable, whose read is the variable itself
   */
  public record Options(
      boolean trainable, List<String> collections, boolean validateShape, boolean resource) {
    public Options {
      collections = List.copyOf(Arguments.requireAll(collections, "collections"));
    }

    /** Returns the options of an ordinary variable: trainable, among the global variables. */
    public static Options defaults() {
      return new Options(true, List.of(GraphKeys.GLOBAL_VARIABLES), true, false);
    }

    /** Returns the options of a variable that optimizers leave alone. */
    public static Options notTrainable() {
      return new Options(false, List.of(GraphKeys.GLOBAL_VARIABLES), true, false);
    }

    /** Returns these options with other collections. */
    public Options collections(String... keys) {
      return new Options(
          trainable, List.of(Arguments.requireAll(keys, "keys")), validateShape, resource);
    }

    /** Returns these options with or without a shape that stays. */
    public Options validateShape(boolean on) {
      return new Options(trainable, collections, on, resource);
    }

    /**
     * Returns these options for a resource variable, or for a reference variable. TensorFlow:
     * use_resource.
     */
    public Options useResource(boolean on) {
      return new Options(trainable, collections, validateShape, on);
    }

    /** Returns the operation that holds such a variable, of which this is the name. */
    public Op holder(TensorType initial, String name) {
      Arguments.require(name, "name");
      Shape shape = validateShape ? Arguments.require(initial, "initial").shape() : Shape.unknown();
      return resource
          // TensorFlow takes handles without a shared name for handles of one variable.
          ? new ResourceOps.VarHandleOp(initial.dtype(), shape, new Shared("", name))
          : new VariableOps.VariableV2(initial.dtype(), shape);
    }
  }

  /**
   * Makes a variable of what a graph has of it.
   *
   * @param reference the output that refers to it
   * @param initializer the operation that assigns its first value, if there is one
   * @param read what reads it; empty only if it is a resource variable that nothing reads yet
   */
  public Variable(
      Output reference, Optional<Operation> initializer, Optional<Output> read, boolean trainable) {
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
    if (reference.operation().op() instanceof ResourceOps.ReadVariableOp) {
      return reference.operation().input(0);
    }
    if (!reference.isReference()) {
      throw Refusal.of(operation, "%s is not a variable: only variables are written", ref);
    }
    return reference;
  }

  /**
   * Returns the output that refers to a variable, for an operation that passes references on.
   *
   * @param ref what {@link #referenceOf} takes, but no resource variable, which handles lead to
   */
  public static Output plainReferenceOf(String operation, Operand ref) {
    Output reference = referenceOf(operation, ref);
    if (reference.isHandle()) {
      throw Refusal.of(
          operation, "%s is a resource variable: its handle is passed on as any tensor is", ref);
    }
    return reference;
  }

  /** Returns the name, that of the operation which holds the value. */
  public String name() {
    return reference.operation().name();
  }

  /** Returns the element type and the shape, fully defined unless it may change. */
  public TensorType type() {
    return reference.type().target();
  }

  /** Returns whether this is a resource variable, which whoever uses it reads anew. */
  public boolean isResource() {
    return reference.isHandle();
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

  /** Returns the read made with the variable, which runs fetch. */
  @Override
  public Output asOutput() {
    return read.orElseGet(() -> readValue());
  }

  @Override
  public Output asInput() {
    return isResource() ? readValue() : asOutput();
  }

  /** Returns the read made with the variable: the same as {@link #asOutput}. */
  public Output value() {
    return asOutput();
  }

  /** Returns a new read, at the present place in the graph and after its control dependencies. */
  public Output readValue() {
    String wished = name() + "/read_value";
    return isResource()
        ? ResourceOps.read(graph(), reference, wished, List.of())
        : graph().add(new IdentityOps.Identity(), wished, List.of(reference)).output(0);
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
