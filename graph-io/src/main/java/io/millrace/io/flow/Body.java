package io.millrace.io.flow;

import io.millrace.io.proto.NodeDef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** A function that is being made of nodes around it, which it has copies of. */
final class Body {
  private final List<FlowFunction.Parameter> parameters = new ArrayList<>();

  /** What stands here for nodes around. */
  private final Map<Node, Node> own = new HashMap<>();

  /** The nodes that stand for parameters. */
  private final Set<Node> given = new HashSet<>();

  private final List<Port> results = new ArrayList<>();
  private final List<Integer> types = new ArrayList<>();

  /**
   * Adds a parameter, of the name of the node that it stands for.
   *
   * @param node the node around the function
   */
  void parameter(Node node, int type, boolean isReference) {
    parameters.add(new FlowFunction.Parameter(node.name(), type, isReference));
    NodeDef.Builder proto = NodeDef.newBuilder().setName(node.name()).setOp("_Arg");
    Node parameter = new Node(proto.putAttr("T", Node.type(type)).build(), node.number());
    own.put(node, parameter);
    given.add(parameter);
  }

  /**
   * Returns the nodes that results need, of those around.
   *
   * @param inside what a tensor is in the function
   * @param ends whether a node is an argument, or nothing to wait for
   */
  static Set<Node> needed(
      Collection<Port> results, Function<Port, Port> inside, Predicate<Node> ends) {
    Set<Node> needed = new LinkedHashSet<>();
    Deque<Node> open = new ArrayDeque<>();
    results.forEach(result -> open.push(inside.apply(result).node()));
    while (!open.isEmpty()) {
      Node node = open.pop();
      if (!ends.test(node) && needed.add(node)) {
        node.inputs().forEach(input -> open.push(inside.apply(input).node()));
        node.controls().forEach(open::push);
      }
    }
    return needed;
  }

  /** Copies nodes around into the function. */
  void copy(Collection<Node> around, Function<Port, Port> inside) {
    around.forEach(node -> own.put(node, new Node(node.proto(), node.number())));
    for (Node node : around) {
      Node copy = Objects.requireNonNull(own.get(node));
      node.inputs().forEach(input -> copy.inputs().add(here(inside.apply(input))));
      for (Node control : node.controls()) {
        Node before = own.get(control);
        if (before != null && !given.contains(before)) {
          copy.controls().add(before);
        }
      }
    }
  }

  /** Returns what stands here for a tensor around. */
  private Port here(Port around) {
    return new Port(Objects.requireNonNull(own.get(around.node())), around.output());
  }

  /** Adds a result: a tensor that stands for one around. */
  void result(Port inside, int type) {
    results.add(here(inside));
    types.add(type);
  }

  /**
   * Leads a list through what changes it, in the order in which that is done.
   *
   * @param maker the node around that gives the list: an argument, or copied
   * @param changes what changes it, around; what was not copied does not count
   * @param result the result that the list is in the end; none if it is not returned
   * @param ordered the nodes of the function, so that each comes after those that it needs
   * @param branches the sides that those were on before any list was led
   */
  void lead(
      Node maker,
      List<Stacks.Change> changes,
      OptionalInt result,
      List<Node> ordered,
      Branches branches,
      Library library) {
    Map<Node, Stacks.Change> here = new HashMap<>();
    for (Stacks.Change change : changes) {
      Node copy = own.get(change.node());
      if (copy != null) {
        here.put(copy, new Stacks.Change(copy, change.input(), change.output()));
      }
    }
    Node first = Objects.requireNonNull(own.get(maker));
    ListPath path = new ListPath(new Port(first, 0), branches, library);
    ordered.stream().filter(here::containsKey).map(here::get).forEach(path::through);
    result.ifPresent(index -> results.set(index, path.end()));
  }

  /** Returns arguments and what was copied, so that each comes after those that it needs. */
  List<Node> ordered() {
    return Nodes.ordered(List.copyOf(own.values()));
  }

  /** Returns whether a node around is an argument or copied. */
  boolean has(Node around) {
    return own.containsKey(around);
  }

  List<Port> results() {
    return results;
  }

  /** Returns the nodes that the results need, in the order of the file. */
  List<Node> nodes() {
    List<Node> nodes = new ArrayList<>(needed(results, p -> p, given::contains));
    nodes.sort(Comparator.comparingInt(Node::number));
    return nodes;
  }

  /** Returns whether running the function can do more than compute its results. */
  boolean hasEffects() {
    return nodes().stream().anyMatch(Node::hasEffects);
  }

  /**
   * Lets constants wait for nothing that has no effects: in a frame, or on a side of a switch, they
   * wait only to be there.
   */
  private void freeConstants() {
    Set<Node> pure = new HashSet<>(given);
    for (Node node : Nodes.ordered(nodes())) {
      if (node.is("Const")) {
        node.controls().removeIf(pure::contains);
      }
      if (!node.hasEffects() && Nodes.before(node).allMatch(pure::contains)) {
        pure.add(node);
      }
    }
  }

  /** Returns the function. */
  FlowFunction function(String name) {
    freeConstants();
    return new FlowFunction(
        name,
        parameters,
        nodes().stream().map(Node::written).toList(),
        results.stream().map(Port::text).toList(),
        types);
  }
}
