package io.millrace;

/** The engine's complaint about a mistake or a failure; subclasses say which kind. */
public abstract class MillraceException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Makes the exception with a message that says what is wrong, where, and the rule broken. */
  protected MillraceException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Makes the exception with a message that says what is wrong, where, and the rule broken. */
  protected MillraceException(String message) {
    super(message);
  }
}
