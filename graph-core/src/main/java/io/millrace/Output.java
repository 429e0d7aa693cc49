package io.millrace;

import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;

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

  /** Returns the position among the operation's outputs. */
  public int index() {
    return index;
  }

  /** Returns what is known of the tensor. */
  public TensorType type() {
    return type;
  }

  /** Returns the element type. */
  public DType dtype() {
    return type.dtype();
  }

  /** Returns what is known of the shape. */
  public Shape shape() {
    return type.shape();
  }

  /** Returns the graph. */
  public Graph graph() {
    return operation.graph();
  }

  /** Returns TensorFlow's name of the tensor, such as {@code logits/MatMul:0}. */
  public String name() {
    return operation.name() + ":" + index;
  }

  @Override
  public Output asOutput() {
    return this;
  }

  /** Returns the name and the type, such as {@code x:0 float32[?,784]}. */
  @Override
  public String toString() {
    return name() + " " + type;
  }
}
