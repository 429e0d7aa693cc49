package io.millrace.compiler.lowering;

/** Says why a loop is no program inside a program: what it does differs from turn to turn. */
final class NotFixedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  NotFixedException(String reason) {
    super(reason, null, false, false);
  }
}
