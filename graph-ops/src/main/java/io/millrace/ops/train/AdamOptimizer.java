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
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Adam. */
public final class AdamOptimizer extends Optimizer {
  private static final String BETA1 = "beta1";
  private static final String BETA2 = "beta2";

  private final Object beta1;
  private final Object beta2;

  /** The betas to the power of the number of steps, once there are slots. */
  private final List<Variable> powers = new ArrayList<>();

  public AdamOptimizer(
      Graph graph, String name, Object rate, Object beta1, Object beta2, Object epsilon) {
    super(
        graph,
        name,
        List.of(
            new Setting("learning_rate", rate),
            new Setting(BETA1, beta1),
            new Setting(BETA2, beta2),
            new Setting("epsilon", epsilon)));
    this.beta1 = beta1;
    this.beta2 = beta2;
  }

  @Override
  protected void createSlots(List<Variable> variables) {
    if (powers.isEmpty()) {
      // As in TensorFlow, where the variable is whose name comes first.
      Variable first = Collections.min(variables, Comparator.comparing(Variable::name));
      Graph.Scope beside = graph().colocateWith(first.reference().operation());
      try (beside) {
        powers.add(power("beta1_power", beta1));
        powers.add(power("beta2_power", beta2));
      }
    }
    for (Variable variable : variables) {
      zerosSlot(variable, "m");
      zerosSlot(variable, "v");
    }
  }

  private Variable power(String powerName, Object beta) {
    return newVariable(
        Constants.named(graph(), powerName + "/initial_value", beta, Optional.of(DType.FLOAT32)),
        powerName);
  }

  @Override
  protected Operation apply(Output gradient, Variable variable, Map<String, Output> settings) {
    return step(
        new TrainingOps.ApplyAdam(false),
        variable.reference(),
        slotReference(variable, "m"),
        slotReference(variable, "v"),
        like(powers.get(0).asOutput(), variable),
        like(powers.get(1).asOutput(), variable),
        like(settings, "learning_rate", variable),
        like(settings, BETA1, variable),
        like(settings, BETA2, variable),
        like(settings, "epsilon", variable),
        gradient);
  }

  @Override
  protected void finish(List<Operation> updates, Map<String, Output> settings) {
    Ops tf = Ops.of(graph());
    List<Operation> steps = List.copyOf(updates);
    Graph.Scope scope = graph().controlDependencies(steps);
    try (scope) {
      updates.add(advance(tf, powers.get(0), Optimizer.setting(settings, BETA1)));
      updates.add(advance(tf, powers.get(1), Optimizer.setting(settings, BETA2)));
    }
  }

  private static Operation advance(Ops tf, Variable power, Output beta) {
    return tf.assign(power, tf.multiply(power, beta)).operation();
  }
}
