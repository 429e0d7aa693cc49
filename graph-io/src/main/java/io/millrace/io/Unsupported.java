package io.millrace.io;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Collects the nodes that cannot go from one side to the other, to report them all at once. */
final class Unsupported {
  private static final int NAMED = 5;

  private final Map<String, Map<String, List<String>>> nodes = new TreeMap<>();

  /** Adds a node with the reason why it cannot go. */
  void add(String type, String name, String reason) {
    nodes
        .computeIfAbsent(type, t -> new TreeMap<>())
        .computeIfAbsent(NodeNames.plain(reason), r -> new ArrayList<>())
        .add(name);
  }

  /**
   * Throws the exception that names all of them, by operation and reason, if there are any.
   *
   * @param heading what it means, such as {@code the graph holds nodes that cannot be imported}
   * @param place where the user asked for it
   */
  void report(String heading, FilePlace place) {
    if (nodes.isEmpty()) {
      return;
    }
    StringBuilder text = new StringBuilder(heading).append(':');
    nodes.forEach(
        (type, reasons) ->
            reasons.forEach(
                (reason, names) ->
                    text.append("\n  ")
                        .append(NodeNames.plain(type))
                        .append(": ")
                        .append(reason)
                        .append(names.size() == 1 ? " (1 node: " : " (" + names.size() + " nodes: ")
                        .append(NodeNames.some(names, NAMED))
                        .append(')')));
    throw new GraphDefException(
        text.append(place).toString(), List.copyOf(new TreeSet<>(nodes.keySet())));
  }
}
