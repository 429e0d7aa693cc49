package io.millrace;

/**
 * Thrown when a run is not given what it needs: a placeholder without a value, a value of the wrong
 * type or shape, a name that the graph does not have, a tensor of another graph.
 */
public final class FeedException extends MillraceException {
  private static final long serialVersionUID = 1;

  /** Makes the exception with a message that says what is wrong, where, and the rule broken. */
  public FeedException(String message) {
    super(message);
  }
}
