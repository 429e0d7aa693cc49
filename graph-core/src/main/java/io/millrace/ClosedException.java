package io.millrace;

/** Thrown when a closed session or tensor is used. */
public final class ClosedException extends MillraceException {
  private static final long serialVersionUID = 1;

  /** Makes the exception with a message that says what is wrong, where, and the rule broken. */
  public ClosedException(String message) {
    super(message);
  }
}
