package io.millrace.op;

/**
 * Says which rule of an operation its inputs break; the graph adds the node, the types and the
 * user's line.
 */
public final class RuleException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Makes the exception with the rule broken, such as {@code inner dimensions 3 and 2 differ}. */
  public RuleException(String rule) {
    super(rule, null, false, false);
  }
}
