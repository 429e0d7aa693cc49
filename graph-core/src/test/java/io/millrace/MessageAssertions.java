package io.millrace;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Asserts what messages say. */
final class MessageAssertions {
  private MessageAssertions() {}

  /** Asserts that a message holds all these parts. */
  static void assertMessage(String message, String... parts) {
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "'" + part + "' is not in: " + message);
    }
  }
}
