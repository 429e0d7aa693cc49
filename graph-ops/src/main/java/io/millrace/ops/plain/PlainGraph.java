package io.millrace.ops.plain;

import io.millrace.Graph;
import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.ops.flow.LoopOps;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Says graphs without what only the engine has: {@linkplain Operation#trace traces}, which
 * gradients through functions take, and loops that are counted from outside. A trace becomes one
 * more result of its function, in a loop a list that each turn adds to; a counted loop becomes a
 * While.
 */
public final class PlainGraph {
  private PlainGraph() {}

  /**
   * Returns a graph that computes the same under the same names, and has neither traces nor counted
   * loops: the graph itself if it has none.
   */
  public static Graph of(Graph graph) {
    Arguments.require(graph, "graph");
    if (isPlain(graph, Collections.newSetFromMap(new IdentityHashMap<>()))) {
      return graph;
    }
    Graph plain = new Graph();
    new PlainCopy(plain).copy(graph, Set.of());
    return plain;
  }

  /** Returns whether a graph and the functions that it calls have nothing of the engine's own. */
  static boolean isPlain(Graph graph, Set<Graph> seen) {
    if (!seen.add(graph)) {
      return true;
    }
    for (Operation operation : graph.operations()) {
      if (operation.op() instanceof LoopOps.Scan
          || operation.inputs().stream().anyMatch(Output::isTrace)) {
        return false;
      }
      for (GraphFunction function : operation.op().functions()) {
        if (!isPlain(function, seen)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Returns whether a function computes and returns nothing of the engine's own. */
  static boolean isPlain(GraphFunction function, Set<Graph> seen) {
    return function.results().stream().noneMatch(Output::isTrace) && isPlain(function.body(), seen);
  }
}
