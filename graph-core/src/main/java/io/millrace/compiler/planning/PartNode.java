package io.millrace.compiler.planning;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Something that one device has to do for a run, after what it waits for. */
final class PartNode {
  final String device;
  private final Set<PartNode> waitsFor = new LinkedHashSet<>();

  PartNode(String device) {
    this.device = device;
  }

  void after(PartNode other) {
    waitsFor.add(other);
  }

  /**
   * Returns the nodes in turns: all of a turn are of one device, and wait only for nodes of their
   * own and of earlier turns.
   *
   * <p>A turn takes all that its device can do by then. What follows from that depends on which
   * device begins: each is tried, and the fewest turns win.
   */
  static List<List<PartNode>> turns(List<PartNode> nodes) {
    Set<String> devices = new LinkedHashSet<>();
    nodes.stream().filter(n -> n.waitsFor.isEmpty()).forEach(n -> devices.add(n.device));
    List<List<PartNode>> best = List.of();
    for (String first : devices) {
      List<List<PartNode>> turns = new Turns(nodes).from(first);
      if (best.isEmpty() || turns.size() < best.size()) {
        best = turns;
      }
    }
    return best;
  }

  /** Deals out nodes; used once. */
  private static final class Turns {
    private final Map<PartNode, List<PartNode>> waiters = new HashMap<>();
    private final Map<PartNode, Integer> waiting = new HashMap<>();
    private final Map<String, Deque<PartNode>> ready = new LinkedHashMap<>();

    Turns(List<PartNode> nodes) {
      for (PartNode node : nodes) {
        ready.computeIfAbsent(node.device, d -> new ArrayDeque<>());
        waiting.put(node, node.waitsFor.size());
        node.waitsFor.forEach(o -> waiters.computeIfAbsent(o, w -> new ArrayList<>()).add(node));
        if (node.waitsFor.isEmpty()) {
          add(node);
        }
      }
    }

    private void add(PartNode node) {
      ready.getOrDefault(node.device, new ArrayDeque<>()).add(node);
    }

    List<List<PartNode>> from(String first) {
      List<List<PartNode>> turns = new ArrayList<>();
      String device = first;
      while (!waiting.isEmpty()) {
        List<PartNode> turn = new ArrayList<>();
        Deque<PartNode> open = ready.getOrDefault(device, new ArrayDeque<>());
        while (!open.isEmpty()) {
          PartNode node = open.remove();
          turn.add(node);
          waiting.remove(node);
          for (PartNode waiter : waiters.getOrDefault(node, List.of())) {
            if (waiting.merge(waiter, -1, Integer::sum) == 0) {
              add(waiter);
            }
          }
        }
        if (turn.isEmpty()) {
          throw new IllegalStateException("devices wait for each other in a circle");
        }
        turns.add(turn);
        device = Collections.max(ready.keySet(), this::compareReady);
      }
      return turns;
    }

    private int compareReady(String one, String other) {
      return Integer.compare(readyOn(one), readyOn(other));
    }

    private int readyOn(String device) {
      return ready.getOrDefault(device, new ArrayDeque<>()).size();
    }
  }
}
