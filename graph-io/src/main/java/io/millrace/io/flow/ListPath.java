package io.millrace.io.flow;

import io.millrace.io.proto.AttrValue;
import io.millrace.io.proto.DataType;
import io.millrace.io.proto.NodeDef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The way of a list through what changes it. What does so on a side gets it by switches, and where
 * that side is left, a merge joins it with what it is on the other.
 */
final class ListPath {
  private static final AttrValue VARIANT = Node.type(DataType.DT_VARIANT_VALUE);

  private final Branches branches;
  private final Library library;
  private final Branch start;

  /** The switches by which the list came to the side where it is. */
  private final Deque<Node> switches = new ArrayDeque<>();

  private Branch at;
  private Port list;

  ListPath(Port list, Branches branches, Library library) {
    this.list = list;
    this.branches = branches;
    this.library = library;
    start = branches.of(list);
    at = start;
  }

  /**
   * Leads a list through what changes it outside of all functions, where nobody has to give it
   * back.
   *
   * @param nodes among which those are
   */
  static void outside(Node maker, List<Stacks.Change> changes, List<Node> nodes) {
    Map<Node, Stacks.Change> byNode = new HashMap<>();
    changes.forEach(change -> byNode.put(change.node(), change));
    Port list = new Port(maker, 0);
    for (Node node : Nodes.ordered(nodes)) {
      Stacks.Change change = byNode.get(node);
      if (change != null) {
        node.inputs().set(change.input(), list);
        list = change.after();
      }
    }
  }

  /** Goes on through what changes the list. */
  void through(Stacks.Change change) {
    Node node = change.node();
    Branch to = branches.of(node);
    while (!at.isAround(to)) {
      leave();
    }
    Deque<Branch> inner = new ArrayDeque<>();
    for (Branch side = to; !side.equals(at); side = side.outer().orElseThrow()) {
      inner.push(side);
    }
    for (Branch side : inner) {
      Node begin = added("Switch", node, List.of(list, side.predicate().orElseThrow()));
      switches.push(begin);
      list = new Port(begin, side.side());
      at = side;
    }
    node.inputs().set(change.input(), list);
    list = change.after();
  }

  /** Returns the list after all changes, on the side where it was made. */
  Port end() {
    while (!at.equals(start)) {
      leave();
    }
    return list;
  }

  private void leave() {
    Node begin = switches.pop();
    Port other = new Port(begin, 1 - at.side());
    list = new Port(added("Merge", begin, List.of(list, other)), 0);
    at = at.outer().orElseThrow();
  }

  private Node added(String type, Node near, List<Port> inputs) {
    NodeDef.Builder proto =
        NodeDef.newBuilder()
            .setName(library.unique(near.name() + "/" + type))
            .setOp(type)
            .putAttr("T", VARIANT);
    if (type.equals("Merge")) {
      proto.putAttr("N", AttrValue.newBuilder().setI(inputs.size()).build());
    }
    Node node = new Node(proto.build(), near.number());
    node.inputs().addAll(new ArrayList<>(inputs));
    return node;
  }
}
