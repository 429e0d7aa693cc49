package io.millrace.ops.math;

import io.millrace.ir.Reduction;
import io.millrace.ir.Scalar;
import io.millrace.ir.Value;
import io.millrace.op.Lowering;
import io.millrace.type.DType;
import java.util.List;

/**
 * The square root of a sum of squares, which overflows and vanishes only where the root does: where
 * the greatest number is very large or very small, all are scaled by a power of two.
 *
 * @param large beyond this, or below {@code small}, the greatest number is scaled
 * @param scale by this or its inverse
 */
record SafeNorm(double large, double small, double scale) {
  // Between the bounds squares of the greatest, and sums of very many, are far from both ends.
  private static final SafeNorm SINGLE = new SafeNorm(0x1p40, 0x1p-50, 0x1p100);
  private static final SafeNorm DOUBLE = new SafeNorm(0x1p450, 0x1p-500, 0x1p700);

  static Value of(Lowering to, Value x, List<Integer> axes, boolean keepDims) {
    SafeNorm safe = x.type().dtype() == DType.FLOAT32 ? SINGLE : DOUBLE;
    Value greatest = to.reduce(Reduction.MAX, List.of(x), axes, true, (b, s) -> s.get(0).abs());
    Value squares =
        to.reduce(
            Reduction.SUM,
            List.of(x, greatest),
            axes,
            keepDims,
            (b, s) -> s.get(0).times(safe.factor(s.get(1), safe.scale)).square());
    Value beside = to.reshape(greatest, squares.type().shape());
    return to.map(
        squares, beside, (sum, most) -> sum.sqrt().times(safe.factor(most, 1 / safe.scale)));
  }

  /** Returns the factor where the greatest number is small, its inverse where that is large. */
  private Scalar factor(Scalar greatest, double factor) {
    Scalar one = greatest.constant(1);
    Scalar shrinking = greatest.gt(large).select(greatest.constant(1 / factor), one);
    return greatest.lt(greatest.constant(small)).select(greatest.constant(factor), shrinking);
  }
}
