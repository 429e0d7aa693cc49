package io.millrace.io.flow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Finds the frame that each node is in. */
final class Frames {
  private final Frame outermost = Frame.outermost();
  private final Map<Node, Frame> frames = new HashMap<>();
  private final Map<String, Frame> byName = new LinkedHashMap<>();

  /** What nodes hand on that only give another name to what they take. */
  private final Map<Node, Port> sources = new HashMap<>();

  /**
   * Finds them.
   *
   * @param nodes so that each comes after those that it needs
   * @throws FlowException if tensors lead from frame to frame otherwise than by Enter and Exit
   */
  Frames(List<Node> nodes) {
    nodes.forEach(this::place);
    for (Node node : nodes) {
      for (Port input : node.inputs()) {
        if (Nodes.isBack(node, input) && of(input.node()) != of(node)) {
          throw new FlowException(
              node,
              "takes %s, which is %s, but is itself %s",
              FlowException.quote(input),
              of(input.node()),
              of(node));
        }
      }
    }
  }

  /** Returns what is outside of all frames. */
  Frame outermost() {
    return outermost;
  }

  /** Returns the frame in which what a node gives is used. */
  Frame of(Node node) {
    return Objects.requireNonNull(frames.get(node));
  }

  /** Returns what a tensor is under its first name, in the frame in which it has that. */
  Port source(Port port) {
    return port.output() == 0 ? sources.getOrDefault(port.node(), port) : port;
  }

  /** Returns all frames, outer ones first. */
  List<Frame> all() {
    return new ArrayList<>(byName.values());
  }

  /** Finds the frame of a node, once those of all that it needs are found. */
  void place(Node node) {
    Frame inside = inside(node);
    inside.users().add(node);
    if (node.is("Enter")) {
      node.requireInputs(1);
      frames.put(node, entered(node, inside));
      if (node.attribute("is_constant").getB()) {
        sources.put(node, source(node.input(0)));
      }
      return;
    }
    if (node.is("Identity") && !node.inputs().isEmpty()) {
      sources.put(node, source(node.input(0)));
    }
    boolean exits = node.is("Exit");
    boolean isCondition = node.is("LoopCond");
    if (exits || isCondition || node.is("NextIteration")) {
      node.requireInputs(1);
      if (inside.outer().isEmpty()) {
        throw new FlowException(node, "is outside of all frames");
      }
    }
    if (exits) {
      inside.exits().add(node);
    }
    if (isCondition) {
      inside.conditions().add(node);
    }
    frames.put(node, exits ? inside.outer().orElseThrow() : inside);
  }

  /** Returns the frame in which what a node takes is used. */
  private Frame inside(Node node) {
    Node first = null;
    for (Node needed : Nodes.before(node).toList()) {
      if (first == null) {
        first = needed;
      } else if (of(needed) != of(first)) {
        throw new FlowException(
            node,
            "needs '%s', which is %s, and '%s', which is %s: only Enter leads into a frame, and"
                + " Exit out of it",
            first.name(),
            of(first),
            needed.name(),
            of(needed));
      }
    }
    return first == null ? outermost : of(first);
  }

  private Frame entered(Node enter, Frame from) {
    String name = enter.attribute("frame_name").getS().toStringUtf8();
    Frame frame = byName.computeIfAbsent(name, from::inner);
    if (frame.outer().orElseThrow() != from) {
      throw new FlowException(
          enter,
          "enters the frame '%s' %s, but '%s' does so %s",
          name,
          from,
          frame.enters().get(0).name(),
          frame.outer().orElseThrow());
    }
    frame.enters().add(enter);
    return frame;
  }
}
