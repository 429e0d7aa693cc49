package io.millrace.op;

import io.millrace.type.TensorType;
import java.util.List;

/**
 * What a call passes to a function: a node in the function's body that every call binds to one of
 * its inputs.
 *
 * @param value what is known of the tensor
 * @param refersToState whether it is a variable, which the body may write to
 */
public record Argument(TensorType value, boolean refersToState) implements Op {

  @Override
  public String type() {
    return "_Arg";
  }

  @Override
  public boolean makesAnyList() {
    return true;
  }

  @Override
  public List<TensorType> infer(Inference in) {
    return List.of(value);
  }

  @Override
  public Gradients gradient(Gradient call) {
    return Gradients.none("it has no inputs");
  }

  @Override
  public void lower(Lowering to) {
    throw new IllegalStateException(to.name() + " is bound by the call of its function");
  }

  @Override
  public boolean writesState() {
    return false;
  }

  /** Returns true: what it is, its call knows. */
  @Override
  public boolean isStateful() {
    return true;
  }
}
