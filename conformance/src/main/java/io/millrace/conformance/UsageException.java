package io.millrace.conformance;

/** Reports what makes a command impossible before any case has run. */
final class UsageException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Makes an exception that says what is wrong. */
  UsageException(String message) {
    super(message);
  }
}
