package io.millrace.compiler.lowering;

import io.millrace.Operation;
import io.millrace.Output;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Finds the operations that a run needs. */
public final class Pruner {
  private Pruner() {}

  /**
   * Returns the operations needed, in the order in which they were added to the graph.
   *
   * @param given tensors whose values need not be computed: what only they need is left out
   */
  public static List<Operation> needed(
      Collection<Output> fetches, Collection<Operation> targets, Predicate<Output> given) {
    Set<Operation> seen = new HashSet<>();
    Deque<Operation> open = new ArrayDeque<>();
    for (Operation target : targets) {
      visit(target, seen, open);
    }
    for (Output fetch : fetches) {
      if (!given.test(fetch)) {
        visit(fetch.operation(), seen, open);
      }
    }
    while (!open.isEmpty()) {
      Operation operation = open.pop();
      for (Output input : operation.inputs()) {
        if (!given.test(input)) {
          visit(input.operation(), seen, open);
        }
      }
      for (Operation control : operation.controlInputs()) {
        boolean skipped =
            !control.outputs().isEmpty() && control.outputs().stream().allMatch(given);
        if (!skipped) {
          visit(control, seen, open);
        }
      }
    }
    return seen.stream().sorted(Comparator.comparingInt(Operation::id)).toList();
  }

  private static void visit(Operation operation, Set<Operation> seen, Deque<Operation> open) {
    if (seen.add(operation)) {
      open.push(operation);
    }
  }
}
