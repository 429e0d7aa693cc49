package io.millrace.host;

/** Thrown where a Java number is written as an element of a type that does not hold it. */
final class UnfitException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final long element;

  /** Says which number does not fit, and the row-major position of its element. */
  UnfitException(String message, long element) {
    super(message);
    this.element = element;
  }

  /** Returns the row-major position of the element. */
  long element() {
    return element;
  }
}
