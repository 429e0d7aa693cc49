package io.millrace;

/**
 * Thrown when a run would read variables that have no value yet; the message lists them with the
 * lines that made them.
 */
public final class UninitializedException extends MillraceException {
  private static final long serialVersionUID = 1;

  /** What helps: the end of messages. */
  public static final String HELP =
      "\nrun their initializers first, such as globalVariablesInitializer()";

  /** Makes the exception with a message that says what is wrong, where, and the rule broken. */
  public UninitializedException(String message) {
    super(message);
  }
}
