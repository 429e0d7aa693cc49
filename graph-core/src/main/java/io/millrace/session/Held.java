package io.millrace.session;

import io.millrace.ir.Resource;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.type.TensorType;
import java.util.List;

/**
 * Refers to a variable of a state, whichever graphs have it.
 *
 * @param holds its type, without a shape if that may change
 */
record Held(String variable, TensorType holds) implements Op {
  @Override
  public List<TensorType> infer(Inference in) {
    return List.of(
        holds.shape().isFullyDefined()
            ? holds
            : holds.withShape(in.stateShape(name -> variable).orElse(holds.shape())));
  }

  @Override
  public boolean isStateful() {
    return true;
  }

  @Override
  public boolean refersToState() {
    return true;
  }

  @Override
  public Gradients gradient(Gradient call) {
    return Gradients.none("it has no inputs");
  }

  @Override
  public void lower(Lowering to) {
    to.outputReference(0, new Resource(variable, to.outputType(0)));
  }

  /** Returns the variable's name. */
  @Override
  public String toString() {
    return variable;
  }
}
