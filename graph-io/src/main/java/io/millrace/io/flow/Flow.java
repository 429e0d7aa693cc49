package io.millrace.io.flow;

import io.millrace.io.proto.GraphDef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/**
 * A graph whose loops, which were written in frames from Enter to Exit, are calls of functions: a
 * While of the frame's name, and for each Exit an Identity of the same name. So all loops are one
 * thing afterwards, however a file writes them, and so are arrays of tensors.
 *
 * <p>Source of the form: Yu et al., Dynamic Control Flow in Large-Scale Machine Learning, 2018.
 *
 * @param functions those that its loops and the branches in them are
 * @param inside the frames that nodes were in which are nodes of the graph no more
 */
public record Flow(GraphDef graph, List<FlowFunction> functions, Map<String, String> inside) {
  private static final Set<String> FRAMED =
      Set.of(
          "Enter", "RefEnter", "Exit", "RefExit", "NextIteration", "RefNextIteration", "LoopCond");

  public Flow {
    functions = List.copyOf(functions);
    inside = Map.copyOf(inside);
  }

  /** Returns whether a graph has frames, or arrays of tensors. */
  public static boolean isIn(GraphDef graph) {
    return hasFrames(graph) || TensorArrays.isIn(graph);
  }

  private static boolean hasFrames(GraphDef graph) {
    return graph.getNodeList().stream().anyMatch(node -> FRAMED.contains(node.getOp()));
  }

  /**
   * Returns a graph without frames, whose arrays of tensors are lists.
   *
   * <p>A loop that carries what the engine does not have stays as it is, and so does all where
   * nodes need each other.
   *
   * @param file a graph whose references all lead to nodes
   * @param taken names that no new function or node may have
   * @param types whether the engine has the element type of a number
   * @throws FlowException if a frame is not one loop
   */
  public static Flow of(GraphDef file, Collection<String> taken, IntPredicate types) {
    GraphDef graph = TensorArrays.asLists(file, types);
    if (!hasFrames(graph)) {
      return new Flow(graph, List.of(), Map.of());
    }
    List<Node> nodes = Nodes.of(graph);
    List<Node> ordered = Nodes.ordered(nodes);
    return ordered.size() < nodes.size()
        ? new Flow(graph, List.of(), Map.of())
        : converted(graph, nodes, new Frames(ordered), taken, types);
  }

  private static Flow converted(
      GraphDef graph,
      List<Node> nodes,
      Frames frames,
      Collection<String> taken,
      IntPredicate types) {
    Set<String> names = new HashSet<>(taken);
    nodes.forEach(node -> names.add(node.name()));
    Library library = new Library(names, types);
    Stacks stacks = new Stacks(nodes, frames);
    Set<Frame> kept =
        kept(frames.all(), enter -> stacks.isHandle(enter) || types.test(enter.type()));
    List<Node> all = new ArrayList<>(nodes);
    stacks.convert(kept, library, all);
    List<Frame> innerFirst = frames.all();
    Collections.reverse(innerFirst);
    Set<Node> changed = new HashSet<>();
    for (Frame frame : innerFirst) {
      if (!kept.contains(frame)) {
        Node call = Loops.convert(new Loop(frame, frames), stacks, library);
        frame.outer().orElseThrow().users().add(call);
        if (frame.depth() == 1) {
          changed.add(call);
          changed.addAll(frame.exits());
        }
      }
    }
    Map<String, String> inside = new TreeMap<>();
    List<Node> remaining = new ArrayList<>(changed);
    for (Node node : all) {
      Frame frame = frames.of(node);
      if (frame.depth() > 0 && !kept.contains(frame)) {
        inside.put(node.name(), frame.name());
      } else if (!changed.contains(node)) {
        remaining.add(node);
      }
    }
    stacks
        .in(frames.outermost())
        .forEach((stack, changes) -> ListPath.outside(stack, changes, remaining));
    remaining.sort(Comparator.comparingInt(Node::number));
    GraphDef.Builder after = graph.toBuilder().clearNode();
    remaining.forEach(n -> after.addNode(n.written()));
    return new Flow(after.build(), library.functions(), inside);
  }

  /** Returns the frames that carry what the engine does not have, and those around and inside. */
  private static Set<Frame> kept(List<Frame> frames, Predicate<Node> isKnown) {
    Set<Frame> outermost = new HashSet<>();
    for (Frame frame : frames) {
      if (!frame.enters().stream().allMatch(isKnown)) {
        outermost.add(outermost(frame));
      }
    }
    Set<Frame> kept = new HashSet<>();
    frames.stream().filter(frame -> outermost.contains(outermost(frame))).forEach(kept::add);
    return kept;
  }

  private static Frame outermost(Frame frame) {
    Frame around = frame;
    while (around.depth() > 1) {
      around = around.outer().orElseThrow();
    }
    return around;
  }
}
