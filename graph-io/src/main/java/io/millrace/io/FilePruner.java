package io.millrace.io;

import io.millrace.io.proto.GraphDef;
import io.millrace.op.NodeNames;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Leaves out of a file what some outputs do not need. */
final class FilePruner {
  private FilePruner() {}

  /**
   * Returns the nodes that lead to these outputs, by tensors or control inputs, and to the first
   * values of the variables among them.
   *
   * @param nodes those of the graph
   * @param outputs names of operations and tensors
   * @throws GraphDefException if the file has nothing of such a name
   */
  static GraphDef pruned(
      GraphDef graph, List<FileNode> nodes, Collection<String> outputs, FilePlace place) {
    Map<String, Integer> numbers = new HashMap<>();
    nodes.forEach(node -> numbers.put(node.name(), numbers.size()));
    Deque<Integer> open = new ArrayDeque<>();
    for (String output : outputs) {
      int colon = output.lastIndexOf(':');
      Integer number = numbers.get(colon < 0 ? output : output.substring(0, colon));
      if (number == null) {
        throw place.broken(
            "the file has no node "
                + NodeNames.quote(colon < 0 ? output : output.substring(0, colon))
                + ", which is asked for");
      }
      open.push(number);
    }
    Initializers initializers = new Initializers(nodes);
    BitSet needed = new BitSet();
    while (!open.isEmpty()) {
      int number = open.pop();
      if (!needed.get(number)) {
        needed.set(number);
        FileNode node = nodes.get(number);
        node.inputs().forEach(input -> open.push(input.node()));
        node.controls().forEach(open::push);
        initializers.of(number).ifPresent(open::push);
      }
    }
    GraphDef.Builder pruned = graph.toBuilder().clearNode();
    needed.stream().forEach(number -> pruned.addNode(graph.getNode(number)));
    return pruned.build();
  }
}
