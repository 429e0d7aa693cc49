package io.millrace.conformance.mistakes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page on mistakes, which the build writes to {@code target/errors.md}. */
class ErrorsPageTest {
  private static final Path COMMITTED = Path.of("../docs/errors.md");
  private static final Path BUILT = Path.of("target/errors.md");

  @Test
  void thePageKeptWithTheSourceIsThatOfTheTests() throws IOException, ReflectiveOperationException {
    String page = ErrorsPage.markdown("reference");
    Files.writeString(BUILT, page);
    assertEquals(
        Files.readString(COMMITTED), page, "docs/errors.md is out of date: " + ErrorsPage.COMMAND);
  }
}
