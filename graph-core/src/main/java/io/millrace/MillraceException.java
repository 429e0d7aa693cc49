package io.millrace;

/** The engine's complaint about a mistake or a failure; subclasses say which kind. */
public abstract class MillraceException extends RuntimeException {
  private static final long serialVersionUID = 1;

  MillraceException(String message, Throwable cause) {
    super(message, cause);
  }

  MillraceException(String message) {
    super(message);
  }
}
