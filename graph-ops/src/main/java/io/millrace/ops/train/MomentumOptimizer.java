package io.millrace.ops.train;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ops.Optimizer;
import io.millrace.ops.Variable;
import java.util.List;
import java.util.Map;

/** Gradient descent that keeps a part of its last steps. */
public final class MomentumOptimizer extends Optimizer {
  private static final String SLOT = "momentum";
  private final boolean nesterov;

  public MomentumOptimizer(
      Graph graph, String name, Object rate, Object momentum, boolean nesterov) {
    super(
        graph,
        name,
        List.of(new Setting("learning_rate", rate), new Setting("momentum", momentum)));
    this.nesterov = nesterov;
  }

  @Override
  protected void createSlots(List<Variable> variables) {
    variables.forEach(variable -> zerosSlot(variable, SLOT));
  }

  @Override
  protected Operation apply(Output gradient, Variable variable, Map<String, Output> settings) {
    return step(
        new TrainingOps.ApplyMomentum(nesterov),
        variable.reference(),
        slotReference(variable, SLOT),
        like(settings, "learning_rate", variable),
        gradient,
        like(settings, "momentum", variable));
  }
}
