package io.millrace.ops.math;

import io.millrace.Output;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Refusal;
import io.millrace.ops.math.ReductionOps.Kind;
import io.millrace.ops.math.ReductionOps.Reduce;
import io.millrace.type.DType;

/**
 * Summaries of the elements along axes, made of reductions; axes and {@code keepDims} are as in
 * {@link ReductionOps}.
 */
public interface StatisticsOps extends Building {

  /** Returns the logarithm of the sum of all exponentials. TensorFlow: reduce_logsumexp. */
  default Output reduceLogsumexp(Object x) {
    Output input = operand(x);
    return logSumExp(input, Reduce.allAxes(this, input), false);
  }

  /** Returns the logarithms of sums of exponentials along axes. TensorFlow: reduce_logsumexp. */
  default Output reduceLogsumexp(Object x, int... axes) {
    return reduceLogsumexp(x, false, axes);
  }

  /** Returns the logarithms of sums of exponentials along axes. TensorFlow: reduce_logsumexp. */
  default Output reduceLogsumexp(Object x, boolean keepDims, int... axes) {
    return logSumExp(operand(x), operand(axes), keepDims);
  }

  /** The greatest is taken out first, so that nothing overflows. */
  private Output logSumExp(Output x, Output axes, boolean keepDims) {
    return scope(
        "ReduceLogSumExp",
        () -> {
          Ops tf = tf();
          Output greatest = reduce(Kind.MAX, x, axes, true);
          Output finite = tf.isFinite(greatest);
          Output moved = tf.stopGradient(tf.where(finite, greatest, tf.zerosLike(greatest)));
          Output sum = reduce(Kind.SUM, tf.exp(tf.subtract(x, moved)), axes, keepDims);
          Output back = keepDims ? moved : Broadcasting.reshapeLike(moved, sum);
          return tf.add(tf.log(sum), back);
        });
  }

  /** Returns the variance of all elements, floating. TensorFlow: reduce_variance. */
  default Output reduceVariance(Object x) {
    Output input = operand(x);
    return variance(input, Reduce.allAxes(this, input), false);
  }

  /** Returns the variances along axes, floating. TensorFlow: reduce_variance. */
  default Output reduceVariance(Object x, int... axes) {
    return reduceVariance(x, false, axes);
  }

  /** Returns the variances along axes, floating. TensorFlow: reduce_variance. */
  default Output reduceVariance(Object x, boolean keepDims, int... axes) {
    return variance(operand(x), operand(axes), keepDims);
  }

  private Output variance(Output x, Output axes, boolean keepDims) {
    return scope(
        "reduce_variance",
        () -> {
          Output mean = reduce(Kind.MEAN, x, axes, true);
          Output squares = tf().square(tf().subtract(x, mean));
          return reduce(Kind.MEAN, squares, axes, keepDims);
        });
  }

  /** Returns the standard deviation of all elements, floating. TensorFlow: reduce_std. */
  default Output reduceStd(Object x) {
    return scope("reduce_std", () -> tf().sqrt(tf().reduceVariance(x)));
  }

  /** Returns the standard deviations along axes, floating. TensorFlow: reduce_std. */
  default Output reduceStd(Object x, int... axes) {
    return reduceStd(x, false, axes);
  }

  /** Returns the standard deviations along axes, floating. TensorFlow: reduce_std. */
  default Output reduceStd(Object x, boolean keepDims, int... axes) {
    return scope("reduce_std", () -> tf().sqrt(tf().reduceVariance(x, keepDims, axes)));
  }

  /** Returns how many of all elements are not zero, int64. TensorFlow: count_nonzero. */
  default Output countNonzero(Object x) {
    Output input = operand(x);
    return count(input, Reduce.allAxes(this, input), false);
  }

  /** Returns how many elements along axes are not zero, int64. TensorFlow: count_nonzero. */
  default Output countNonzero(Object x, int... axes) {
    return countNonzero(x, false, axes);
  }

  /** Returns how many elements along axes are not zero, int64. TensorFlow: count_nonzero. */
  default Output countNonzero(Object x, boolean keepDims, int... axes) {
    return count(operand(x), operand(axes), keepDims);
  }

  private Output count(Output x, Output axes, boolean keepDims) {
    return scope(
        "count_nonzero",
        () -> {
          Output counted = tf().cast(tf().notEqual(x, tf().zerosLike(x)), DType.INT64);
          return reduce(Kind.SUM, counted, axes, keepDims);
        });
  }

  /** Returns the square root of the sum of all squares. TensorFlow: norm. */
  default Output norm(Object x) {
    return norm(x, 2);
  }

  /**
   * Returns the norm of all elements as one vector: the sum of the absolute values to the power of
   * {@code ord}, to the power of its reciprocal; of an infinite {@code ord} the greatest absolute
   * value. TensorFlow: norm.
   */
  default Output norm(Object x, double ord) {
    Output input = operand(x);
    return norm(input, ord, Reduce.allAxes(this, input), false);
  }

  /** Returns the norms of vectors along an axis. TensorFlow: norm. */
  default Output norm(Object x, double ord, boolean keepDims, int axis) {
    return norm(operand(x), ord, operand(new int[] {axis}), keepDims);
  }

  private Output norm(Output x, double ord, Output axes, boolean keepDims) {
    if (!(ord > 0)) {
      throw Refusal.of("norm", "the order must be positive, not %s", ord);
    }
    return scope(
        "norm",
        () -> {
          Ops tf = tf();
          if (ord == 2) {
            return tf.sqrt(reduce(Kind.SUM, tf.multiply(x, x), axes, keepDims));
          }
          Output sizes = tf.abs(x);
          if (ord == 1) {
            return reduce(Kind.SUM, sizes, axes, keepDims);
          }
          if (Double.isInfinite(ord)) {
            return reduce(Kind.MAX, sizes, axes, keepDims);
          }
          Output sum = reduce(Kind.SUM, tf.pow(sizes, ord), axes, keepDims);
          return tf.pow(sum, 1 / ord);
        });
  }

  /**
   * Returns the norms of matrices whose rows and columns are along two axes: the greatest sum of
   * absolute values of a column for {@code ord} 1, of a row for infinity. The Frobenius norm is
   * {@link ReductionOps#reduceEuclideanNorm}. TensorFlow: norm.
   */
  default Output matrixNorm(Object x, double ord, boolean keepDims, int rows, int columns) {
    if (ord != 1 && ord != Double.POSITIVE_INFINITY) {
      throw Refusal.of("norm", "the order of a matrix norm must be 1 or infinite, not %s", ord);
    }
    Output input = operand(x);
    int first = ord == 1 ? rows : columns;
    int[] both = {rows, columns};
    return scope(
        "norm",
        () -> {
          Ops tf = tf();
          Output sums = tf.reduceSum(tf.abs(input), true, first);
          return tf.reduceMax(sums, keepDims, both);
        });
  }

  private Output reduce(Kind kind, Output x, Output axes, boolean keepDims) {
    return tf().result(new Reduce(kind, keepDims), x, axes);
  }
}
