package io.millrace.spi;

import io.millrace.ir.Primitive;
import io.millrace.type.Shape;

/** Estimates the work of a step. */
final class Cost {
  private Cost() {}

  /** Returns the floating-point operations of a step, a multiply-add counted as two. */
  static long flops(Step step) {
    Primitive primitive = step.primitive();
    if (primitive instanceof Primitive.Map map) {
      return map.domain().size() * map.function().operations();
    }
    if (primitive instanceof Primitive.Reduce reduce) {
      return reduce.domain().size() * (reduce.function().operations() + 1L);
    }
    if (primitive instanceof Primitive.Contract contract) {
      long depth = step.inputs().get(0).type().shape().dim(contract.transposeA() ? 1 : 2);
      return 2 * step.output().type().shape().size() * depth;
    }
    if (primitive instanceof Primitive.Convolve convolve) {
      Shape weights = convolve.kind().filter(step.inputs(), step.output()).type().shape();
      Shape result = convolve.kind().result(step.inputs(), step.output()).type().shape();
      return 2 * weights.size() * result.size() / Math.max(1, result.dim(-1));
    }
    if (primitive instanceof Primitive.Scatter scatter) {
      return scatter.combine().function().isEmpty()
          ? 0
          : step.inputs().get(2).type().shape().size();
    }
    return primitive instanceof Primitive.Scan ? step.output().type().shape().size() : 0;
  }
}
