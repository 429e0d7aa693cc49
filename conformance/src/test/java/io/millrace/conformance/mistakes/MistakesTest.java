package io.millrace.conformance.mistakes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.ClosedException;
import io.millrace.MillraceException;
import io.millrace.Output;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is true of the message of every mistake. */
class MistakesTest {
  /** Classes of the engine, addresses of objects, and the JVM's names of arrays. */
  private static final Pattern INTERNAL =
      Pattern.compile("io\\.millrace\\.|@[0-9a-f]{5,}|\\$Lambda|\\[L[a-z]+\\.");

  private static final Pattern SLOPPY =
      Pattern.compile("^\\s|\\s$|,$|:$(?!\n  )|\\b1 (?:axes|outputs|numbers)\\b|\\S  \\S");

  /** Begins the line of the user, which all name but a closed tensor, that says how to get it. */
  private static final String LINE = "Main.main(Main.java:";

  /** What Java's own value types throw by their contracts, as Java's collections do. */
  private static final List<Class<?>> OF_VALUES =
      List.of(
          IllegalArgumentException.class,
          IllegalStateException.class,
          IndexOutOfBoundsException.class,
          IOException.class);

  private static Map<Row, Row.Outcome> outcomes(String device)
      throws IOException, ReflectiveOperationException {
    Map<Row, Row.Outcome> outcomes = new LinkedHashMap<>();
    for (List<Row> rows : ErrorsPage.rows().values()) {
      for (Row row : rows) {
        outcomes.put(row, row.make(device));
      }
    }
    return outcomes;
  }

  @Test
  void everyMessageHelpsWhoReadsIt() throws IOException, ReflectiveOperationException {
    List<String> complaints = new ArrayList<>();
    outcomes("reference")
        .forEach(
            (row, outcome) -> complaint(row, outcome).forEach(c -> complaints.add(row + ": " + c)));
    assertEquals("", String.join("\n", complaints));
  }

  private static List<String> complaint(Row row, Row.Outcome outcome) {
    Throwable thrown = outcome.thrown();
    String told = row.told(thrown);
    List<String> complaints = new ArrayList<>();
    boolean own = thrown instanceof MillraceException;
    if (!own && OF_VALUES.stream().noneMatch(type -> type.isInstance(thrown))) {
      complaints.add("is a " + thrown.getClass().getName() + ": " + told);
    }
    if (own && !told.contains(LINE) && !(thrown instanceof ClosedException)) {
      complaints.add("does not name the user's line: " + told);
    }
    if (told.lines().anyMatch(l -> l.contains(LINE) && !isWithin(row, l))) {
      complaints.add("names a line that is not the user's: " + told);
    }
    if (INTERNAL.matcher(told).find()) {
      complaints.add("names what is inside the engine: " + told);
    }
    if (SLOPPY.matcher(told).find()) {
      complaints.add("is no sentence: " + told);
    }
    if (!outcome.after().graph.currentNameScope().isEmpty()) {
      complaints.add("leaves a scope open");
    }
    if (!isUsable(outcome.after())) {
      complaints.add("spoils the session");
    }
    return complaints;
  }

  /** Returns whether the session still does what it is asked for, or was closed. */
  private static boolean isUsable(Mistakes after) {
    Output two = after.tf.constant(2);
    try {
      return after.session.run(two).intValue() == 2;
    } catch (ClosedException closed) {
      return true;
    }
  }

  private static boolean isWithin(Row row, String line) {
    return Pattern.compile("Main\\.java:(-?\\d+)\\)")
        .matcher(line)
        .results()
        .mapToInt(found -> Integer.parseInt(found.group(1)))
        .allMatch(number -> number >= 1 && number <= row.code().size());
  }

  @Test
  void everyDeviceSaysTheSame() throws IOException, ReflectiveOperationException {
    Map<Row, Row.Outcome> reference = outcomes("reference");
    for (Map.Entry<Row, Row.Outcome> entry : outcomes("cpu").entrySet()) {
      Row row = entry.getKey();
      String expected = row.told(reference.get(row).thrown());
      assertEquals(expected, row.told(entry.getValue().thrown()), row.toString());
    }
  }

  @Test
  void titlesAreUniqueInTheirSubject() throws IOException {
    ErrorsPage.rows()
        .forEach(
            (subject, rows) ->
                assertEquals(
                    rows.size(), rows.stream().map(Row::title).distinct().count(), subject));
  }
}
