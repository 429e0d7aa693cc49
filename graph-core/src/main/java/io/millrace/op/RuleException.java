package io.millrace.op;

/**
 * Says which rule of an operation its inputs break; the graph adds the node, the types and the
 * user's line.
 */
public final class RuleException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean unsupported;

  /** Makes the exception with the rule broken, such as {@code inner dimensions 3 and 2 differ}. */
  public RuleException(String rule) {
    this(rule, false);
  }

  private RuleException(String rule, boolean unsupported) {
    super(rule, null, false, false);
    this.unsupported = unsupported;
  }

  /**
   * Returns the exception for what may be right in TensorFlow, but is none of what the engine has.
   */
  public static RuleException unsupported(String rule) {
    return new RuleException(rule, true);
  }

  /** Returns this with something in front of the rule. */
  public RuleException within(String place) {
    return new RuleException(place + getMessage(), unsupported);
  }

  /** Returns whether what breaks the rule may be right in TensorFlow. */
  public boolean isUnsupported() {
    return unsupported;
  }
}
