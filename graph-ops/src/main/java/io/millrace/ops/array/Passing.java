package io.millrace.ops.array;

import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.type.TensorType;
import java.util.List;

/** An operation that passes its input on, and gradients back, where it does not say otherwise. */
interface Passing extends Op {
  Signature SIGNATURE = Signature.of("input: T").sharing();

  @Override
  default Signature signature() {
    return SIGNATURE;
  }

  @Override
  default List<TensorType> infer(Inference in) {
    return List.of(in.type(0));
  }

  @Override
  default Gradients gradient(Gradient call) {
    return Gradients.of(call.gradient());
  }

  @Override
  default void lower(Lowering to) {
    to.output(0, to.input(0));
  }
}
