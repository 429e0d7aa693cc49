package io.millrace.ops.math;

import io.millrace.ir.Reduction;
import io.millrace.ir.Scalar;
import io.millrace.ir.Value;
import io.millrace.op.Lowering;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The square root of a sum of squares of float64, which overflows and vanishes only where the root
 * does: large, middle and small numbers are summed apart, each scaled so that squares are safe.
 *
 * <p>Source: Blue, "A portable Fortran program to find the Euclidean norm of a vector", ACM
 * Transactions on Mathematical Software 4 (1978), with the constants of LAPACK's DNRM2.
 */
final class SafeNorm {
  private static final double LARGE = 0x1p486;
  private static final double SMALL = 0x1p-511;
  private static final double SHRINK = 0x1p-538;
  private static final double GROW = 0x1p537;

  /** A sum of squares of middle numbers to which small ones add nothing. */
  private static final double ALONE = 0x1p-900;

  private SafeNorm() {}

  static Value of(Lowering to, Value x, List<Integer> axes, boolean keepDims) {
    Value large = sum(to, x, axes, keepDims, e -> only(isLarge(e), e.times(SHRINK)));
    Value small = sum(to, x, axes, keepDims, e -> only(isSmall(e), e.times(GROW)));
    // NaN is neither large nor small.
    Value middle =
        sum(
            to,
            x,
            axes,
            keepDims,
            e -> isLarge(e).select(e.constant(0), isSmall(e).select(e.constant(0), e)));
    return to.map(List.of(large, middle, small), SafeNorm::root);
  }

  private static Value sum(
      Lowering to, Value x, List<Integer> axes, boolean keepDims, UnaryOperator<Scalar> part) {
    return to.reduce(
        Reduction.SUM, List.of(x), axes, keepDims, (b, s) -> part.apply(s.get(0)).square());
  }

  private static Scalar isLarge(Scalar x) {
    return x.abs().gt(LARGE);
  }

  private static Scalar isSmall(Scalar x) {
    return x.abs().lt(x.constant(SMALL));
  }

  private static Scalar only(Scalar condition, Scalar x) {
    return condition.select(x, x.constant(0));
  }

  private static Scalar root(List<Scalar> sums) {
    Scalar large = sums.get(0);
    Scalar middle = sums.get(1);
    Scalar small = sums.get(2);
    Scalar above = large.plus(middle.times(SHRINK).times(SHRINK)).sqrt().times(1 / SHRINK);
    Scalar below = small.plus(middle.times(GROW).times(GROW)).sqrt().times(1 / GROW);
    Scalar usual = middle.gt(ALONE).select(middle.sqrt(), below);
    return large.gt(0).select(above, usual);
  }
}
