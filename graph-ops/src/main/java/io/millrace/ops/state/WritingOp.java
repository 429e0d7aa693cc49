package io.millrace.ops.state;

import io.millrace.ir.Resource;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.type.TensorType;
import java.util.List;

/** An operation that writes variables: it has state, and no gradient passes. */
public interface WritingOp extends Op {
  /**
   * Returns whether variables are taken by their handles, and nothing is returned; otherwise they
   * are taken by references, and the result refers to the first.
   */
  boolean handle();

  @Override
  default boolean isStateful() {
    return true;
  }

  @Override
  default boolean refersToState() {
    return !handle();
  }

  @Override
  default boolean writesState() {
    return true;
  }

  /** Returns the types of the outputs, given that of the variable. */
  default List<TensorType> results(TensorType variable) {
    return handle() ? List.of() : List.of(variable);
  }

  /** Requires a value of one input to be of the shape of what another is. */
  static void requireFit(Inference in, int variable, int value) {
    in.require(
        in.shape(variable).isCompatibleWith(in.shape(value)),
        "a variable of shape %s does not take a value of shape %s",
        in.shape(variable),
        in.shape(value));
  }

  /** Returns what was written. */
  default void result(Lowering to, Resource variable) {
    if (!handle()) {
      to.outputReference(0, variable);
    }
  }

  @Override
  default Gradients gradient(Gradient call) {
    return Gradients.none("it writes a variable");
  }
}
