package io.millrace.io;

import io.millrace.FeedException;
import io.millrace.Graph;
import io.millrace.Operand;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.Tensor;
import io.millrace.op.Messages;
import io.millrace.op.Op;
import io.millrace.ops.array.CoreOps;
import io.millrace.ops.plain.PlainGraph;
import io.millrace.type.Literal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What some outputs need of a graph, with constants for its variables. */
final class Frozen {
  private Frozen() {}

  /**
   * Returns what outputs need as a graph in which variables are constants of what a session holds.
   *
   * @param outputs operands, operations and names of either
   * @throws GraphDefException if the outputs need an operation that writes a variable, or asks
   *     whether it has a value
   */
  static Graph of(Session session, Collection<?> outputs, FilePlace place) {
    Set<Operation> needed = new LinkedHashSet<>();
    Deque<Operation> open = new ArrayDeque<>();
    // Traces are of tensors in functions, and those that take values are other functions.
    Graph plain = PlainGraph.of(session.graph());
    try (Graph.Scope ignored = session.graph().at(place.line())) {
      for (Object output : outputs) {
        open.add(plain.operation(operation(session.graph(), output, place).name()));
      }
    }
    while (!open.isEmpty()) {
      Operation operation = open.pop();
      if (needed.add(operation)) {
        requireValues(operation, place);
        operation.inputs().forEach(input -> open.push(input.operation()));
        operation.controlInputs().forEach(open::push);
      }
    }
    List<Operation> variables = needed.stream().filter(o -> o.op().refersToState()).toList();
    List<Tensor> tensors =
        session.get(
            variables.stream().map(v -> session.graph().operation(v.name()).output(0)).toList());
    Map<Operation, Literal> values = new HashMap<>();
    for (int i = 0; i < variables.size(); i++) {
      try (Tensor tensor = tensors.get(i)) {
        values.put(variables.get(i), tensor.toLiteral());
      }
    }
    List<Operation> ordered = new ArrayList<>(needed);
    ordered.sort(Comparator.comparingInt(Operation::id));
    return copy(ordered, values, place);
  }

  /** Returns operations as a graph of their own, those that have values being constants. */
  private static Graph copy(
      List<Operation> operations, Map<Operation, Literal> values, FilePlace place) {
    Graph graph = new Graph();
    FrozenFunctions functions = new FrozenFunctions();
    try (Graph.Scope ignored = graph.at(place.line())) {
      for (Operation operation : operations) {
        Literal value = values.get(operation);
        List<Output> inputs = new ArrayList<>();
        for (Output input : operation.inputs()) {
          inputs.add(graph.operation(input.operation().name()).output(input.index()));
        }
        Op op = value != null ? new CoreOps.Constant(value) : functions.op(operation, inputs);
        List<Operation> controls =
            operation.controlInputs().stream().map(c -> graph.operation(c.name())).toList();
        try (Graph.Scope device = graph.device(operation.device())) {
          graph.add(op, operation.name() + "/", inputs, controls);
        }
      }
    }
    return graph;
  }

  private static void requireValues(Operation operation, FilePlace place) {
    Optional<Operation> taking = References.taking(operation);
    if (taking.isPresent()) {
      throw place.broken(
          "the outputs need "
              + taking.get()
              + ", which takes a variable itself and not its value: a frozen graph has none");
    }
    Optional<Operation> made = References.variable(operation);
    if (made.isPresent()) {
      throw place.broken(
          "the outputs need "
              + operation
              + ", whose function has the variable "
              + made.get()
              + " of its own: a frozen graph has none");
    }
  }

  private static Operation operation(Graph graph, Object output, FilePlace place) {
    Operation found;
    if (output instanceof Operation operation) {
      found = operation;
    } else if (output instanceof Operand operand) {
      found = operand.asOutput().operation();
    } else if (output instanceof String name) {
      found = name.indexOf(':') < 0 ? graph.operation(name) : graph.output(name).operation();
    } else {
      throw new FeedException(
          "outputs are operands, operations and names, not " + Messages.described(output) + place);
    }
    if (found.graph() != graph) {
      throw new FeedException(found + " belongs to another graph than the session's" + place);
    }
    return found;
  }
}
