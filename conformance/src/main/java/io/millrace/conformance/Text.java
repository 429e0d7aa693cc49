package io.millrace.conformance;

/** Shortens what is to be shown on one line. */
final class Text {
  private Text() {}

  /** Returns the first line of an exception's message, or its class's name if it has none. */
  static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getName());
  }
}
