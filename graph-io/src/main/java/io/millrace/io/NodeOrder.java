package io.millrace.io;

import io.millrace.op.NodeNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;

/** Finds an order in which every node comes after what it refers to, loops left open. */
final class NodeOrder {
  private final List<FileNode> nodes;

  /** For each node the number of references to nodes that are not placed yet. */
  private final int[] waiting;

  private NodeOrder(List<FileNode> nodes) {
    this.nodes = nodes;
    waiting = new int[nodes.size()];
  }

  /**
   * Returns the numbers of the nodes so ordered, and otherwise in the order of the file: among the
   * nodes that may come next, the first in the file does.
   *
   * @throws MalformedException if the references go round; the message names a circle
   */
  static int[] of(List<FileNode> nodes) {
    return new NodeOrder(nodes).find();
  }

  private int[] find() {
    int[][] users = users();
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    IntStream.range(0, waiting.length).filter(n -> waiting[n] == 0).forEach(ready::add);
    int[] order = new int[waiting.length];
    int placed = 0;
    while (!ready.isEmpty()) {
      int node = ready.remove();
      order[placed++] = node;
      for (int user : users[node]) {
        if (--waiting[user] == 0) {
          ready.add(user);
        }
      }
    }
    if (placed < order.length) {
      throw new MalformedException("the graph is not acyclic: " + circle());
    }
    return order;
  }

  private IntStream references(int node) {
    return nodes.get(node).references();
  }

  private int[][] users() {
    int[] counts = new int[nodes.size()];
    for (int node = 0; node < counts.length; node++) {
      references(node).forEach(r -> counts[r]++);
    }
    int[][] users = new int[counts.length][];
    Arrays.setAll(users, node -> new int[counts[node]]);
    for (int node = 0; node < users.length; node++) {
      int user = node;
      references(node).forEach(r -> users[r][--counts[r]] = user);
      waiting[node] = (int) references(node).count();
    }
    return users;
  }

  /** Returns nodes each of which waits for the next, and the last one for the first. */
  private String circle() {
    int node =
        IntStream.range(0, waiting.length).filter(n -> waiting[n] > 0).findFirst().orElseThrow();
    Set<Integer> path = new LinkedHashSet<>();
    while (path.add(node)) {
      node = references(node).filter(r -> waiting[r] > 0).findFirst().orElseThrow();
    }
    List<String> names = new ArrayList<>();
    for (int each : path) {
      if (!names.isEmpty() || each == node) {
        names.add(nodes.get(each).name());
      }
    }
    return NodeNames.some(names, 8) + (names.size() == 1 ? " needs itself" : " need each other");
  }
}
