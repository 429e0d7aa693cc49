package io.millrace.ops.train;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ops.Ops;
import io.millrace.ops.Optimizer;
import io.millrace.ops.Variable;
import io.millrace.ops.array.Constants;
import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/** The optimizer of a rule: it makes the rule's slots and adds a step of it for each variable. */
public final class RuleOptimizer extends Optimizer {
  private final UpdateRule rule;
  private final boolean option;
  private final List<Setting> settings;

  /** The settings to the power of the number of steps by input, once there are slots. */
  private final Map<String, Variable> powers = new LinkedHashMap<>();

  private RuleOptimizer(
      Graph graph, String name, UpdateRule rule, boolean option, List<Setting> settings) {
    super(graph, name, settings);
    this.rule = rule;
    this.option = option;
    this.settings = settings;
  }

  /**
   * Returns the optimizer of a rule.
   *
   * @param option the value of the rule's option; false if it has none
   * @param settings a number or a scalar tensor for each setting, in the order of the row
   */
  public static RuleOptimizer of(
      Graph graph, String name, UpdateRule rule, boolean option, Object... settings) {
    List<UpdateRule.Input> inputs = rule.inputs(UpdateRule.Role.SETTING);
    return new RuleOptimizer(
        graph,
        name,
        rule,
        option,
        IntStream.range(0, inputs.size())
            .mapToObj(i -> new Setting(inputs.get(i).key(), settings[i]))
            .toList());
  }

  @Override
  protected void createSlots(List<Variable> variables) {
    // As in TensorFlow, where the variable is whose name comes first.
    Variable first = Collections.min(variables, Comparator.comparing(Variable::name));
    Graph.Scope beside = graph().colocateWith(first.reference().operation());
    try (beside) {
      rule.inputs(UpdateRule.Role.POWER)
          .forEach(input -> powers.computeIfAbsent(input.name(), name -> power(input, first)));
    }
    for (Variable variable : variables) {
      for (UpdateRule.Input input : rule.inputs(UpdateRule.Role.SLOT)) {
        createSlot(variable, input.key(), input.start());
      }
    }
  }

  private Variable power(UpdateRule.Input input, Variable beside) {
    Setting setting =
        settings.stream().filter(s -> s.name().equals(input.key())).findFirst().orElseThrow();
    return newVariable(
        Constants.named(
            graph(), input.name() + "/initial_value", setting.value(), Optional.of(DType.FLOAT32)),
        input.name(),
        beside);
  }

  @Override
  protected Operation apply(Output gradient, Variable variable, Settings settings) {
    List<Output> inputs = new ArrayList<>(List.of(variable.reference()));
    for (UpdateRule.Input input : rule.inputs()) {
      inputs.add(
          switch (input.role()) {
            case SLOT -> slot(variable, input.key()).orElseThrow().reference();
            case SETTING -> settings.like(variable, input.key());
            case POWER -> Ops.of(graph()).cast(power(input.name()), variable.dtype());
            case GRADIENT -> gradient;
          });
    }
    TrainingOps.ApplyUpdate step = new TrainingOps.ApplyUpdate(rule, option, variable.isResource());
    return graph().add(step, step.type(), inputs);
  }

  private Variable power(String input) {
    return Objects.requireNonNull(powers.get(input), input);
  }

  @Override
  protected List<Operation> finish(List<Operation> steps, Settings settings) {
    Ops tf = Ops.of(graph());
    List<Operation> advances = new ArrayList<>();
    Graph.Scope scope = graph().controlDependencies(steps);
    try (scope) {
      for (UpdateRule.Input input : rule.inputs(UpdateRule.Role.POWER)) {
        Variable power = power(input.name());
        Output next = tf.multiply(power, settings.get(input.key()));
        advances.add(tf.assign(power, next).operation());
      }
    }
    return advances;
  }
}
