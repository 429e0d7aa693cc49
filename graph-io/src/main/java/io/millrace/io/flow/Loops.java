package io.millrace.io.flow;

import io.millrace.io.proto.DataType;
import io.millrace.io.proto.NodeDef;
import io.millrace.ops.Catalogue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Makes a While of a loop that is written in a frame. */
final class Loops {
  private final Loop loop;
  private final Library library;
  private final List<Integer> types = new ArrayList<>();

  /** What a turn takes that stays the same: of each tensor the first Enter. */
  private final List<Node> captures;

  private Loops(Loop loop, Library library) {
    this.loop = loop;
    this.library = library;
    Set<Node> deciding = needed(List.of(loop.decides()));
    Set<Node> turning = needed(next());
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
  static Node convert(Loop loop, Library library) {
    return new Loops(loop, library).convert();
  }

  private List<Port> next() {
    return loop.variables().stream().map(v -> v.next().input(0)).toList();
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
    List<Port> results = new ArrayList<>(next());
    captures.forEach(c -> results.add(new Port(c, 0)));
    Body condition = body(List.of(loop.decides()), List.of(DataType.DT_BOOL_VALUE));
    Body body = body(results, types);
    boolean hasEffects = condition.hasEffects() || body.hasEffects();
    NodeDef proto =
        NodeDef.newBuilder()
            .setName(name)
            .setOp(hasEffects ? "While" : "StatelessWhile")
            .putAttr("T", Node.types(types))
            .putAttr("cond", Node.function(library.add(condition, name + "/cond")))
            .putAttr("body", Node.function(library.add(body, name + "/body")))
            .build();
    int first = loop.enters().stream().mapToInt(Node::number).min().orElseThrow();
    Node call = new Node(proto, first);
    loop.variables().forEach(v -> call.inputs().add(v.enter().input(0)));
    captures.forEach(c -> call.inputs().add(c.input(0)));
    loop.enters().forEach(enter -> call.controls().addAll(enter.controls()));
    for (Node exit : loop.exits()) {
      int position = loop.position(exit);
      exit.become(Node.identity(types.get(position)), new Port(call, position));
    }
    return call;
  }

  /** Returns a function of what the loop carries and what stays the same. */
  private Body body(List<Port> results, List<Integer> types) {
    Body body = copied(results, types);
    return Conditionals.convert(body, library) ? body : copied(results, types);
  }

  private Body copied(List<Port> results, List<Integer> types) {
    Body body = new Body();
    for (Loop.Variable variable : loop.variables()) {
      Node enter = variable.enter();
      body.parameter(variable.merge(), enter.type(), loop.isPassedOn(variable));
    }
    captures.forEach(c -> body.parameter(c, c.type(), c.isForReferences()));
    body.copy(needed(results), loop::inTurn);
    for (int i = 0; i < results.size(); i++) {
      body.result(loop.inTurn(results.get(i)), types.get(i));
    }
    return body;
  }
}
