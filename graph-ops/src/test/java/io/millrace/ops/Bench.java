package io.millrace.ops;

import io.millrace.Graph;
import io.millrace.Operand;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.op.Example;
import io.millrace.ops.array.CoreOps;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** One example as a node of a graph of its own, with the values to feed. */
final class Bench {
  /** Leaves static types as they are. */
  static final UnaryOperator<Shape> EXACT = s -> s;

  final Graph graph = new Graph();
  final Ops tf = Ops.of(graph);
  final List<Output> inputs = new ArrayList<>();

  /** The inputs, lists as the tensors that they are made of. */
  final List<Output> sources = new ArrayList<>();

  final Map<Output, Literal> feeds = new HashMap<>();
  final List<Variable> variables = new ArrayList<>();
  final Operation node;

  /** The outputs that have a value, lists as their elements stacked. */
  final List<Output> outputs;

  /**
   * Adds the example's operation.
   *
   * @param shapes what is known of the shapes of drawn inputs while the graph is built
   * @param feedConstants whether constant inputs are fed too, and so unknown at that time
   */
  Bench(Example example, List<Literal> values, UnaryOperator<Shape> shapes, boolean feedConstants) {
    for (int i = 0; i < values.size(); i++) {
      Example.Input input = example.inputs().get(i);
      TensorType type = values.get(i).type();
      if (input.isVariable()) {
        Variable.Options options =
            Variable.Options.defaults().useResource(input.form() == Example.Form.HANDLE);
        Variable variable = tf.variable(Tensor.of(values.get(i)), "Variable", options);
        inputs.add(variable.reference());
        sources.add(variable.reference());
        variables.add(variable);
      } else if (input.value().isPresent() && !feedConstants) {
        inputs.add(tf.result(new CoreOps.Constant(values.get(i))));
        sources.add(inputs.get(i));
      } else {
        Output fed = tf.placeholder(type.dtype(), shapes.apply(type.shape()));
        inputs.add(input.form() == Example.Form.LIST ? Lists.of(tf, fed) : fed);
        sources.add(fed);
        feeds.put(fed, values.get(i));
      }
    }
    node = graph.add(example.op(), "example", inputs);
    outputs =
        node.outputs().stream()
            .filter(o -> !example.lacking().contains(o.index()))
            .map(o -> o.type().isList() ? Lists.stacked(tf, o) : o)
            .toList();
  }

  /** Runs on a device; what the variables hold afterwards follows the fetched values. */
  List<Literal> run(String device, boolean passes, List<? extends Operand> fetches) {
    SessionOptions options = SessionOptions.defaults().device(device).passes(passes);
    try (Session session = new Session(graph, options)) {
      variables.forEach(v -> session.run(v.initializer()));
      List<Literal> results = new ArrayList<>(run(session, node, fetches, feeds));
      results.addAll(run(session, variables, Map.of()));
      return results;
    }
  }

  /** Runs in a session. */
  static List<Literal> run(
      Session session, List<? extends Operand> fetches, Map<Output, Literal> feeds) {
    return fetches.isEmpty() ? List.of() : runAny(session, fetches, feeds);
  }

  /** Runs in a session; an operation without outputs is run for what it does. */
  static List<Literal> run(
      Session session,
      Operation node,
      List<? extends Operand> fetches,
      Map<Output, Literal> feeds) {
    return node.outputs().isEmpty()
        ? runAny(session, List.of(node), feeds)
        : run(session, fetches, feeds);
  }

  private static List<Literal> runAny(Session session, List<?> wanted, Map<Output, Literal> feeds) {
    Map<Output, Tensor> tensors = new HashMap<>();
    feeds.forEach((k, v) -> tensors.put(k, Tensor.of(v)));
    List<Literal> results = new ArrayList<>();
    for (Tensor result : session.run(wanted, tensors).tensors()) {
      results.add(result.toLiteral());
    }
    tensors.values().forEach(Tensor::close);
    return results;
  }
}
