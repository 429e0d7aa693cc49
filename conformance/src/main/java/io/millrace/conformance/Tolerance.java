package io.millrace.conformance;

/**
 * How far an element may be from the recorded one: {@code atol + rtol * |expected|}; nothing if
 * both are 0.
 */
record Tolerance(double rtol, double atol) {

  /** Returns how far from this value an element may be. */
  double at(double expected) {
    return atol + rtol * Math.abs(expected);
  }
}
