package io.millrace.cpu.kernels;

import io.millrace.cpu.workers.Kernel;
import io.millrace.ir.Primitive;
import io.millrace.spi.Step;
import io.millrace.type.DType;
import io.millrace.type.TensorType;

/** Makes the kernels of {@link Primitive.Pool}. */
public final class PoolingKernels {
  private PoolingKernels() {}

  /** Returns a kernel for a step whose primitive is a Pool. */
  public static Kernel of(Step step) {
    if (step.output().type().shape().size() == 0) {
      return frame -> {};
    }
    Primitive.Pool pool = (Primitive.Pool) step.primitive();
    PoolingAny any = new PoolingAny(step, pool);
    TensorType data = pool.kind().data(step.inputs(), step.output()).type();
    return data.dtype() == DType.FLOAT32
            && data.shape().size() > 0
            && PoolingFloats.suits(pool, data.shape())
        ? new PoolingFloats(step, pool, any)
        : any;
  }
}
