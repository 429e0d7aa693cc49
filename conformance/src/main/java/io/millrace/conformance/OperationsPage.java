package io.millrace.conformance;

import io.millrace.Backends;
import io.millrace.spi.Backend;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The page that lists every operation: what the catalogue says, and how many cases passed. */
final class OperationsPage implements Suite.Listener {

  /** The beginning of the heading of the last column, which depends on the cases that were run. */
  static final String CASES = "Recorded cases";

  /** What writes the page that is kept with the source. */
  static final String COMMAND = "./millrace conformance --page docs/operations.md DIR";

  /** The kinds of cases that are about one operation. */
  private static final Set<String> SINGLE = Set.of("op", "runs");

  private final Map<String, Tally> operations = new TreeMap<>();
  private final Map<String, Map<String, Tally>> compositions = new TreeMap<>();
  private Tally total = Tally.NONE;
  private int failed;

  @Override
  public void hear(Suite.Entry entry, Verdict verdict) {
    total = total.plus(verdict);
    failed += verdict instanceof Verdict.Failed ? 1 : 0;
    Map<String, Tally> tallies =
        SINGLE.contains(entry.kind())
            ? operations
            : compositions.computeIfAbsent(entry.kind(), kind -> new TreeMap<>());
    tallies.merge(entry.operation(), Tally.NONE.plus(verdict), Tally::plus);
  }

  /** Returns the page in Markdown. */
  String markdown() {
    List<CatalogueEntry> catalogue = CatalogueEntry.all();
    List<String> lines = new ArrayList<>();
    lines.add("# Operations");
    lines.add("");
    lines.add(
        "Generated: `./millrace conformance --page docs/operations.md DIR` writes this file.");
    lines.add("");
    lines.add(
        "Every operation runs on every device: "
            + devices()
            + ". *Inputs* names each with its type, and where a type stands first, says which ones"
            + " it can be if not all. A gradient is given for the inputs named; *second order* says whether the gradient"
            + " has one itself, or is linear, so that the second is zero. Tests compare both with"
            + " numeric gradients, and each device with the reference. *Source* is the file that"
            + " holds the operation. *"
            + CASES
            + "* counts the cases about this one operation that TensorFlow recorded and Millrace"
            + " passes.");
    lines.add("");
    lines.add(
        row(
            "Operation",
            "Inputs",
            "Shape rule, by example",
            "Gradient",
            "Second order",
            "Source",
            CASES));
    lines.add(row("---", "---", "---", "---", "---", "---", "---"));
    for (CatalogueEntry entry : catalogue) {
      String name = entry.type();
      Tally tally = operations.getOrDefault(name, Tally.NONE);
      for (String alias : entry.aliases()) {
        name += ", " + alias;
        tally = tally.plus(operations.getOrDefault(alias, Tally.NONE));
      }
      lines.add(
          row(
              name,
              entry.inputs(),
              entry.shapes(),
              entry.gradient(),
              entry.secondOrder(),
              entry.source(),
              tally.toString()));
    }
    lines.add("");
    lines.addAll(cases(catalogue));
    return String.join("\n", lines) + "\n";
  }

  private List<String> cases(List<CatalogueEntry> catalogue) {
    List<String> lines = new ArrayList<>();
    lines.add("## " + CASES);
    lines.add("");
    lines.add(
        total
            + " passed, "
            + failed
            + " failed, "
            + (total.all() - total.passed() - failed)
            + " need operations that are not there yet.");
    lines.add("");
    lines.add(row("Composition", "Kind", CASES));
    lines.add(row("---", "---", "---"));
    compositions.forEach(
        (kind, tallies) ->
            tallies.forEach((name, tally) -> lines.add(row(name, kind, tally.toString()))));
    lines.add("");
    Map<String, Tally> missing = new TreeMap<>(operations);
    for (CatalogueEntry entry : catalogue) {
      missing.remove(entry.type());
      missing.keySet().removeAll(entry.aliases());
    }
    lines.add(
        missing.isEmpty()
            ? "There is an operation for every case."
            : "Not there yet: " + String.join(", ", missing.keySet()) + ".");
    return lines;
  }

  private static String devices() {
    return Backends.find().all().stream()
        .filter(b -> b.priority() >= 0)
        .map(Backend::name)
        .sorted(Comparator.reverseOrder())
        .collect(Collectors.joining(", "));
  }

  private static String row(String... cells) {
    return "| " + String.join(" | ", cells).replace("\n", " ") + " |";
  }

  /**
   * Returns what a page says about the catalogue: all lines up to the cases, without the last
   * column of the table.
   */
  static List<String> catalogue(String page) {
    return page.lines()
        .takeWhile(line -> !line.startsWith("## "))
        .map(line -> line.replaceAll("\\|[^|]*\\|$", "|"))
        .toList();
  }
}
