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
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph of its own that sets variables of another, so that nothing is added to that. What sets a
 * variable is made once, so that its plan serves again.
 */
final class Settings {
  /** Has the variables under their names, which is how the state knows them. */
  private final Graph graph = new Graph();

  private final Map<Output, Setting> known = new HashMap<>();

  /**
   * What sets one variable.
   *
   * @param number counts those made before
   * @param value is fed
   * @param held what it holds now
   */
  private record Setting(int number, Output value, Operation target, Output held) {}

  /**
   * A run that sets variables.
   *
   * @param retypes whether one may take another shape
   */
  record Run(List<Operation> targets, Map<Output, Object> feeds, boolean retypes) {}

  /** The value that a variable gets. */
  record NewValue(Output variable) implements Op {
    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(variable.type().target());
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
  record Set(boolean retypes) implements Op {
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

  /** What the variable that input 0 leads to holds. */
  record Get() implements Op {
    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(in.type(0).target());
    }

    @Override
    public boolean isStateful() {
      return true;
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("it reads a variable");
    }

    @Override
    public void lower(Lowering to) {
      to.output(0, to.read(to.reference(0)));
    }
  }

  /** Returns what holds the values of variables of a graph; errors as {@link #of}. */
  List<Output> values(Graph theirs, List<?> variables) {
    return variables.stream().map(v -> setting(variable(theirs, v, "get")).held()).toList();
  }

  /** Returns the graph that runs are of. */
  Graph graph() {
    return graph;
  }

  /**
   * Returns the run that sets variables of a graph.
   *
   * @param values by variable, or by the name of one
   * @throws FeedException if something is no variable of the graph
   */
  Run of(Graph theirs, Map<?, ?> values) {
    Map<Output, Object> variables = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : values.entrySet()) {
      Output variable = variable(theirs, entry.getKey(), "set");
      Arguments.requireForRun(entry.getValue(), "the value of " + variable + " in values");
      if (variables.put(variable, entry.getValue()) != null) {
        throw new FeedException(
            "%s is set twice\n  at %s".formatted(variable, OpFamilies.caller()));
      }
    }
    Map<Output, Object> feeds = new LinkedHashMap<>();
    List<Setting> settings = new ArrayList<>();
    variables.forEach(
        (variable, value) -> {
          Setting setting = setting(variable);
          settings.add(setting);
          feeds.put(setting.value, value);
        });
    // The same variables in another order are the same run.
    settings.sort(Comparator.comparingInt(Setting::number));
    boolean retypes = variables.keySet().stream().anyMatch(v -> retypes(v));
    return new Run(settings.stream().map(Setting::target).toList(), feeds, retypes);
  }

  private static boolean retypes(Output variable) {
    return !variable.type().target().shape().isFullyDefined();
  }

  private synchronized Setting setting(Output variable) {
    Setting setting = known.get(variable);
    if (setting == null) {
      setting = make(variable);
      known.put(variable, setting);
    }
    return setting;
  }

  private Setting make(Output variable) {
    Operation operation = variable.operation();
    Output copy;
    try (Graph.Scope device = graph.device(operation.device());
        Graph.Scope line = graph.at(operation.source())) {
      copy = graph.add(operation.op(), operation.name() + "/", List.of()).output(0);
    }
    String name = copy.operation().name();
    Output value = graph.add(new NewValue(variable), name + "/value", List.of()).output(0);
    Operation target = graph.add(new Set(retypes(variable)), name + "/Set", List.of(copy, value));
    Output held = graph.add(new Get(), name + "/value", List.of(copy)).output(0);
    return new Setting(known.size(), value, target, held);
  }

  private static Output variable(Graph graph, Object key, String wish) {
    Arguments.requireForRun(key, "a key of values");
    Output output;
    if (key instanceof Operand operand) {
      output = operand.reference();
    } else if (key instanceof String name) {
      output = graph.output(name);
    } else {
      throw new FeedException(
          "what is %s is a variable or its name, not %s\n  at %s"
              .formatted(
                  wish.equals("set") ? wish : "got", Messages.described(key), OpFamilies.caller()));
    }
    Operation operation = output.operation();
    if (operation.graph() != graph) {
      throw new FeedException(
          "cannot %s %s: it belongs to another graph\n  at %s"
              .formatted(wish, output, operation.source()));
    }
    if (!operation.op().refersToState() || !operation.inputs().isEmpty()) {
      throw new FeedException(
          "cannot %s %s: it is not a variable\n  at %s"
              .formatted(wish, output, operation.source()));
    }
    return output;
  }
}
