package io.millrace.io.flow;

import io.millrace.io.proto.DataType;
import io.millrace.io.proto.NodeDef;
import io.millrace.ops.Catalogue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Makes a While of a loop that is written in a frame. */
final class Loops {
  private static final int BOOL = DataType.DT_BOOL_VALUE;

  private final Loop loop;
  private final Stacks stacks;
  private final Library library;
  private final List<Integer> types = new ArrayList<>();

  /** What a turn takes that stays the same: of each tensor the first Enter. */
  private final List<Node> captures;

  /** What changes lists in a turn, for each the node that makes the list. */
  private final Map<Node, List<Stacks.Change>> changes;

  /** The lists that come from around and are changed. */
  private final Set<Node> changed = new HashSet<>();

  private Loops(Loop loop, Stacks stacks, Library library) {
    this.loop = loop;
    this.stacks = stacks;
    this.library = library;
    changes = stacks.in(loop.frame());
    changes.keySet().stream().filter(loop::isAround).forEach(changed::add);
    Set<Node> deciding = needed(List.of(loop.decides()));
    Set<Node> turning = needed(turned());
    requireOnce(deciding, turning);
    captures = captures(deciding, turning);
    loop.variables().forEach(v -> types.add(v.enter().type()));
    captures.forEach(c -> types.add(c.type()));
  }

  /**
   * Makes the functions of a loop, and calls them in its place: what left it by an Exit is what an
   * Identity of the same name gives.
   *
   * @return the call
   */
  static Node convert(Loop loop, Stacks stacks, Library library) {
    return new Loops(loop, stacks, library).convert();
  }

  private List<Port> next() {
    return loop.variables().stream().map(v -> v.next().input(0)).toList();
  }

  /** Returns what a turn computes: the next values, and what it changes of lists. */
  private List<Port> turned() {
    List<Port> turned = new ArrayList<>(next());
    changed.forEach(
        list -> Objects.requireNonNull(changes.get(list)).forEach(c -> turned.add(c.after())));
    return turned;
  }

  private Set<Node> needed(Collection<Port> results) {
    return Body.needed(results, loop::inTurn, loop::isPart);
  }

  /** Requires what has effects not to be both in the condition and in the body, which are two. */
  private void requireOnce(Set<Node> deciding, Set<Node> turning) {
    for (Node node : deciding) {
      boolean hasEffects =
          Catalogue.prototype(node.proto().getOp()).filter(op -> op.isStateful()).isPresent();
      if (hasEffects && turning.contains(node)) {
        throw new FlowException(
            node,
            "is used in the loop '%s' and in its condition: what has effects cannot be in both",
            loop.name());
      }
    }
  }

  private List<Node> captures(Set<Node> deciding, Set<Node> turning) {
    Set<Node> captures = new LinkedHashSet<>();
    List<Port> taken = new ArrayList<>(next());
    taken.add(loop.decides());
    deciding.forEach(node -> taken.addAll(node.inputs()));
    turning.forEach(node -> taken.addAll(node.inputs()));
    for (Port port : taken) {
      Node node = loop.inTurn(port).node();
      if (loop.enters().contains(node)) {
        captures.add(node);
      }
    }
    return captures.stream().sorted(Comparator.comparingInt(Node::number)).toList();
  }

  private Node convert() {
    String name = library.unique(loop.name());
    int first = loop.variables().size();
    List<Port> results = new ArrayList<>(next());
    captures.forEach(c -> results.add(new Port(c, 0)));
    Body condition =
        body(needed(List.of(loop.decides())), List.of(loop.decides()), List.of(BOOL), false);
    Body body = body(needed(turned()), results, types, true);
    boolean hasEffects = condition.hasEffects() || body.hasEffects();
    NodeDef proto =
        NodeDef.newBuilder()
            .setName(name)
            .setOp(hasEffects ? "While" : "StatelessWhile")
            .putAttr("T", Node.types(types))
            .putAttr("cond", Node.function(library.add(condition, name + "/cond")))
            .putAttr("body", Node.function(library.add(body, name + "/body")))
            .build();
    int number = loop.enters().stream().mapToInt(Node::number).min().orElseThrow();
    Node call = new Node(proto, number);
    loop.variables().forEach(v -> call.inputs().add(v.enter().input(0)));
    captures.forEach(c -> call.inputs().add(c.input(0)));
    loop.enters().forEach(enter -> call.controls().addAll(enter.controls()));
    for (Node exit : loop.exits()) {
      int position = loop.position(exit);
      exit.become(Node.identity(types.get(position)), List.of(new Port(call, position)));
    }
    Frame frame = loop.frame();
    stacks.called(frame, frame.outer().orElseThrow(), call, captures, first);
    return call;
  }

  /**
   * Returns a function of what the loop carries and what stays the same.
   *
   * @param nodes those that it has copies of
   * @param changes whether it gives back the lists that are changed
   */
  private Body body(Set<Node> nodes, List<Port> results, List<Integer> types, boolean changes) {
    Body body = copied(nodes, results, types, changes);
    return Conditionals.convert(body, library) ? body : copied(nodes, results, types, changes);
  }

  private Body copied(
      Set<Node> nodes, List<Port> results, List<Integer> types, boolean changesLists) {
    Body body = new Body();
    for (Loop.Variable variable : loop.variables()) {
      Node enter = variable.enter();
      body.parameter(variable.merge(), enter.type(), loop.isPassedOn(variable));
    }
    captures.forEach(c -> body.parameter(c, c.type(), c.isForReferences()));
    body.copy(nodes, loop::inTurn);
    for (int i = 0; i < results.size(); i++) {
      body.result(loop.inTurn(results.get(i)), types.get(i));
    }
    if (changesLists) {
      lead(body);
    }
    return body;
  }

  private void lead(Body body) {
    int first = loop.variables().size();
    List<Node> ordered = body.ordered();
    Branches branches = new Branches(ordered, library);
    if (!changes.isEmpty() && !branches.isNested()) {
      throw new FlowException(
          changes.values().iterator().next().get(0).node(),
          "changes a stack in the loop '%s', whose branches are not inside one another",
          loop.name());
    }
    for (int i = 0; i < captures.size(); i++) {
      Node capture = captures.get(i);
      Optional<Node> list = stacks.list(capture).filter(changed::contains);
      if (list.isPresent()) {
        body.lead(
            capture,
            Objects.requireNonNull(changes.get(list.get())),
            OptionalInt.of(first + i),
            ordered,
            branches,
            library);
      }
    }
    for (Map.Entry<Node, List<Stacks.Change>> own : changes.entrySet()) {
      if (!changed.contains(own.getKey()) && body.has(own.getKey())) {
        body.lead(own.getKey(), own.getValue(), OptionalInt.empty(), ordered, branches, library);
      }
    }
  }
}
