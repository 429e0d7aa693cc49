package io.millrace;

import io.millrace.op.ForeignOp;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.Optional;

/**
 * One result of an operation: a tensor that a run may compute, feed or fetch.
 *
 * <p>Equal outputs are the same object.
 */
public final class Output implements Operand {
  private final Operation operation;
  private final int index;
  private final TensorType type;

  Output(Operation operation, int index, TensorType type) {
    this.operation = operation;
    this.index = index;
    this.type = type;
  }

  /** Returns the operation whose result this is. */
  public Operation operation() {
    return operation;
  }

  /** Returns the position among the operation's outputs; negative for a trace. */
  public int index() {
    return index;
  }

  /** Returns whether this is none of the operation's outputs, but {@linkplain Operation#trace}. */
  public boolean isTrace() {
    return index < 0;
  }

  /**
   * Returns what is known of the tensor.
   *
   * @throws GraphException if an operation of a file gives it an element type that is none of the
   *     engine's
   */
  public TensorType type() {
    return knownType()
        .orElseThrow(
            () ->
                new GraphException(
                    "the element type of %s is none that Millrace has: it comes from [%s '%s']\n  at %s"
                        .formatted(this, operation.type(), operation.name(), operation.source())));
  }

  /** Returns what is known of the tensor; nothing if its element type is none of the engine's. */
  public Optional<TensorType> knownType() {
    return !isTrace()
            && operation.op() instanceof ForeignOp foreign
            && foreign.results().get(index).dtype().isEmpty()
        ? Optional.empty()
        : Optional.of(type);
  }

  /** Returns the type, in which a type that the engine does not have stands for any. */
  TensorType declared() {
    return type;
  }

  /** Returns the type as it is printed. */
  String typeText() {
    return knownType().isEmpty() && operation.op() instanceof ForeignOp foreign
        ? foreign.results().get(index).name() + type.shape()
        : type.toString();
  }

  /** Returns the element type. */
  public DType dtype() {
    return type().dtype();
  }

  /** Returns what is known of the shape. */
  public Shape shape() {
    return type.shape();
  }

  /** Returns whether this has no elements, but leads operations to something: a variable. */
  public boolean isHandle() {
    return type.dtype().isHandle();
  }

  /**
   * Returns whether this refers to state: a variable, what was written to one, or a handle of one.
   */
  public boolean isReference() {
    return dtype() == DType.RESOURCE || operation.op().refersToState(index);
  }

  /** Returns the graph. */
  public Graph graph() {
    return operation.graph();
  }

  /** Returns TensorFlow's name of the tensor, such as {@code logits/MatMul:0}. */
  public String name() {
    return operation.name() + ":" + (isTrace() ? "trace" + (-1L - index) : index);
  }

  @Override
  public Output asOutput() {
    return this;
  }

  /** Returns the name and the type, such as {@code x:0 float32[?,784]}. */
  @Override
  public String toString() {
    return name() + " " + typeText();
  }
}
