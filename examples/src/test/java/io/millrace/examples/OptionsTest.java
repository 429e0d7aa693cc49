package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
  private final Options options =
      new Options("millrace mnist", "Trains on handwritten digits.")
          .integer("epochs", 10, 1, 1000, "passes over the digits")
          .integer("seed", 1, Long.MIN_VALUE, Long.MAX_VALUE, "seed of all random numbers")
          .text("device", "NAME", "cpu", "where to run")
          .path("data", "DIR", "directory of the four MNIST files")
          .flag("download", "download what DIR lacks");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void givesDefaults() throws UsageException {
    OptionValues values = options.parse();
    assertEquals(10, values.smallInteger("epochs"));
    assertEquals(1L, values.integer("seed"));
    assertEquals("cpu", values.text("device"));
    assertEquals(Optional.empty(), values.path("data"));
    assertFalse(values.flag("download"));
  }

  @Test
  void readsValuesInBothSpellings() throws UsageException {
    OptionValues values =
        options.parse(
            "--epochs",
            "3",
            "--seed=-9223372036854775808",
            "--device=a=b",
            "--data",
            "d/e",
            "--download");
    assertEquals(3, values.smallInteger("epochs"));
    assertEquals(Long.MIN_VALUE, values.integer("seed"));
    assertEquals("a=b", values.text("device"));
    assertEquals(Optional.of(Path.of("d/e")), values.path("data"));
    assertTrue(values.flag("download"));
  }

  @Test
  void takesNegativeNumbersAndTheLastOfSeveral() throws UsageException {
    assertEquals(-5, options.parse("--seed", "4", "--seed", "-5").integer("seed"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--epochs 0       | --epochs needs an integer from 1 to 1000, not '0'",
        "--epochs 1001    | --epochs needs an integer from 1 to 1000, not '1001'",
        "--epochs ten     | --epochs needs an integer from 1 to 1000, not 'ten'",
        "--epochs=        | --epochs needs an integer from 1 to 1000, not ''",
        "--epochs         | --epochs needs an integer from 1 to 1000, but no value follows it",
        "--data --download| --data needs a path, but no value follows it",
        "--data=          | --data needs a path, not ''",
        "--device=        | --device needs a text that is not empty, not ''",
        "--download=yes   | --download takes no value, not --download=yes",
        "--epoch 3        | unknown option --epoch; accepted are --epochs, --seed, --device,"
            + " --data, --download, --help",
        "-e 3             | unknown option -e; accepted are --epochs, --seed, --device,"
            + " --data, --download, --help",
        "epochs           | unexpected argument epochs; accepted are --epochs, --seed, --device,"
            + " --data, --download, --help",
      })
  void namesWhatIsWrong(String line, String message) throws Exception {
    assertEquals(2, run(values -> 0, line.split(" ", -1)));
    assertEquals(List.of("millrace mnist: " + message, "Try --help."), lines(err));
    assertEquals(List.of(), lines(out));
  }

  @Test
  void refusesPathThatTheSystemCannotName() {
    UsageException e = assertThrows(UsageException.class, () -> options.parse("--data", "a\0b"));
    assertTrue(e.getMessage().startsWith("--data needs a path, not "), e.getMessage());
  }

  @Test
  void printsAlignedHelp() throws Exception {
    assertEquals(0, run(values -> 7, "--help"));
    assertEquals(
        List.of(
            "Trains on handwritten digits.",
            "",
            "Usage: millrace mnist [options]",
            "",
            "  --epochs N     passes over the digits (default 10)",
            "  --seed N       seed of all random numbers (default 1)",
            "  --device NAME  where to run (default cpu)",
            "  --data DIR     directory of the four MNIST files",
            "  --download     download what DIR lacks",
            "  --help         print this help"),
        lines(out));
    assertEquals(List.of(), lines(err));
  }

  @Test
  void returnsTheProgramsStatus() throws Exception {
    assertEquals(7, run(values -> values.smallInteger("epochs"), "--epochs", "7"));
  }

  @Test
  void reportsDamagedDataWithoutStackTrace() throws Exception {
    int status =
        run(
            values -> {
              throw new DataFileException("digits.gz", "is damaged");
            });
    assertEquals(1, status);
    assertEquals(List.of("millrace mnist: digits.gz: is damaged"), lines(err));
  }

  @Test
  void reportsValueThatTheProgramRefuses() throws Exception {
    int status =
        run(
            values -> {
              throw UsageException.wrong("--device needs cpu, not 'abacus'");
            });
    assertEquals(2, status);
    assertEquals("millrace mnist: --device needs cpu, not 'abacus'", lines(err).get(0));
  }

  @Test
  void reportsFilesThatCannotBeUsedByNameAndReason() throws Exception {
    int status =
        run(
            values -> {
              throw new AccessDeniedException("digits.png");
            });
    assertEquals(1, status);
    assertEquals(List.of("millrace mnist: AccessDeniedException: digits.png"), lines(err));
  }

  @Test
  void letsOtherFailuresThrough() {
    IllegalStateException failure = new IllegalStateException();
    IllegalStateException thrown =
        assertThrows(
            IllegalStateException.class,
            () ->
                run(
                    values -> {
                      throw failure;
                    }));
    assertSame(failure, thrown);
  }

  @Test
  void refusesUndeclaredNames() throws UsageException {
    OptionValues values = options.parse();
    assertThrows(IllegalArgumentException.class, () -> values.flag("fast"));
    assertThrows(IllegalArgumentException.class, () -> options.flag("data", "again"));
  }

  private int run(Options.Program program, String... args) throws Exception {
    return options.run(
        args,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        program);
  }

  private static List<String> lines(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8).lines().collect(Collectors.toList());
  }
}
