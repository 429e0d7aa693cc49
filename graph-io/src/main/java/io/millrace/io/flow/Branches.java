package io.millrace.io.flow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the sides of switches that the nodes of a function are on. */
final class Branches {
  /** Deeper than any file nests branches. */
  private static final int DEEPEST = 100;

  private final Library library;
  private final Map<Node, Branch> branches = new HashMap<>();

  /** What tensors are of which others are names. */
  private final Map<Port, Port> sources = new HashMap<>();

  private final Map<Branch, Branch> same = new HashMap<>();
  private final List<Node> merges = new ArrayList<>();
  private boolean isNested = true;

  /**
   * Finds them.
   *
   * @param nodes so that each comes after those that it needs
   */
  Branches(List<Node> nodes, Library library) {
    this.library = library;
    for (Node node : nodes) {
      if (isNested) {
        place(node);
      }
    }
  }

  /**
   * Returns whether all merges join two sides of one predicate, and whatever needs several sides
   * has them inside one another.
   */
  boolean isNested() {
    return isNested;
  }

  /** Returns the merges. */
  List<Node> merges() {
    return merges;
  }

  /** Returns the side that a node is on. */
  Branch of(Node node) {
    return branches.getOrDefault(node, Branch.NONE);
  }

  /** Returns the side that a tensor is on. */
  Branch of(Port port) {
    Node node = port.node();
    return node.is("Switch")
        ? unique(of(node).inner(source(node.input(1)), port.output()))
        : of(node);
  }

  /** Returns whether a node is a switch that leads from a side to these. */
  boolean leads(Node node, Branch from, Optional<Port> predicate) {
    return node.is("Switch")
        && of(node).equals(from)
        && predicate.equals(Optional.of(source(node.input(1))));
  }

  /** Notes that a new node is on a side. */
  void put(Node node, Branch branch) {
    branches.put(node, branch);
  }

  private Port source(Port port) {
    return sources.getOrDefault(port, port);
  }

  private Branch unique(Branch branch) {
    Branch known = same.putIfAbsent(branch, branch);
    return known == null ? branch : known;
  }

  private void place(Node node) {
    Branch around = Branch.NONE;
    for (Port input : node.inputs()) {
      isNested &= !(input.node().is("Merge") && input.output() != 0);
      isNested &= !(input.node().is("Switch") && input.output() > 1);
    }
    if (node.is("Merge")) {
      around = merged(node);
    } else {
      for (Port input : node.inputs()) {
        around = joined(around, of(input));
      }
    }
    for (Node before : node.controls()) {
      around = joined(around, of(before));
    }
    if (node.is("Switch")) {
      isNested &= node.inputs().size() == 2 && library.isKnown(node.type());
    }
    boolean isDeep = around.depth() > DEEPEST;
    isNested &= !isDeep;
    branches.put(node, around);
    if (isNested && (node.is("Identity") || node.is("Switch")) && !node.inputs().isEmpty()) {
      sources.put(new Port(node, 0), source(node.input(0)));
      sources.put(new Port(node, 1), source(node.input(0)));
    }
  }

  /** Returns the side around those that a merge joins. */
  private Branch merged(Node merge) {
    if (merge.inputs().size() == 2 && !merge.isForReferences()) {
      Branch first = of(merge.input(0));
      if (first.isOpposite(of(merge.input(1)))) {
        merges.add(merge);
        Branch around = first.outer().orElseThrow();
        isNested &= merge.controls().stream().allMatch(c -> of(c).isAround(around));
        return around;
      }
    }
    isNested = false;
    return Branch.NONE;
  }

  private Branch joined(Branch a, Branch b) {
    Branch deeper = a.depth() > b.depth() ? a : b;
    isNested &= (deeper.equals(a) ? b : a).isAround(deeper);
    return deeper;
  }
}
