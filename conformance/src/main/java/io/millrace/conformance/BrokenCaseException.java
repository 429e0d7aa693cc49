package io.millrace.conformance;

import java.io.IOException;

/** Reports a file of a case that is missing, damaged, or not what it should be. */
final class BrokenCaseException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Makes an exception whose message is the file's name, a colon, and what is wrong. */
  BrokenCaseException(String file, String problem) {
    super(file + ": " + problem);
  }

  /** Makes an exception like {@link #BrokenCaseException(String, String)} with its cause. */
  BrokenCaseException(String file, String problem, Throwable cause) {
    super(file + ": " + problem, cause);
  }
}
