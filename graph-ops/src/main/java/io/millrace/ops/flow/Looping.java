package io.millrace.ops.flow;

import io.millrace.GraphFunction;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Loop;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.type.TensorType;
import java.util.List;

/** An operation that runs a body again and again. */
interface Looping extends Op {
  /** Returns what its turns do. */
  Loop loop();

  @Override
  default List<GraphFunction> functions() {
    return loop().functions();
  }

  @Override
  default TensorType traced(TensorType inside) {
    return LoopBuilder.stacked(inside);
  }

  @Override
  default Gradients gradient(Gradient call) {
    return LoopGradient.of(call, loop());
  }

  @Override
  default void lower(Lowering to) {
    to.repeat(loop());
  }

  /** Returns true: how often it turns is a run's matter. */
  @Override
  default boolean isStateful() {
    return true;
  }
}
