package io.millrace;

/**
 * Thrown when a node that breaks a rule is added to a graph: shapes or types that do not fit, a
 * name that is taken or malformed, a tensor of another graph.
 *
 * <p>The message names the operation, the inputs with their types, the rule and the user's line.
 */
public final class GraphException extends MillraceException {
  private static final long serialVersionUID = 1;

  /** Makes the exception with a message that says what is wrong, where, and the rule broken. */
  public GraphException(String message) {
    super(message);
  }
}
