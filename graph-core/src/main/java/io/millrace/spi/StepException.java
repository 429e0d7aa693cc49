package io.millrace.spi;

import io.millrace.ir.Origin;

/** Says that a step of a plan failed; the session adds the node's line. */
public final class StepException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Origin origin;

  /**
   * Makes the exception.
   *
   * @param origin the step's origin
   * @param failure what went wrong
   */
  public StepException(Origin origin, String failure) {
    super(failure);
    this.origin = origin;
  }

  /** Returns the operations of the graph that the step does the work of. */
  public Origin origin() {
    return origin;
  }
}
