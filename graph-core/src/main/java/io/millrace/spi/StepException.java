package io.millrace.spi;

/** Says that a step of a plan failed; the session adds the node's line. */
public final class StepException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String origin;

  /**
   * Makes the exception.
   *
   * @param origin the step's origin: the name of the graph operation
   * @param failure what went wrong
   */
  public StepException(String origin, String failure) {
    super(failure);
    this.origin = origin;
  }

  /** Returns the name of the graph operation, several joined with {@code +}. */
  public String origin() {
    return origin;
  }
}
