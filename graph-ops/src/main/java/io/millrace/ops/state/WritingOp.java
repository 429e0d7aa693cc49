package io.millrace.ops.state;

import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Op;

/** An operation that writes variables: it has state, and no gradient passes. */
public interface WritingOp extends Op {
  @Override
  default boolean isStateful() {
    return true;
  }

  @Override
  default boolean refersToState() {
    return true;
  }

  @Override
  default Gradients gradient(Gradient call) {
    return Gradients.none("it writes a variable");
  }
}
