package io.millrace.conformance.mistakes;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The page on mistakes and the messages that they give. */
final class ErrorsPage {
  /** What writes the page. */
  static final String COMMAND =
      "./mvnw -q -B test -pl conformance -am -Dtest=ErrorsPageTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false; cp conformance/target/errors.md docs/";

  private static final List<Class<? extends Mistakes>> SUBJECTS =
      List.of(
          ShapeMistakes.class,
          TypeMistakes.class,
          NetworkMistakes.class,
          NameMistakes.class,
          SliceMistakes.class,
          FeedMistakes.class,
          FetchMistakes.class,
          RunMistakes.class,
          FlowMistakes.class,
          ArrayMistakes.class,
          VariableMistakes.class,
          TrainingMistakes.class,
          LifetimeMistakes.class,
          DeviceMistakes.class,
          FileMistakes.class,
          RandomMistakes.class,
          NullMistakes.class);

  private ErrorsPage() {}

  /** Returns the mistakes by subject. */
  static Map<String, List<Row>> rows() throws IOException {
    Map<String, List<Row>> rows = new LinkedHashMap<>();
    for (Class<? extends Mistakes> type : SUBJECTS) {
      rows.computeIfAbsent(type.getAnnotation(Subject.class).value(), key -> new ArrayList<>())
          .addAll(Row.of(type));
    }
    return rows;
  }

  /** Returns the page in Markdown. */
  static String markdown(String device) throws IOException, ReflectiveOperationException {
    Map<String, List<Row>> subjects = rows();
    List<String> lines = new ArrayList<>();
    lines.add("# Errors");
    lines.add("");
    lines.add(
        "What Millrace answers to "
            + subjects.values().stream().mapToInt(List::size).sum()
            + " mistakes. To find a message here, search for its words without the names, shapes"
            + " and numbers that are yours.");
    lines.add("");
    lines.add(
        "In the examples `graph` is a new `Graph`, `tf` is `Ops.of(graph)` and `session` is `new"
            + " Session(graph)`. The line that a message names, `Main.main(Main.java:3)`, is that"
            + " of the example: the third. Where an operation is refused, the message begins with"
            + " its type and name, `[MatMul 'layer1/MatMul']`, and says what its inputs are; names"
            + " that no one chose, such as `Const_2`, are numbers and arrays of the same line."
            + " Exceptions of Millrace are all `MillraceException`s; what `Tensor`, `Shape` and"
            + " the options refuse is an exception of Java's own, as its collections throw.");
    lines.add("");
    lines.add("Generated from `io.millrace.conformance.mistakes`, where every mistake is made:");
    lines.add("");
    lines.add("```");
    lines.add(COMMAND);
    lines.add("```");
    lines.add("");
    subjects.forEach(
        (subject, rows) ->
            lines.add("- [%s](#%s) (%d)".formatted(subject, anchor(subject), rows.size())));
    for (Map.Entry<String, List<Row>> subject : subjects.entrySet()) {
      lines.add("");
      lines.add("## " + subject.getKey());
      for (Row row : subject.getValue()) {
        lines.addAll(section(row, row.make(device).thrown()));
      }
    }
    return String.join("\n", lines) + "\n";
  }

  private static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 ]", "").replace(' ', '-');
  }

  private static List<String> section(Row row, Throwable thrown) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add("### " + row.title());
    lines.add("");
    lines.add("```java");
    lines.addAll(row.code());
    lines.add("```");
    lines.add("");
    lines.add("```");
    lines.add(thrown.getClass().getSimpleName() + ": " + row.told(thrown));
    lines.add("```");
    if (!row.instead().isEmpty()) {
      lines.add("");
      lines.add(row.instead());
    }
    return lines;
  }
}
