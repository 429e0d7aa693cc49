package io.millrace.conformance;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Prints a line for each failing case and, at the end, what is unsupported and the counts. */
final class Report implements Suite.Listener {
  private static final int WIDTH = 100;
  private static final int MOST_LINES = 4;

  private final PrintStream out;
  private final CaseProgress progress;
  private final boolean verbose;
  private final Map<String, Integer> lacking = new TreeMap<>();
  private int passed;
  private int failed;
  private int unsupported;

  /**
   * Starts with no case.
   *
   * @param verbose whether to print all there is to say of a case
   */
  Report(PrintStream out, CaseProgress progress, boolean verbose) {
    this.out = out;
    this.progress = progress;
    this.verbose = verbose;
  }

  @Override
  public void hear(Suite.Entry entry, Verdict verdict) {
    if (verdict instanceof Verdict.Failed failure) {
      failed++;
      println(entry.name() + ": " + failure.summary());
      if (verbose) {
        failure.details().forEach(line -> println("    " + line));
      }
    } else if (verdict instanceof Verdict.Unsupported missing) {
      unsupported++;
      missing.operations().forEach(type -> lacking.merge(type, 1, Integer::sum));
      if (verbose) {
        println(entry.name() + ": unsupported: " + String.join(", ", missing.operations()));
        missing.message().lines().forEach(line -> println("    " + line));
      }
    } else {
      passed++;
    }
    progress.count();
  }

  private void println(String line) {
    progress.clear();
    out.println(line);
  }

  /** Prints what follows the last case. */
  void close() {
    List<String> counts =
        lacking.entrySet().stream()
            .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
            .map(entry -> entry.getKey() + " (" + entry.getValue() + ")")
            .toList();
    wrapped("unsupported: ", counts).forEach(this::println);
    println(passed + " passed, " + failed + " failed, " + unsupported + " unsupported");
    out.flush();
  }

  /** Returns a few lines that list items, the last of which counts those left out. */
  private static List<String> wrapped(String start, List<String> items) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder(start);
    for (int i = 0; i < items.size(); i++) {
      String item = items.get(i) + (i + 1 < items.size() ? ", " : "");
      boolean last = lines.size() == MOST_LINES - 1;
      String more = "and " + (items.size() - i) + " more";
      if (line.length() + item.length() + (last ? more.length() : 0) > WIDTH) {
        if (last) {
          lines.add(line + more);
          return lines;
        }
        lines.add(line.toString().stripTrailing());
        line.setLength(0);
        line.append("  ");
      }
      line.append(item);
    }
    if (!items.isEmpty()) {
      lines.add(line.toString());
    }
    return lines;
  }

  /** Returns whether every case passed. */
  boolean allPassed() {
    return failed == 0 && unsupported == 0;
  }
}
