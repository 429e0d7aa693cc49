package io.millrace.ops;

import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.GraphKeys;
import io.millrace.Operand;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Tensor;
import io.millrace.op.Arguments;
import io.millrace.op.Messages;
import io.millrace.ops.array.Constants;
import io.millrace.ops.array.CoreOps;
import io.millrace.ops.building.Refusal;
import io.millrace.ops.flow.ControlOps;
import io.millrace.ops.flow.GradientBuilder;
import io.millrace.ops.state.VariableOps;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Adds operations that change variables so that a loss gets smaller, as TensorFlow's optimizers do.
 *
 * <p>{@link #minimize} is {@link #computeGradients} followed by {@link #applyGradients}; call those
 * to change the gradients between. Not thread-safe.
 *
 * <p>An optimizer of one's own extends this class. It says its settings, makes the tensors that it
 * keeps beside variables in {@link #createSlots}, adds what changes one variable in {@link #apply}
 * and, if something is to follow on that, in {@link #finish}. Names, control dependencies, devices
 * and the count of steps are taken care of:
 *
 * <pre>{@code
 * public final class SignMomentum extends Optimizer {
 *   public SignMomentum(Graph graph, Object rate) {
 *     super(graph, "SignMomentum", List.of(new Setting("learning_rate", rate)));
 *   }
 *
 *   @Override
 *   protected void createSlots(List<Variable> variables) {
 *     variables.forEach(variable -> createSlot(variable, "sum", 0));
 *   }
 *
 *   @Override
 *   protected Operation apply(Output gradient, Variable variable, Settings settings) {
 *     Ops tf = Ops.of(graph());
 *     Variable sum = slot(variable, "sum").orElseThrow();
 *     Output next = sum.assign(tf.add(tf.multiply(sum, 0.5f), gradient));
 *     Output rate = settings.like(variable, "learning_rate");
 *     return variable.assignSub(tf.multiply(rate, tf.sign(next))).operation();
 *   }
 * }
 * }</pre>
 */
public abstract class Optimizer {
  private final Graph graph;
  private final String name;
  private final List<Setting> settings;
  private final Map<String, Variable> slots = new HashMap<>();

  /** A number or a scalar tensor that steers the steps, such as the rate. */
  public record Setting(String name, Object value) {
    public Setting {
      Arguments.require(name, "name");
      Arguments.require(value, "the value of " + name);
    }
  }

  /** The settings as the tensors that one training step takes, by name. */
  public record Settings(Map<String, Output> tensors) {
    public Settings {
      Arguments.requireAll(Arguments.require(tensors, "tensors").keySet(), "the names of tensors");
      Arguments.requireAll(tensors.values(), "tensors");
      tensors = Map.copyOf(tensors);
    }

    /**
     * Returns a setting.
     *
     * @throws IllegalArgumentException if the optimizer was made without one of this name
     */
    public Output get(String name) {
      Output tensor = tensors.get(name);
      if (tensor == null) {
        throw new IllegalArgumentException(
            "the optimizer has no setting '" + name + "', but " + tensors.keySet());
      }
      return tensor;
    }

    /** Returns a setting in a variable's element type. */
    public Output like(Variable variable, String name) {
      return Ops.of(variable.graph()).cast(get(name), variable.dtype());
    }
  }

  /**
   * What {@link Optimizer#minimize} changes beside its defaults.
   *
   * @param variables the variables to change; empty for all trainable ones
   * @param globalStep counts the steps, if present
   */
  public record Options(List<Variable> variables, Optional<Variable> globalStep) {
    public Options {
      variables = List.copyOf(Arguments.requireAll(variables, "variables"));
      Arguments.require(globalStep, "globalStep");
    }

    /** Returns options that change all trainable variables, and count nothing. */
    public static Options defaults() {
      return new Options(List.of(), Optional.empty());
    }

    /** Returns these options for some variables only. */
    public Options variables(Collection<Variable> some) {
      return new Options(List.copyOf(Arguments.requireAll(some, "some")), globalStep);
    }

    /** Returns these options with a variable that counts the steps. */
    public Options globalStep(Variable counter) {
      return new Options(variables, Optional.of(Arguments.require(counter, "counter")));
    }
  }

  /**
   * Makes an optimizer.
   *
   * @param name the name of the operations that minimize, such as {@code Adam}
   * @param settings numbers or scalar tensors; numbers become float32 constants
   */
  protected Optimizer(Graph graph, String name, List<Setting> settings) {
    this.graph = Arguments.require(graph, "graph");
    this.name = Arguments.require(name, "name");
    this.settings = List.copyOf(Arguments.requireAll(settings, "settings"));
    this.settings.forEach(this::require);
  }

  private void require(Setting setting) {
    Object value = setting.value();
    if (!(value instanceof Number || value instanceof Operand || value instanceof Tensor)) {
      throw Refusal.of(
          name,
          "%s must be a number or a scalar tensor, not %s",
          setting.name(),
          value instanceof Boolean ? value : Messages.described(value));
    }
    if (value instanceof Number) {
      try {
        Tensor.of(value, DType.FLOAT32).close();
      } catch (IllegalArgumentException e) {
        throw Refusal.of(name, "%s: %s", setting.name(), String.valueOf(e.getMessage()));
      }
    }
    if (value instanceof Operand operand) {
      requireOwn(setting.name(), operand.asOutput());
      if (!isNumber(operand.asOutput().type())) {
        throw Refusal.of(
            name,
            "%s must be a number or a scalar tensor, not %s",
            setting.name(),
            operand.asOutput());
      }
    }
    if (value instanceof Tensor tensor && !isNumber(tensor.type())) {
      throw Refusal.of(
          name,
          "%s must be a number or a scalar tensor, not a tensor %s",
          setting.name(),
          tensor.type());
    }
  }

  private static boolean isNumber(TensorType type) {
    return type.dtype().isNumeric() && type.shape().isCompatibleWith(Shape.scalar());
  }

  private void requireOwn(String what, Output tensor) {
    if (tensor.graph() != graph) {
      throw Refusal.of(
          name,
          "%s %s (made at %s) belongs to another graph than the optimizer",
          what,
          tensor,
          tensor.operation().source());
    }
  }

  private void requireCounter(Variable step) {
    requireOwn("the global step", step.reference());
    if (!isNumber(step.type())) {
      throw Refusal.of(name, "the global step must be a number, not %s", step);
    }
  }

  private void requireFits(GradientAndVariable pair) {
    Variable variable = pair.variable();
    Output gradient = pair.gradient().orElseThrow();
    requireOwn("the variable", variable.reference());
    requireOwn("the gradient", gradient);
    if (gradient.dtype() != variable.dtype()
        || !gradient.shape().isCompatibleWith(variable.shape())) {
      throw Refusal.of(name, "the gradient %s does not fit the variable %s", gradient, variable);
    }
  }

  /** Returns the name of the operations added, such as {@code Adam}. */
  public final String name() {
    return name;
  }

  /** Returns the graph. */
  public final Graph graph() {
    return graph;
  }

  /** Adds a training step that makes a loss smaller by changing all trainable variables. */
  public final Operation minimize(Operand loss) {
    return minimize(loss, Options.defaults());
  }

  /** Adds a training step, counted by a variable. */
  public final Operation minimize(Operand loss, Variable globalStep) {
    return minimize(
        loss, Options.defaults().globalStep(Arguments.require(globalStep, "globalStep")));
  }

  /**
   * Adds a training step that makes a loss smaller.
   *
   * @throws GraphException if there are no variables, or the loss depends on none of them
   */
  public final Operation minimize(Operand loss, Options options) {
    Arguments.require(loss, "loss");
    Arguments.require(options, "options");
    options.globalStep().ifPresent(this::requireCounter);
    List<GradientAndVariable> gradients =
        options.variables().isEmpty()
            ? computeGradients(loss)
            : computeGradients(loss, options.variables());
    if (gradients.stream().allMatch(g -> g.gradient().isEmpty())) {
      List<Variable> by = gradients.stream().map(GradientAndVariable::variable).toList();
      String end =
          GradientBuilder.end(graph, loss, by)
              .orElseThrow(() -> noGradients(gradients, loss.asOutput() + " depends on none of"));
      throw Refusal.of(name, "%s has no gradient: %s", loss.asOutput(), end);
    }
    return applyGradients(gradients, options.globalStep());
  }

  /** Adds the gradients of a loss by all trainable variables. */
  public final List<GradientAndVariable> computeGradients(Operand loss) {
    return computeGradients(loss, graph.collection(GraphKeys.TRAINABLE_VARIABLES, Variable.class));
  }

  /**
   * Adds the gradients of a loss by some variables; a variable on which it does not depend has
   * none, and neither has one of integers, such as a counter.
   *
   * @param loss a floating tensor; if it is not a scalar, its elements are summed
   * @throws GraphException if no variable is floating, or the loss is not
   */
  public final List<GradientAndVariable> computeGradients(
      Operand loss, Collection<Variable> variables) {
    Output value = Arguments.require(loss, "loss").asOutput();
    Arguments.requireAll(variables, "variables");
    if (!value.dtype().isFloating()) {
      throw Refusal.of(name, "a loss must be floating, not %s", value);
    }
    requireOwn("the loss", value);
    if (variables.isEmpty()) {
      throw Refusal.of(name, "the graph has no trainable variables");
    }
    if (variables.stream().noneMatch(v -> v.dtype().isFloating())) {
      throw Refusal.of(
          name, "only floating variables can be trained, not %s", variables.iterator().next());
    }
    List<Variable> ordered = List.copyOf(variables);
    List<Optional<Output>> gradients = Ops.of(graph).gradientsIfConnected(List.of(value), ordered);
    List<GradientAndVariable> pairs = new ArrayList<>();
    for (int i = 0; i < ordered.size(); i++) {
      pairs.add(new GradientAndVariable(gradients.get(i), ordered.get(i)));
    }
    return pairs;
  }

  /** Adds a training step from gradients. */
  public final Operation applyGradients(List<GradientAndVariable> gradients) {
    return applyGradients(gradients, Optional.empty());
  }

  /** Adds a training step from gradients, counted by a variable. */
  public final Operation applyGradients(List<GradientAndVariable> gradients, Variable globalStep) {
    return applyGradients(gradients, Optional.of(Arguments.require(globalStep, "globalStep")));
  }

  private Operation applyGradients(
      List<GradientAndVariable> gradients, Optional<Variable> globalStep) {
    List<GradientAndVariable> present =
        Arguments.requireAll(gradients, "gradients").stream()
            .filter(g -> g.gradient().isPresent())
            .toList();
    if (present.isEmpty()) {
      throw noGradients(gradients, "there are no gradients by");
    }
    // All of it before anything is added: a step that is refused leaves no slots behind.
    globalStep.ifPresent(this::requireCounter);
    present.forEach(this::requireFits);
    Graph.Scope init = graph.initScope();
    Graph.Scope root = graph.nameScope("");
    try (init;
        root) {
      createSlots(present.stream().map(GradientAndVariable::variable).toList());
    }
    Graph.Scope scope = graph.nameScope(name);
    try (scope) {
      String own = graph.currentNameScope();
      List<Operation> updates = applyAll(present);
      if (globalStep.isEmpty()) {
        return group(own, updates);
      }
      Operation update = group("update", updates);
      Variable step = globalStep.get();
      Output one = Constants.named(graph, "value", 1, Optional.of(step.dtype()));
      return graph.add(
          new VariableOps.AssignUpdate(VariableOps.Change.ADD, step.isResource()),
          own,
          List.of(step.reference(), one),
          List.of(update));
    }
  }

  private List<Operation> applyAll(List<GradientAndVariable> gradients) {
    Map<String, Output> tensors = new HashMap<>();
    for (Setting setting : settings) {
      tensors.put(
          setting.name(),
          Constants.named(graph, setting.name(), setting.value(), Optional.of(DType.FLOAT32)));
    }
    Settings steering = new Settings(tensors);
    List<Operation> updates = new ArrayList<>();
    for (GradientAndVariable pair : gradients) {
      Graph.Scope scope = graph.nameScope("update_" + pair.variable().name());
      try (scope) {
        updates.add(apply(pair.gradient().orElseThrow(), pair.variable(), steering));
      }
    }
    updates.addAll(finish(List.copyOf(updates), steering));
    return updates;
  }

  private Operation group(String wished, List<Operation> updates) {
    return graph.add(new ControlOps.NoOp(), wished, List.of(), updates);
  }

  private GraphException noGradients(List<GradientAndVariable> gradients, String what) {
    return Refusal.of(
        name,
        "%s the variables %s",
        what,
        gradients.stream().map(g -> g.variable().name()).toList());
  }

  /** Returns the variables that the optimizer keeps beside a variable; made with the first step. */
  public final Optional<Variable> slot(Variable variable, String slotName) {
    Arguments.require(slotName, "slotName");
    return Optional.ofNullable(
        slots.get(Arguments.require(variable, "variable").name() + "/" + slotName));
  }

  /**
   * Makes the slots and other variables that the steps need, unless they were made before. Called
   * ahead of each training step, outside its name scope and control dependencies.
   *
   * @param variables those that the step changes, at least one
   */
  protected void createSlots(List<Variable> variables) {}

  /**
   * Adds the operations that change one variable, and returns the last of them. The name scope is
   * {@code update_} and the variable's name.
   *
   * @param gradient of the variable's type and shape
   */
  protected abstract Operation apply(Output gradient, Variable variable, Settings settings);

  /**
   * Adds what comes after the changes of all variables, if anything does, and returns it. It has to
   * wait for them itself where the order matters.
   */
  protected List<Operation> finish(List<Operation> updates, Settings settings) {
    return List.of();
  }

  /**
   * Makes a slot beside a variable unless there is one: a variable of its type and shape, on its
   * device, named after the optimizer, that holds one value at first.
   */
  protected final void createSlot(Variable variable, String slotName, double start) {
    slots.computeIfAbsent(
        variable.name() + "/" + slotName,
        key -> {
          String wished = variable.name() + "/" + name;
          String initializer = wished + "/Initializer/" + (start == 0 ? "zeros" : "Const");
          Ops tf = Ops.of(graph);
          Graph.Scope beside = graph.colocateWith(variable.reference().operation());
          try (beside) {
            Literal element = Literal.scalar(variable.dtype(), start);
            Output value = tf.result(new CoreOps.Constant(element));
            Output dims = tf.indices(variable.shape().dims());
            return newVariable(tf.withName(initializer).fill(dims, value), wished, variable);
          }
        });
  }

  /** Makes a variable that is not trained: a resource variable if another, beside it, is one. */
  protected final Variable newVariable(Object initialValue, String variableName, Variable beside) {
    Variable.Options options =
        Variable.Options.notTrainable()
            .useResource(Arguments.require(beside, "beside").isResource());
    return Ops.of(graph).variable(initialValue, variableName, options);
  }
}
