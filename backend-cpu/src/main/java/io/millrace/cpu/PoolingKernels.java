package io.millrace.cpu;

import io.millrace.ir.Primitive;
import io.millrace.spi.Step;

/** Makes the kernels of {@link Primitive.Pool}. */
final class PoolingKernels {
  private PoolingKernels() {}

  /** Returns a kernel for a step whose primitive is a Pool. */
  static Kernel of(Step step) {
    if (step.output().type().shape().size() == 0) {
      return frame -> {};
    }
    return new PoolingAny(step, (Primitive.Pool) step.primitive());
  }
}
