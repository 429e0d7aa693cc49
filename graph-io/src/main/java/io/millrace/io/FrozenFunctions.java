package io.millrace.io;

import io.millrace.FunctionBody;
import io.millrace.Graph;
import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.op.Argument;
import io.millrace.op.Op;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Operations and functions that take values where others take variables to read them. */
final class FrozenFunctions {
  private final Map<Wanted, GraphFunction> made = new HashMap<>();

  /**
   * A function that is called.
   *
   * @param values the types of the values that parameters are, by their position
   */
  private record Wanted(GraphFunction function, Map<Integer, TensorType> values) {}

  /** Returns what an operation is that takes these instead of its own inputs. */
  Op op(Operation operation, List<Output> inputs) {
    Op op = operation.op().ofValue().orElseGet(operation::op);
    List<GraphFunction> called = new ArrayList<>();
    for (GraphFunction function : op.functions()) {
      int first = inputs.size() - function.parameters().size();
      called.add(function(function, inputs.subList(first, inputs.size())));
    }
    return called.equals(op.functions()) ? op : op.calling(called);
  }

  private GraphFunction function(GraphFunction function, List<Output> arguments) {
    Map<Integer, TensorType> values = new HashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      if (function.parameters().get(i).isReference() && !arguments.get(i).isReference()) {
        values.put(i, arguments.get(i).type());
      }
    }
    Wanted wanted = new Wanted(function, values);
    GraphFunction known = values.isEmpty() ? function : made.get(wanted);
    if (known == null) {
      known = copy(function, values);
      made.put(wanted, known);
    }
    return known;
  }

  private GraphFunction copy(GraphFunction function, Map<Integer, TensorType> values) {
    FunctionBody body = FunctionBody.alone(function.name(), function.source());
    Map<Output, Output> copies = new HashMap<>();
    for (int i = 0; i < function.parameters().size(); i++) {
      Output parameter = function.parameters().get(i);
      TensorType type = values.getOrDefault(i, parameter.type());
      copies.put(parameter, body.parameter(parameter.operation().name(), type));
    }
    Graph graph = body.graph();
    for (Operation operation : function.body().operations()) {
      if (operation.op() instanceof Argument) {
        continue;
      }
      List<Output> inputs =
          operation.inputs().stream().map(i -> Objects.requireNonNull(copies.get(i))).toList();
      List<Operation> controls =
          operation.controlInputs().stream().map(c -> graph.operation(c.name())).toList();
      try (Graph.Scope line = graph.at(operation.source());
          Graph.Scope device = graph.device(operation.device())) {
        Operation copy = graph.add(op(operation, inputs), operation.name() + "/", inputs, controls);
        operation.outputs().forEach(o -> copies.put(o, copy.output(o.index())));
      }
    }
    List<Output> results =
        function.results().stream().map(r -> Objects.requireNonNull(copies.get(r))).toList();
    return body.finish(results, List.of());
  }
}
