package io.millrace.ops.train;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ops.Optimizer;
import io.millrace.ops.Variable;
import java.util.List;
import java.util.Map;

/** Gradient descent. */
public final class GradientDescentOptimizer extends Optimizer {
  public GradientDescentOptimizer(Graph graph, String name, Object rate) {
    super(graph, name, List.of(new Setting("learning_rate", rate)));
  }

  @Override
  protected void createSlots(List<Variable> variables) {}

  @Override
  protected Operation apply(Output gradient, Variable variable, Map<String, Output> settings) {
    return step(
        new TrainingOps.ApplyGradientDescent(),
        variable.reference(),
        like(settings, "learning_rate", variable),
        gradient);
  }
}
