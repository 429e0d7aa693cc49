package io.millrace.session;

import io.millrace.FeedException;
import io.millrace.Graph;
import io.millrace.Operand;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Messages;
import io.millrace.op.Op;
import io.millrace.op.OpFamilies;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph of its own that sets variables of another, so that nothing is added to that.
 *
 * @param graph has the variables under their names, which is how the state knows them
 * @param targets set them all
 * @param feeds the values
 */
record Settings(Graph graph, List<Operation> targets, Map<Output, Object> feeds) {

  /** The value that a variable gets. */
  record NewValue(Output variable) implements Op {
    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(variable.type());
    }

    @Override
    public boolean isStateful() {
      return true;
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("it has no inputs");
    }

    @Override
    public void lower(Lowering to) {
      to.unfed();
    }
  }

  /**
   * Sets the variable that input 0 refers to.
   *
   * @param retypes whether the variable takes the value's shape
   */
  private record Set(boolean retypes) implements Op {
    @Override
    public List<TensorType> infer(Inference in) {
      return List.of();
    }

    @Override
    public boolean isStateful() {
      return true;
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("it has no outputs");
    }

    @Override
    public void lower(Lowering to) {
      var value = to.input(1);
      to.write(retypes ? to.retype(0, value.type()) : to.reference(0), value);
    }
  }

  /**
   * Returns what sets variables of a graph.
   *
   * @param values by variable, or by the name of one
   * @throws FeedException if something is no variable of the graph
   */
  static Settings of(Graph graph, Map<?, ?> values) {
    Map<Output, Object> variables = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : values.entrySet()) {
      Output variable = variable(graph, entry.getKey());
      Arguments.requireForRun(entry.getValue(), "the value of " + variable + " in values");
      if (variables.put(variable, entry.getValue()) != null) {
        throw new FeedException(
            "%s is set twice\n  at %s".formatted(variable, OpFamilies.caller()));
      }
    }
    Graph own = new Graph();
    List<Output> copies = new ArrayList<>();
    for (Output variable : variables.keySet()) {
      Operation operation = variable.operation();
      try (Graph.Scope ignored = own.device(operation.device())) {
        copies.add(own.add(operation.op(), operation.name() + "/", List.of()).output(0));
      }
    }
    Map<Output, Object> feeds = new LinkedHashMap<>();
    List<Operation> targets = new ArrayList<>();
    int next = 0;
    for (Map.Entry<Output, Object> entry : variables.entrySet()) {
      Output copy = copies.get(next++);
      TensorType type = entry.getKey().type();
      Output value =
          own.add(new NewValue(entry.getKey()), copy.operation().name() + "/value", List.of())
              .output(0);
      feeds.put(value, entry.getValue());
      targets.add(
          own.add(
              new Set(!type.shape().isFullyDefined()),
              copy.operation().name() + "/Set",
              List.of(copy, value)));
    }
    return new Settings(own, targets, feeds);
  }

  private static Output variable(Graph graph, Object key) {
    Arguments.requireForRun(key, "a key of values");
    Output output;
    if (key instanceof Operand operand) {
      output = operand.reference();
    } else if (key instanceof String name) {
      output = graph.output(name);
    } else {
      throw new FeedException(
          "what is set is a variable or its name, not %s\n  at %s"
              .formatted(Messages.described(key), OpFamilies.caller()));
    }
    Operation operation = output.operation();
    if (operation.graph() != graph) {
      throw new FeedException(
          "cannot set " + output + ": it belongs to another graph\n  at " + operation.source());
    }
    if (!operation.op().refersToState() || !operation.inputs().isEmpty()) {
      throw new FeedException(
          "cannot set " + output + ": it is not a variable\n  at " + operation.source());
    }
    return output;
  }
}
