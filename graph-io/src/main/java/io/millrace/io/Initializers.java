package io.millrace.io;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Finds what a file, which has no list of its variables, tells of them.
 *
 * <p>The initializer of a variable {@code w} is the {@code Assign} to it, or the {@code
 * AssignVariableOp} of a resource variable, that is called {@code w/Assign}, as TensorFlow names
 * it; if there is none, its only one whose value comes from neither a placeholder, a checkpoint nor
 * the variable itself.
 */
final class Initializers {
  private static final Set<String> VARIABLES = Set.of("VariableV2", "Variable", "VarHandleOp");
  private static final Set<String> ASSIGNS = Set.of("Assign", "AssignVariableOp");
  private static final Set<String> READS = Set.of("Identity", "ReadVariableOp");
  private static final List<String> CHECKPOINTS = List.of("Restore");
  private static final List<String> TRAINING =
      List.of("Apply", "SparseApply", "ResourceApply", "ResourceSparseApply");
  private static final List<String> CHANGES =
      List.of("Assign", "Scatter", "ResourceScatter", "CountUpTo", "ResourceCountUpTo");

  private final List<FileNode> nodes;

  /** For each variable the nodes that take it. */
  private final Map<Integer, List<Integer>> users = new TreeMap<>();

  private final Map<Integer, Integer> assigns = new HashMap<>();

  Initializers(List<FileNode> nodes) {
    this.nodes = nodes;
    for (int n = 0; n < nodes.size(); n++) {
      if (VARIABLES.contains(nodes.get(n).type())) {
        users.put(n, new ArrayList<>());
      }
    }
    for (int n = 0; n < nodes.size(); n++) {
      for (FileNode.Input input : nodes.get(n).inputs()) {
        List<Integer> known = users.get(input.node());
        if (known != null && !known.contains(n)) {
          known.add(n);
        }
      }
    }
    users.keySet().forEach(v -> find(v).ifPresent(assign -> assigns.put(v, assign)));
  }

  /** Returns the numbers of the variables, in the order of the file. */
  Set<Integer> variables() {
    return users.keySet();
  }

  /** Returns the node that gives a variable its first value. */
  Optional<Integer> of(int variable) {
    return Optional.ofNullable(assigns.get(variable));
  }

  /**
   * Returns the node that reads a variable: {@code w/read}, of a resource variable {@code
   * w/Read/ReadVariableOp}, or else the first that does.
   */
  Optional<Integer> read(int variable) {
    List<Integer> reads =
        users(variable).filter(n -> READS.contains(nodes.get(n).type())).boxed().toList();
    String name = nodes.get(variable).name();
    Set<String> names = Set.of(name + "/read", name + "/Read/ReadVariableOp");
    return reads.stream()
        .filter(n -> names.contains(nodes.get(n).name()))
        .findAny()
        .or(() -> reads.stream().findFirst());
  }

  /**
   * Returns whether a variable is one that optimizers change: a training operation of the file
   * does, or operations of an optimizer that have its name, or nothing but its initializer and a
   * checkpoint writes it.
   */
  boolean isTrainable(int variable) {
    return users(variable)
            .anyMatch(n -> isFirst(n, variable) && (is(n, TRAINING) || isUpdate(n, variable)))
        || users(variable).noneMatch(n -> isOtherWrite(n, variable));
  }

  /**
   * Returns whether a node changes a variable as TensorFlow's optimizers do that have no operation
   * for sparse gradients: in the scope {@code update_w} of the variable {@code w}.
   */
  private boolean isUpdate(int node, int variable) {
    String scope = "/update_" + nodes.get(variable).name() + "/";
    return is(node, CHANGES) && ("/" + nodes.get(node).name()).contains(scope);
  }

  private boolean isOtherWrite(int node, int variable) {
    if (is(node, TRAINING)) {
      return true;
    }
    return is(node, CHANGES)
        && isFirst(node, variable)
        && of(variable).stream().noneMatch(a -> a == node)
        && !restores(node);
  }

  private boolean restores(int node) {
    List<FileNode.Input> inputs = nodes.get(node).inputs();
    return ASSIGNS.contains(nodes.get(node).type())
        && inputs.size() == 2
        && is(inputs.get(1).node(), CHECKPOINTS);
  }

  private IntStream users(int variable) {
    return users.getOrDefault(variable, List.of()).stream().mapToInt(n -> n);
  }

  private boolean is(int node, List<String> kinds) {
    return kinds.stream().anyMatch(nodes.get(node).type()::startsWith);
  }

  private boolean isFirst(int node, int variable) {
    return nodes.get(node).inputs().get(0).node() == variable;
  }

  private Optional<Integer> find(int variable) {
    List<Integer> candidates =
        users(variable)
            .filter(n -> ASSIGNS.contains(nodes.get(n).type()) && isFirst(n, variable))
            .boxed()
            .toList();
    String name = nodes.get(variable).name() + "/Assign";
    for (int candidate : candidates) {
      if (nodes.get(candidate).name().equals(name)) {
        return Optional.of(candidate);
      }
    }
    List<Integer> constant = candidates.stream().filter(n -> isFree(n, variable)).toList();
    return constant.size() == 1 ? Optional.of(constant.get(0)) : Optional.empty();
  }

  /** Returns whether the value of an assignment depends on nothing that a session is given. */
  private boolean isFree(int assign, int variable) {
    BitSet seen = new BitSet();
    Deque<Integer> open = new ArrayDeque<>();
    nodes.get(assign).inputs().stream().skip(1).forEach(i -> open.push(i.node()));
    nodes.get(assign).controls().forEach(open::push);
    while (!open.isEmpty()) {
      int node = open.pop();
      if (node == variable
          || nodes.get(node).type().equals("Placeholder")
          || is(node, CHECKPOINTS)) {
        return false;
      }
      if (!seen.get(node)) {
        seen.set(node);
        nodes.get(node).references().forEach(open::push);
      }
    }
    return true;
  }
}
