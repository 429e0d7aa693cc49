package io.millrace.io.flow;

import io.millrace.io.proto.GraphDef;
import io.millrace.io.proto.NodeDef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/** Reads nodes and orders them. */
final class Nodes {
  private Nodes() {}

  /** Returns the nodes of a graph all of whose references lead to nodes. */
  static List<Node> of(GraphDef graph) {
    List<Node> nodes = new ArrayList<>();
    Map<String, Node> byName = new HashMap<>();
    for (NodeDef proto : graph.getNodeList()) {
      Node node = new Node(proto, nodes.size());
      nodes.add(node);
      byName.put(node.name(), node);
    }
    for (Node node : nodes) {
      for (String text : node.proto().getInputList()) {
        int colon = text.lastIndexOf(':');
        if (text.startsWith("^")) {
          node.controls().add(find(byName, text.substring(1)));
        } else if (colon < 0) {
          node.inputs().add(new Port(find(byName, text), 0));
        } else {
          int output = Integer.parseInt(text.substring(colon + 1));
          node.inputs().add(new Port(find(byName, text.substring(0, colon)), output));
        }
      }
    }
    return nodes;
  }

  private static Node find(Map<String, Node> nodes, String name) {
    return Objects.requireNonNull(nodes.get(name), name);
  }

  /** Returns who takes what each node gives. */
  static Map<Node, List<Node>> users(List<Node> nodes) {
    Map<Node, List<Node>> users = new HashMap<>();
    for (Node node : nodes) {
      for (Port input : node.inputs()) {
        users.computeIfAbsent(input.node(), n -> new ArrayList<>()).add(node);
      }
    }
    return users;
  }

  /** Returns whether an input leads from the end of a loop back to its beginning. */
  static boolean isBack(Node node, Port input) {
    return node.is("Merge") && input.node().is("NextIteration");
  }

  /** Returns the nodes that must come before one. */
  static Stream<Node> before(Node node) {
    return Stream.concat(
        node.inputs().stream().filter(input -> !isBack(node, input)).map(Port::node),
        node.controls().stream());
  }

  /**
   * Returns nodes so that each comes after those that it needs, as far as they are among these; not
   * all of them if they need each other.
   */
  static List<Node> ordered(List<Node> nodes) {
    Map<Node, List<Node>> users = new HashMap<>();
    Map<Node, Integer> waiting = new HashMap<>();
    nodes.forEach(node -> users.put(node, new ArrayList<>()));
    PriorityQueue<Node> ready = new PriorityQueue<>(Comparator.comparingInt(Node::number));
    for (Node node : nodes) {
      int count = 0;
      for (Node needed : before(node).filter(users::containsKey).toList()) {
        Objects.requireNonNull(users.get(needed)).add(node);
        count++;
      }
      waiting.put(node, count);
      if (count == 0) {
        ready.add(node);
      }
    }
    List<Node> ordered = new ArrayList<>();
    while (!ready.isEmpty()) {
      Node node = ready.remove();
      ordered.add(node);
      for (Node user : Objects.requireNonNull(users.get(node))) {
        if (Objects.requireNonNull(waiting.merge(user, -1, Integer::sum)) == 0) {
          ready.add(user);
        }
      }
    }
    return ordered;
  }
}
