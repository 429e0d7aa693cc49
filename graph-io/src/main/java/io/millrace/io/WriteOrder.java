package io.millrace.io;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Finds the control inputs that make TensorFlow write variables when Millrace does.
 *
 * <p>A Millrace run goes by the order in which operations were added: what was added before a write
 * sees the old value. In TensorFlow a read hands on the variable's own memory, and whoever uses it
 * after a write sees the new value, unless the write waits for that use. So a write gets a control
 * input from each operation that was added before it and uses what the variable held.
 *
 * <p>A read of a resource variable is such a use itself: what it gave stays what it was.
 *
 * <p>A control input must not make runs do more than they would. So it comes only from what some
 * operation needs together with the write, and what needs no placeholder, no random numbers and no
 * other write that the write does not need itself. That is all there is in a training step. What a
 * graph orders by nothing but creation beyond that is left open in TensorFlow as in any of its
 * graphs.
 */
final class WriteOrder {
  private final List<Operation> operations;

  /** For each operation those that it needs, by data or control. */
  private final List<List<Operation>> needs = new ArrayList<>();

  /** For each operation those that need it. */
  private final List<List<Operation>> users = new ArrayList<>();

  WriteOrder(Graph graph) {
    operations = graph.operations();
    for (Operation operation : operations) {
      needs.add(
          Stream.concat(
                  operation.inputs().stream().map(Output::operation),
                  operation.controlInputs().stream())
              .distinct()
              .toList());
      users.add(new ArrayList<>());
      needs(operation).forEach(needed -> users(needed).add(operation));
    }
  }

  /** Returns the operations that this one must wait for beside those that it needs anyway. */
  List<Operation> waits(Operation write) {
    if (!write.op().writesState()) {
      return List.of();
    }
    Set<Operation> readers = new LinkedHashSet<>();
    write.inputs().stream()
        .filter(Output::isReference)
        .flatMap(reference -> variables(reference).stream())
        .forEach(variable -> addReaders(variable, write, readers));
    if (readers.isEmpty()) {
      return List.of();
    }
    BitSet needed = reach(write, this::needs);
    BitSet needing = reach(write, this::users);
    return readers.stream()
        .filter(reader -> !needed.get(reader.id()))
        .filter(reader -> isFree(reader, needed))
        .filter(reader -> reach(reader, this::users).intersects(needing))
        .toList();
  }

  private List<Operation> users(Operation operation) {
    return users.get(operation.id());
  }

  private List<Operation> needs(Operation operation) {
    return needs.get(operation.id());
  }

  /**
   * Returns the variables that a reference can lead to: writes refer to what they wrote, what
   * passes references on to one of its inputs.
   */
  private static Set<Output> variables(Output reference) {
    Set<Output> variables = new LinkedHashSet<>();
    Set<Output> seen = new HashSet<>();
    Deque<Output> open = new ArrayDeque<>(List.of(reference));
    while (!open.isEmpty()) {
      Output output = open.pop();
      Operation operation = output.operation();
      if (!seen.add(output)) {
        continue;
      }
      if (!output.isReference() || References.isVariable(operation)) {
        variables.add(output);
      } else if (operation.op().writesState()) {
        open.push(operation.input(0));
      } else {
        operation.inputs().stream().filter(Output::isReference).forEach(open::push);
      }
    }
    return variables;
  }

  /** Adds the operations before a write that use what a variable holds. */
  private void addReaders(Output variable, Operation write, Set<Operation> readers) {
    Set<Output> shared = new LinkedHashSet<>();
    Deque<Output> open = new ArrayDeque<>(List.of(variable));
    while (!open.isEmpty()) {
      Output output = open.pop();
      if (!shared.add(output)) {
        continue;
      }
      for (Operation user : users(output.operation())) {
        if (user.id() >= write.id() || !user.inputs().contains(output)) {
          continue;
        }
        boolean writes = user.op().writesState() && output.isReference();
        boolean calls = !user.op().functions().isEmpty();
        if (writes || calls || user.op().signature().isSharing()) {
          open.addAll(user.outputs());
        }
        if (calls || !(writes || user.op().signature().isSharing())) {
          readers.add(user);
        }
      }
    }
  }

  /** Returns whether an operation can run beside a write that needs these, without feeding more. */
  private boolean isFree(Operation reader, BitSet needed) {
    BitSet more = reach(reader, this::needs);
    more.andNot(needed);
    return more.stream().mapToObj(id -> operations.get(id)).noneMatch(References::hasEffects);
  }

  /** Returns the numbers of the operations that lead on from one, itself included. */
  private static BitSet reach(Operation from, Function<Operation, List<Operation>> step) {
    BitSet reached = new BitSet();
    Deque<Operation> open = new ArrayDeque<>(List.of(from));
    while (!open.isEmpty()) {
      Operation operation = open.pop();
      if (!reached.get(operation.id())) {
        reached.set(operation.id());
        step.apply(operation).forEach(open::push);
      }
    }
    return reached;
  }
}
