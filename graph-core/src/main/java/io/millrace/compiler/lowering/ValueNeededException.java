package io.millrace.compiler.lowering;

import io.millrace.Output;

/**
 * Says that a run cannot be compiled before a tensor's value is known, because shapes depend on it;
 * the session computes it and compiles again.
 */
public final class ValueNeededException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Output output;

  /** Makes the exception for the tensor whose value is needed. */
  public ValueNeededException(Output output) {
    super("the value of " + output + " is needed to compile", null, false, false);
    this.output = output;
  }

  /** Returns the tensor whose value is needed. */
  public Output output() {
    return output;
  }
}
