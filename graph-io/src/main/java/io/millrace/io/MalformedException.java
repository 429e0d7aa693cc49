package io.millrace.io;

/**
 * Says what is wrong with a part of a file; whoever knows the node and the user's line adds them.
 */
final class MalformedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  MalformedException(String rule) {
    super(rule, null, false, false);
  }
}
