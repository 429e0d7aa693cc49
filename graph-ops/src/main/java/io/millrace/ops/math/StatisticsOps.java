package io.millrace.ops.math;

import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
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
    return reduceLogsumexp(x, false);
  }

  /** Returns the logarithms of sums of exponentials along axes. TensorFlow: reduce_logsumexp. */
  default Output reduceLogsumexp(Object x, int... axes) {
    return reduceLogsumexp(x, false, axes);
  }

  /** Returns the logarithms of sums of exponentials along axes. TensorFlow: reduce_logsumexp. */
  default Output reduceLogsumexp(Object x, boolean keepDims, int... axes) {
    return reduceLogsumexp(x, keepDims, (Object) axes);
  }

  /**
   * Returns the logarithms of sums of exponentials along axes that a tensor or a list may say.
   * TensorFlow: reduce_logsumexp.
   */
  default Output reduceLogsumexp(Object x, Object axes) {
    return reduceLogsumexp(x, false, axes);
  }

  /**
   * Returns the logarithms of sums of exponentials along axes that a tensor or a list may say.
   * TensorFlow: reduce_logsumexp.
   */
  default Output reduceLogsumexp(Object x, boolean keepDims, Object axes) {
    Arguments.requireEach("x, axes", x, axes);
    return logSumExp(operand(x), axes(axes), keepDims);
  }

  /**
   * Returns the logarithms of sums of exponentials, of all elements, keeping all axes. TensorFlow:
   * reduce_logsumexp.
   */
  default Output reduceLogsumexp(Object x, boolean keepDims) {
    Output input = operand(x);
    return logSumExp(input, Reduce.allAxes(this, input), keepDims);
  }

  /**
   * A score less the logarithm of its probability, of the greatest scores: what they lack of the
   * whole is small, so that it and its derivatives keep their digits. An infinite one is the sum.
   */
  private Output logSumExp(Output x, Output axes, boolean keepDims) {
    return scope(
        "ReduceLogSumExp",
        () -> {
          Ops tf = tf();
          Output greatest = reduce(Kind.MAX, x, axes, keepDims);
          Output all = ReductionGradients.rows(tf, x, axes, greatest);
          Output column = tf.reshape(greatest, tf.constant(new int[] {-1, 1}));
          Output isInfinite = tf.isInf(column);
          Output scores = tf.whereV2(isInfinite, tf.zerosLike(all), all);
          Output isGreatest = tf.logicalOr(isInfinite, tf.equal(all, column));
          Output isCounted = Extremes.orNaN(tf, isGreatest, scores);
          Output each = tf.subtract(scores, tf.nn.logSoftmax(scores));
          Output equal = tf.reduceSum(tf.cast(isCounted, x.dtype()), true, 1);
          Output shares = tf.divide(tf.whereV2(isCounted, each, tf.zerosLike(each)), equal);
          Output sums = Broadcasting.reshapeLike(tf.reduceSum(shares, 1), greatest);
          return tf.whereV2(tf.isInf(greatest), greatest, sums);
        });
  }

  /** Returns the variance of all elements, floating. TensorFlow: reduce_variance. */
  default Output reduceVariance(Object x) {
    return reduceVariance(x, false);
  }

  /** Returns the variances along axes, floating. TensorFlow: reduce_variance. */
  default Output reduceVariance(Object x, int... axes) {
    return reduceVariance(x, false, axes);
  }

  /** Returns the variances along axes, floating. TensorFlow: reduce_variance. */
  default Output reduceVariance(Object x, boolean keepDims, int... axes) {
    return reduceVariance(x, keepDims, (Object) axes);
  }

  /**
   * Returns the variances along axes that a tensor or a list may say. TensorFlow: reduce_variance.
   */
  default Output reduceVariance(Object x, Object axes) {
    return reduceVariance(x, false, axes);
  }

  /**
   * Returns the variances along axes that a tensor or a list may say. TensorFlow: reduce_variance.
   */
  default Output reduceVariance(Object x, boolean keepDims, Object axes) {
    Arguments.requireEach("x, axes", x, axes);
    return variance(operand(x), axes(axes), keepDims);
  }

  /** Returns the variances, of all elements, keeping all axes. TensorFlow: reduce_variance. */
  default Output reduceVariance(Object x, boolean keepDims) {
    Output input = operand(x);
    return variance(input, Reduce.allAxes(this, input), keepDims);
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

  /**
   * Returns the standard deviation of all elements, floating; its gradient is 0 where all are
   * equal. TensorFlow: reduce_std.
   */
  default Output reduceStd(Object x) {
    return reduceStd(x, false);
  }

  /** Returns the standard deviations along axes, floating. TensorFlow: reduce_std. */
  default Output reduceStd(Object x, int... axes) {
    return reduceStd(x, false, axes);
  }

  /** Returns the standard deviations along axes, floating. TensorFlow: reduce_std. */
  default Output reduceStd(Object x, boolean keepDims, int... axes) {
    return reduceStd(x, keepDims, (Object) axes);
  }

  /**
   * Returns the standard deviations along axes that a tensor or a list may say. TensorFlow:
   * reduce_std.
   */
  default Output reduceStd(Object x, Object axes) {
    return reduceStd(x, false, axes);
  }

  /**
   * Returns the standard deviations along axes that a tensor or a list may say. TensorFlow:
   * reduce_std.
   */
  default Output reduceStd(Object x, boolean keepDims, Object axes) {
    Arguments.requireEach("x, axes", x, axes);
    return deviation(operand(x), axes(axes), keepDims);
  }

  /** Returns the standard deviations, of all elements, keeping all axes. TensorFlow: reduce_std. */
  default Output reduceStd(Object x, boolean keepDims) {
    Output input = operand(x);
    return deviation(input, Reduce.allAxes(this, input), keepDims);
  }

  /** The norm of what differs from the mean, by the root of the number of elements. */
  private Output deviation(Output x, Output axes, boolean keepDims) {
    return scope(
        "reduce_std",
        () -> {
          Ops tf = tf();
          Output centred = tf.subtract(x, reduce(Kind.MEAN, x, axes, true));
          Output norm = reduce(Kind.EUCLIDEAN_NORM, centred, axes, keepDims);
          Output terms =
              tf.divide(
                  tf.cast(tf.size(x), x.dtype()), tf.cast(tf.maximum(tf.size(norm), 1), x.dtype()));
          return tf.divide(norm, tf.sqrt(terms));
        });
  }

  /** Returns how many of all elements are not zero, int64. TensorFlow: count_nonzero. */
  default Output countNonzero(Object x) {
    return countNonzero(x, false);
  }

  /** Returns how many elements along axes are not zero, int64. TensorFlow: count_nonzero. */
  default Output countNonzero(Object x, int... axes) {
    return countNonzero(x, false, axes);
  }

  /** Returns how many elements along axes are not zero, int64. TensorFlow: count_nonzero. */
  default Output countNonzero(Object x, boolean keepDims, int... axes) {
    return countNonzero(x, keepDims, (Object) axes);
  }

  /**
   * Returns how many elements are not zero along axes that a tensor or a list may say. TensorFlow:
   * count_nonzero.
   */
  default Output countNonzero(Object x, Object axes) {
    return countNonzero(x, false, axes);
  }

  /**
   * Returns how many elements are not zero along axes that a tensor or a list may say. TensorFlow:
   * count_nonzero.
   */
  default Output countNonzero(Object x, boolean keepDims, Object axes) {
    Arguments.requireEach("x, axes", x, axes);
    return count(operand(x), axes(axes), keepDims);
  }

  /**
   * Returns how many elements are not zero, of all elements, keeping all axes. TensorFlow:
   * count_nonzero.
   */
  default Output countNonzero(Object x, boolean keepDims) {
    Output input = operand(x);
    return count(input, Reduce.allAxes(this, input), keepDims);
  }

  private Output count(Output x, Output axes, boolean keepDims) {
    return scope(
        "count_nonzero",
        () -> {
          Output counted = tf().cast(tf().notEqual(x, tf().zerosLike(x)), DType.INT64);
          return reduce(Kind.SUM, counted, axes, keepDims);
        });
  }

  private Output reduce(Kind kind, Output x, Output axes, boolean keepDims) {
    return tf().result(new Reduce(kind, keepDims), x, axes);
  }
}
