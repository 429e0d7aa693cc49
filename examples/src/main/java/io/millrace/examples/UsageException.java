package io.millrace.examples;

/** Reports a command line that asks for help or that cannot be understood. */
final class UsageException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;

  private UsageException(String message, int status) {
    super(message);
    this.status = status;
  }

  /** Returns one that asks to print this text and end with status 0. */
  static UsageException help(String text) {
    return new UsageException(text, 0);
  }

  /** Returns one that says what is wrong with the command line, which means status 2. */
  static UsageException wrong(String message) {
    return new UsageException(message, 2);
  }

  /** Returns the process's exit status: 0 if help was asked for, 2 if the command line is wrong. */
  int status() {
    return status;
  }
}
