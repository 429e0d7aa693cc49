package io.millrace.io.flow;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The loop that a frame is: each variable begins with an Enter, stands for its turn's value in a
 * Merge, passes a Switch into the turn or to an Exit, and gets its next value by a NextIteration.
 */
final class Loop {
  private final Frame frame;
  private final Frames frames;
  private final Node condition;
  private final Set<Node> enters;
  private final List<Variable> variables = new ArrayList<>();
  private final Map<Node, Variable> merges = new HashMap<>();

  /** The variable that each switch lets pass. */
  private final Map<Node, Variable> switches = new HashMap<>();

  /** The first of the nodes that bring the same tensor into all turns, for each of those. */
  private final Map<Node, Node> captures = new LinkedHashMap<>();

  /** What a loop carries from turn to turn. */
  record Variable(Node enter, Node merge, Node next) {}

  /**
   * Finds the loop.
   *
   * @throws FlowException if the frame is none
   */
  Loop(Frame frame, Frames frames) {
    this.frame = frame;
    this.frames = frames;
    condition = condition();
    enters = new LinkedHashSet<>(frame.enters());
    Set<Node> exits = new HashSet<>(frame.exits());
    Set<Node> begins = new HashSet<>();
    for (Node node : frame.users()) {
      if (node.is("Merge") && node.inputs().stream().anyMatch(i -> Nodes.isBack(node, i))) {
        Variable variable = variable(node);
        if (!begins.add(variable.enter())) {
          throw new FlowException(variable.enter(), "begins two variables of a loop");
        }
        variables.add(variable);
        merges.put(node, variable);
      }
    }
    variables.sort(Comparator.comparingInt(v -> v.merge().number()));
    for (Node node : frame.users()) {
      if (node.is("Switch") && node.inputs().size() == 2 && node.input(1).node() == condition) {
        Variable variable = merges.get(node.input(0).node());
        if (variable == null) {
          throw new FlowException(
              node, "lets pass %s, which the loop does not carry", quote(node.input(0)));
        }
        switches.put(node, variable);
      }
    }
    capture();
    frame.users().forEach(user -> requireUses(user, exits.contains(user)));
  }

  private static String quote(Port port) {
    return FlowException.quote(port);
  }

  private Node condition() {
    if (frame.conditions().isEmpty()) {
      throw new FlowException(
          frame.enters().get(0),
          "enters the frame '%s', which has no LoopCond: it is no loop",
          frame.name());
    }
    if (frame.conditions().size() > 1) {
      throw new FlowException(
          frame.conditions().get(1),
          "is a second condition of the loop '%s', beside '%s'",
          frame.name(),
          frame.conditions().get(0).name());
    }
    return frame.conditions().get(0);
  }

  private static Variable variable(Node merge) {
    Optional<Node> enter = only(merge, "Enter");
    Optional<Node> next = only(merge, "NextIteration");
    if (merge.inputs().size() != 2 || enter.isEmpty() || next.isEmpty()) {
      throw new FlowException(
          merge, "carries a variable of a loop, and so takes one Enter and one NextIteration");
    }
    if (enter.get().attribute("is_constant").getB()) {
      throw new FlowException(
          merge, "begins with '%s', which stays the same in all turns", enter.get().name());
    }
    return new Variable(enter.get(), merge, next.get());
  }

  private static Optional<Node> only(Node merge, String type) {
    return merge.inputs().stream().map(Port::node).filter(n -> n.is(type)).findFirst();
  }

  /**
   * Finds what stays the same in all turns. What was read of a variable outside is its memory, so
   * that a turn that can write to it sees there what it wrote.
   */
  private void capture() {
    Map<Port, Node> variables = new HashMap<>();
    Map<Port, Node> first = new HashMap<>();
    List<Node> constant =
        enters.stream().filter(enter -> enter.attribute("is_constant").getB()).toList();
    constant.stream()
        .filter(Node::isForReferences)
        .forEach(enter -> variables.putIfAbsent(frames.source(enter.input(0)), enter));
    for (Node enter : constant) {
      Node variable = variables.get(frames.source(enter.input(0)));
      captures.put(
          enter,
          variable != null ? variable : first.computeIfAbsent(enter.input(0), input -> enter));
    }
  }

  /**
   * Returns what a tensor is that only has another name. What leaves a loop may get one before, as
   * it does where all gradients of an operation are waited for.
   */
  private static Port named(Port port) {
    Port named = port;
    while (named.node().is("Identity") && !named.node().inputs().isEmpty()) {
      named = named.node().input(0);
    }
    return named;
  }

  /** Requires a node to take only what there is in a turn. */
  private void requireUses(Node user, boolean exits) {
    if (exits) {
      Port left = named(user.input(0));
      if (!switches.containsKey(left.node()) || left.output() != 0) {
        throw new FlowException(
            user, "takes %s, which is no variable at the end of the loop", quote(left));
      }
      return;
    }
    for (Port input : user.inputs()) {
      Node node = input.node();
      boolean begins = enters.contains(node) && !captures.containsKey(node);
      if (begins && !merges.containsKey(user)) {
        throw new FlowException(user, "takes %s, which only the first turn has", quote(input));
      }
      if (node.is("NextIteration") && !merges.containsKey(user)) {
        throw new FlowException(user, "takes %s, which only the next turn has", quote(input));
      }
      if (merges.containsKey(node) && input.output() != 0) {
        throw new FlowException(
            user, "takes %s: which turn it is only its value tells", quote(input));
      }
      Port named = named(input);
      if (switches.containsKey(named.node()) && named.output() != 1 && !user.is("Identity")) {
        throw new FlowException(user, "takes %s, which only an Exit does", quote(input));
      }
    }
    for (Node before : user.controls()) {
      if (before.is("NextIteration")) {
        throw new FlowException(user, "waits for '%s', the end of a turn", before.name());
      }
    }
  }

  Frame frame() {
    return frame;
  }

  String name() {
    return frame.name();
  }

  /** Returns whether a node is outside of the loop. */
  boolean isAround(Node node) {
    return frames.of(node).depth() < frame.depth();
  }

  /** Returns what is carried, in the order of the file. */
  List<Variable> variables() {
    return variables;
  }

  /** Returns whether a variable is a reference that all turns pass on, to the same. */
  boolean isPassedOn(Variable variable) {
    return variable.enter().isForReferences()
        && inTurn(variable.next().input(0)).node() == variable.merge();
  }

  /** Returns what decides whether a turn follows. */
  Port decides() {
    return condition.input(0);
  }

  /** Returns the position of the variable that leaves the loop by a node. */
  int position(Node exit) {
    return variables.indexOf(switches.get(named(exit.input(0)).node()));
  }

  /**
   * Returns what a tensor is in a turn: of a variable its Merge, of what stays the same the first
   * Enter.
   */
  Port inTurn(Port port) {
    Node node = port.node();
    if (node == condition) {
      return inTurn(condition.input(0));
    }
    Variable variable = switches.get(node);
    Node capture = captures.get(node);
    return variable != null
        ? new Port(variable.merge(), 0)
        : capture != null ? new Port(capture, 0) : port;
  }

  /** Returns whether a node only makes a loop of what is around it. */
  boolean isPart(Node node) {
    return node == condition
        || merges.containsKey(node)
        || switches.containsKey(node)
        || enters.contains(node);
  }

  /** Returns the nodes by which the loop begins, those of what stays the same too. */
  Set<Node> enters() {
    return enters;
  }

  List<Node> exits() {
    return frame.exits();
  }
}
