package io.millrace.io.flow;

import io.millrace.io.proto.NodeDef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes an If of what is between switches and merges of one predicate, where they are nested as
 * tf.cond writes them. What shares nodes becomes one.
 */
final class Conditionals {
  private final Library own;
  private final Branches branches;

  /** The merge that each node on a side belongs to, and each switch that leads there. */
  private final Map<Node, Node> owners = new LinkedHashMap<>();

  /** For merges that become one node: another one of them. */
  private final Map<Node, Node> joined = new HashMap<>();

  private Conditionals(Library library, Branches branches) {
    this.branches = branches;
    own = library.copy();
  }

  /**
   * Changes a function so.
   *
   * @return whether that succeeded; if not, the function is spoilt
   */
  static boolean convert(Body body, Library library) {
    List<Node> nodes = body.nodes();
    if (nodes.stream().noneMatch(node -> node.is("Switch") || node.is("Merge"))) {
      return true;
    }
    Branches branches = new Branches(Nodes.ordered(nodes), library);
    Conditionals made = new Conditionals(library, branches);
    if (!branches.isNested() || !made.convertAll()) {
      return false;
    }
    List<Node> after = body.nodes();
    if (Nodes.ordered(after).size() < after.size()) {
      return false;
    }
    library.take(made.own);
    return true;
  }

  /** Converts inner ones first. */
  private boolean convertAll() {
    Map<Integer, List<Node>> levels = new TreeMap<>(Comparator.reverseOrder());
    for (Node merge : branches.merges()) {
      levels.computeIfAbsent(branches.of(merge).depth(), d -> new ArrayList<>()).add(merge);
    }
    return levels.values().stream().allMatch(this::convert);
  }

  private boolean convert(List<Node> merges) {
    owners.clear();
    for (Node merge : merges) {
      for (Port input : merge.inputs()) {
        if (!claim(merge, input)) {
          return false;
        }
      }
    }
    Map<Node, List<Node>> groups = new LinkedHashMap<>();
    Map<Node, List<Node>> owned = new HashMap<>();
    merges.forEach(m -> groups.computeIfAbsent(first(m), f -> new ArrayList<>()).add(m));
    owners.forEach((n, m) -> owned.computeIfAbsent(first(m), f -> new ArrayList<>()).add(n));
    groups.forEach((first, group) -> convert(group, Objects.requireNonNull(owned.get(first))));
    return true;
  }

  /** Returns the merge that stands for those that become one node with this. */
  private Node first(Node merge) {
    Node first = merge;
    while (joined.containsKey(first)) {
      first = Objects.requireNonNull(joined.get(first));
    }
    if (first != merge) {
      joined.put(merge, first);
    }
    return first;
  }

  /**
   * Finds what a merge needs on a side.
   *
   * @return whether all that comes from around the side comes by switches, or could
   */
  private boolean claim(Node merge, Port input) {
    Branch side = branches.of(input);
    Branch around = side.outer().orElseThrow();
    Deque<Node> open = new ArrayDeque<>(List.of(input.node()));
    while (!open.isEmpty()) {
      Node node = open.pop();
      boolean leads = branches.leads(node, around, side.predicate());
      if (!leads && !branches.of(node).equals(side)) {
        if (!isOutside(node, around)) {
          return false;
        }
        continue;
      }
      Node owner = owners.putIfAbsent(node, merge);
      if (owner != null) {
        if (first(owner) != first(merge)) {
          joined.put(first(merge), first(owner));
        }
      } else if (!leads) {
        node.inputs().forEach(i -> open.push(i.node()));
        node.controls().stream().filter(c -> branches.of(c).equals(side)).forEach(open::push);
      }
    }
    return true;
  }

  /** Returns whether a side can take what a node around it gives: a constant, or an argument. */
  private boolean isOutside(Node node, Branch around) {
    boolean isTyped = isConstant(node) || node.is("_Arg") || node.is("Identity");
    return isTyped && branches.of(node).isAround(around);
  }

  private static boolean isConstant(Node node) {
    return node.is("Const") && node.inputs().isEmpty();
  }

  /** Leads what a side takes from around without a switch through one. */
  private void enter(Node node, Branch around, Branch side, Map<Port, Node> entered) {
    for (int i = 0; i < node.inputs().size(); i++) {
      Port input = node.input(i);
      if (!isConstant(input.node()) && isOutside(input.node(), around)) {
        Node leading = entered.computeIfAbsent(input, port -> leading(port, around, side));
        node.inputs().set(i, new Port(leading, branches.of(node).side()));
      }
    }
  }

  private Node leading(Port port, Branch around, Branch side) {
    NodeDef proto =
        NodeDef.newBuilder()
            .setName(own.unique(port.node().name() + "/Switch"))
            .setOp("Switch")
            .putAttr("T", Node.type(port.node().type()))
            .build();
    Node leading = new Node(proto, port.node().number());
    leading.inputs().add(port);
    leading.inputs().add(side.predicate().orElseThrow());
    branches.put(leading, around);
    return leading;
  }

  /** Makes one node of merges. */
  private void convert(List<Node> merges, List<Node> owned) {
    Branch around = branches.of(merges.get(0));
    Branch side = branches.of(merges.get(0).input(0));
    Map<Port, Node> entered = new LinkedHashMap<>();
    for (Node node : List.copyOf(owned)) {
      if (!branches.leads(node, around, side.predicate())) {
        enter(node, around, side, entered);
      }
    }
    owned.addAll(entered.values());
    owned.sort(Comparator.comparingInt(Node::number));
    Map<Node, Node> arguments = new LinkedHashMap<>();
    Map<List<Object>, Node> first = new LinkedHashMap<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : owned) {
      if (branches.leads(node, around, side.predicate())) {
        List<Object> what = List.of(node.input(0), node.isForReferences(), node.type());
        arguments.put(node, first.computeIfAbsent(what, w -> node));
      } else {
        nodes.add(node);
      }
    }
    List<Node> taken = List.copyOf(first.values());
    Body then = body(merges, nodes, arguments, taken, 1);
    Body otherwise = body(merges, nodes, arguments, taken, 0);
    String name = own.unique(merges.get(0).name() + "/If");
    List<Integer> types = merges.stream().map(Node::type).toList();
    NodeDef proto =
        NodeDef.newBuilder()
            .setName(name)
            .setOp(then.hasEffects() || otherwise.hasEffects() ? "If" : "StatelessIf")
            .putAttr("Tcond", Node.bool())
            .putAttr("Tin", Node.types(taken.stream().map(Node::type).toList()))
            .putAttr("Tout", Node.types(types))
            .putAttr("then_branch", Node.function(own.add(then, name + "/then")))
            .putAttr("else_branch", Node.function(own.add(otherwise, name + "/else")))
            .build();
    Node call = new Node(proto, merges.get(0).number());
    branches.put(call, around);
    call.inputs().add(taken.isEmpty() ? side.predicate().orElseThrow() : taken.get(0).input(1));
    taken.forEach(node -> call.inputs().add(node.input(0)));
    for (Node node : nodes) {
      node.controls().stream()
          .filter(c -> !owners.containsKey(c) && !branches.leads(c, around, side.predicate()))
          .forEach(call.controls()::add);
    }
    for (int i = 0; i < merges.size(); i++) {
      merges.get(i).become(Node.identity(types.get(i)), List.of(new Port(call, i)));
    }
  }

  private Body body(
      List<Node> merges, List<Node> nodes, Map<Node, Node> arguments, List<Node> taken, int side) {
    Body body = new Body();
    taken.forEach(node -> body.parameter(node, node.type(), node.isForReferences()));
    Set<Node> copied = new LinkedHashSet<>();
    for (Node node : nodes) {
      if (branches.of(node).side() == side) {
        node.inputs().stream()
            .map(Port::node)
            .filter(Conditionals::isConstant)
            .forEach(copied::add);
        copied.add(node);
      }
    }
    body.copy(copied, port -> inside(port, arguments));
    for (Node merge : merges) {
      Port result =
          merge.inputs().stream()
              .filter(input -> branches.of(input).side() == side)
              .findFirst()
              .orElseThrow();
      body.result(inside(result, arguments), merge.type());
    }
    return body;
  }

  private static Port inside(Port port, Map<Node, Node> arguments) {
    Node argument = arguments.get(port.node());
    return argument == null ? port : new Port(argument, 0);
  }
}
