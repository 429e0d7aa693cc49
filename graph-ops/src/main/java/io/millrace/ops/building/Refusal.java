package io.millrace.ops.building;

import io.millrace.GraphException;
import io.millrace.op.OpFamilies;

/** Makes the exceptions for mistakes that are found before a node is added. */
public final class Refusal {
  private Refusal() {}

  /**
   * Returns an exception that names an operation, the rule broken and the user's line.
   *
   * @param rule a format
   */
  public static GraphException of(String operation, String rule, Object... arguments) {
    return new GraphException(
        "[" + operation + "] " + String.format(rule, arguments) + "\n  at " + OpFamilies.caller());
  }
}
