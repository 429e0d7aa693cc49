package io.millrace;

import java.util.List;

/**
 * Thrown when a run needs operations that the engine does not have, which a graph from a file may
 * hold.
 *
 * <p>The message names all of them and the user's line that brought them into the graph. What they
 * would compute can be fed where its element type is one of {@link io.millrace.type.DType}.
 */
public final class UnsupportedException extends MillraceException {
  private static final long serialVersionUID = 1;

  private final List<String> operations;

  /** Makes the exception for operations of these types. */
  public UnsupportedException(String message, List<String> operations) {
    super(message);
    this.operations = List.copyOf(operations);
  }

  /** Returns TensorFlow's names of the operations, in alphabetical order. */
  public List<String> operations() {
    return operations;
  }
}
