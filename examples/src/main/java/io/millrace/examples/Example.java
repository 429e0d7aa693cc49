package io.millrace.examples;

/** A program that {@code ./millrace example NAME} runs. */
interface Example {
  /** Returns the name on the command line. */
  String name();

  /** Returns a sentence on what it does. */
  String purpose();

  /**
   * Runs it with its own arguments.
   *
   * @return the exit status
   * @throws Exception whatever goes wrong that is not the user's mistake
   */
  int run(String[] args) throws Exception;
}
