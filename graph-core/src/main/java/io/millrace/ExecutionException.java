package io.millrace;

/**
 * Thrown when a run fails while it computes, such as on an integer division by zero or a failed
 * check; the message names the node and the line that made it.
 */
public final class ExecutionException extends MillraceException {
  private static final long serialVersionUID = 1;

  /** Makes the exception with a message that says what is wrong, where, and the rule broken. */
  public ExecutionException(String message) {
    super(message);
  }
}
