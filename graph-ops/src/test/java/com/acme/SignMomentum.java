package com.acme;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ops.Ops;
import io.millrace.ops.Optimizer;
import io.millrace.ops.Variable;
import java.util.List;

/** Somebody else's optimizer, the example in the documentation of {@link Optimizer}. */
public final class SignMomentum extends Optimizer {
  public SignMomentum(Graph graph, Object rate) {
    super(graph, "SignMomentum", List.of(new Setting("learning_rate", rate)));
  }

  @Override
  protected void createSlots(List<Variable> variables) {
    variables.forEach(variable -> createSlot(variable, "sum", 0));
  }

  @Override
  protected Operation apply(Output gradient, Variable variable, Settings settings) {
    Ops tf = Ops.of(graph());
    Variable sum = slot(variable, "sum").orElseThrow();
    Output next = sum.assign(tf.add(tf.multiply(sum, 0.5f), gradient));
    Output rate = settings.like(variable, "learning_rate");
    return variable.assignSub(tf.multiply(rate, tf.sign(next))).operation();
  }
}
