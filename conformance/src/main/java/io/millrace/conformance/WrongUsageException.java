package io.millrace.conformance;

/** Reports what makes a command impossible before any case has run. */
final class WrongUsageException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Makes an exception that says what is wrong. */
  WrongUsageException(String message) {
    super(message);
  }
}
