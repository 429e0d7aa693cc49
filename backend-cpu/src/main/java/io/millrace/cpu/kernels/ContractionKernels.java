package io.millrace.cpu.kernels;

import io.millrace.cpu.workers.Kernel;
import io.millrace.ir.Primitive;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.DType;
import io.millrace.type.Shape;

/** Makes the kernels of {@link Primitive.Contract}. */
public final class ContractionKernels {
  private ContractionKernels() {}

  /** Returns a kernel for a step whose primitive is a Contract. */
  public static Kernel of(Step step) {
    Primitive.Contract contract = (Primitive.Contract) step.primitive();
    Place output = step.output();
    Shape a = step.inputs().get(0).type().shape();
    Shape result = output.type().shape();
    long depth = a.dim(contract.transposeA() ? 1 : 2);
    if (result.size() == 0) {
      return frame -> {};
    }
    if (depth == 0) {
      return frame -> ContractionIntegers.zero(frame, output);
    }
    DType dtype = output.type().dtype();
    return dtype.isFloating()
        ? new ContractionBlas(step, contract)
        : new ContractionIntegers(step, contract);
  }
}
