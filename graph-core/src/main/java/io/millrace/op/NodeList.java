package io.millrace.op;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Collects nodes with the reasons why they cannot go on, to report all of them at once. */
public final class NodeList {
  private static final int NAMED = 5;

  private final Map<String, Map<String, List<String>>> nodes = new TreeMap<>();

  /** Starts without nodes. */
  public NodeList() {}

  /** Adds a node with the reason why it cannot go on. */
  public void add(String type, String name, String reason) {
    nodes
        .computeIfAbsent(type, t -> new TreeMap<>())
        .computeIfAbsent(NodeNames.plain(reason), r -> new ArrayList<>())
        .add(name);
  }

  /** Returns whether there are none. */
  public boolean isEmpty() {
    return nodes.isEmpty();
  }

  /** Returns the types of the nodes, in alphabetical order. */
  public List<String> types() {
    return List.copyOf(nodes.keySet());
  }

  /** Returns a line for each type and reason, with the number of nodes and the first names. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
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
    return text.toString();
  }
}
