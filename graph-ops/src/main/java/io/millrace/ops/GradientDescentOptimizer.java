package io.millrace.ops;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import java.util.List;
import java.util.Map;

/** Gradient descent. */
final class GradientDescentOptimizer extends Optimizer {
  GradientDescentOptimizer(Graph graph, String name, Object rate) {
    super(graph, name, List.of(new Setting("learning_rate", rate)));
  }

  @Override
  void createSlots(List<Variable> variables) {}

  @Override
  Operation apply(Output gradient, Variable variable, Map<String, Output> settings) {
    return step(
        new TrainingOps.ApplyGradientDescent(),
        variable.reference(),
        like(settings, "learning_rate", variable),
        gradient);
  }
}
