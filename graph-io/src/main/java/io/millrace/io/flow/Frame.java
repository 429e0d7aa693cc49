package io.millrace.io.flow;

import io.millrace.op.NodeNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A frame, in which a loop's turns are computed, and the nodes that make it one. */
final class Frame {
  private final String name;
  private final Optional<Frame> outer;
  private final int depth;
  private final List<Node> enters = new ArrayList<>();
  private final List<Node> exits = new ArrayList<>();
  private final List<Node> conditions = new ArrayList<>();

  /** The nodes inside, and those that lead out of it. */
  private final List<Node> users = new ArrayList<>();

  private Frame(String name, Optional<Frame> outer) {
    this.name = name;
    this.outer = outer;
    depth = outer.map(o -> o.depth + 1).orElse(0);
  }

  /** Returns what is outside of all frames. */
  static Frame outermost() {
    return new Frame("", Optional.empty());
  }

  Frame inner(String inside) {
    return new Frame(inside, Optional.of(this));
  }

  String name() {
    return name;
  }

  /** Returns the frame around this, if this is one. */
  Optional<Frame> outer() {
    return outer;
  }

  /** Returns how many frames this is in, itself included. */
  int depth() {
    return depth;
  }

  List<Node> enters() {
    return enters;
  }

  List<Node> exits() {
    return exits;
  }

  List<Node> conditions() {
    return conditions;
  }

  List<Node> users() {
    return users;
  }

  @Override
  public String toString() {
    return outer.isEmpty() ? "outside of all frames" : "in the frame " + NodeNames.quote(name);
  }
}
