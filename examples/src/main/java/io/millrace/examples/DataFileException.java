package io.millrace.examples;

import java.io.IOException;

/** Reports a data file that is missing, damaged, or not what it should be. */
final class DataFileException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception whose message is the file, a colon, and what is wrong.
   *
   * @param file the file's path, resource name or address
   * @param problem the rule the file breaks, with what was expected and what was found
   */
  DataFileException(String file, String problem) {
    super(file + ": " + problem);
  }

  /** Creates an exception like {@link #DataFileException(String, String)} with its cause. */
  DataFileException(String file, String problem, Throwable cause) {
    super(file + ": " + problem, cause);
  }
}
