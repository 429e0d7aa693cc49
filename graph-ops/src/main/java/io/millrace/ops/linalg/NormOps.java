package io.millrace.ops.linalg;

import io.millrace.Output;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Refusal;
import io.millrace.ops.math.ReductionOps;
import io.millrace.ops.math.ReductionOps.Kind;
import io.millrace.ops.math.ReductionOps.Reduce;

/** Norms of vectors and matrices, made of reductions. */
public interface NormOps extends Building {

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
