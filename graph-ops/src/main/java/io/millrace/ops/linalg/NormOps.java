package io.millrace.ops.linalg;

import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Refusal;
import io.millrace.ops.math.Foremost;
import io.millrace.ops.math.ReductionOps;
import io.millrace.ops.math.ReductionOps.Kind;
import io.millrace.ops.math.ReductionOps.Reduce;
import java.util.Optional;

/** Norms of vectors and matrices, made of reductions. */
public interface NormOps extends Building {

  /**
   * Returns the square root of the sum of all squares, which overflows only where the root does;
   * its gradient at 0 is 0. TensorFlow: norm.
   */
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
  default Output norm(Object x, double ord, boolean keepDims, Object axis) {
    Arguments.requireEach("x, axis", x, axis);
    return norm(operand(x), ord, axes(axis), keepDims);
  }

  private Output norm(Output x, double ord, Output axes, boolean keepDims) {
    if (!(ord > 0)) {
      throw Refusal.of("norm", "the order must be positive, not %s", ord);
    }
    if (!x.dtype().isFloating()) {
      throw Refusal.of("norm", "the input is %s: it must be floating", x.type());
    }
    return scope(
        "norm",
        () -> {
          Ops tf = tf();
          if (ord == 2) {
            return reduce(Kind.EUCLIDEAN_NORM, x, axes, keepDims);
          }
          Output sizes = tf.abs(x);
          if (ord == 1) {
            return reduce(Kind.SUM, sizes, axes, keepDims);
          }
          if (Double.isInfinite(ord)) {
            // Of nothing there is no greatest, but a norm.
            return tf.maximum(reduce(Kind.MAX, sizes, axes, keepDims), 0);
          }
          // Scaled, so that powers neither overflow nor vanish; of zeros alone there is no slope.
          Foremost foremost = Foremost.of(tf, x, axes);
          Output scale = tf.stopGradient(foremost.size());
          Output sum = reduce(Kind.SUM, tf.pow(tf.divide(sizes, scale), ord), axes, true);
          Output some = tf.notEqual(sum, 0);
          Output root = tf.pow(tf.whereV2(some, sum, tf.onesLike(sum)), 1 / ord);
          Output plain = tf.multiply(tf.whereV2(some, root, tf.zerosLike(sum)), scale);
          Output others = foremost.others(tf, tf.pow(foremost.parts(), ord), axes);
          Output share = tf.multiply(tf.pow(tf.add(1, others), 1 / ord), foremost.size());
          Output norm = tf.whereV2(foremost.outweighs(tf, others), share, plain);
          return keepDims ? norm : reduce(Kind.SUM, norm, axes, false);
        });
  }

  /**
   * Returns the norms of matrices whose rows and columns are along two axes: the greatest sum of
   * absolute values of a column for {@code ord} 1, of a row for infinity. The Frobenius norm is
   * {@link ReductionOps#reduceEuclideanNorm}. TensorFlow: norm.
   */
  default Output matrixNorm(Object x, double ord, boolean keepDims, int rows, int columns) {
    Arguments.require(x, "x");
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
          return tf.maximum(tf.reduceMax(sums, keepDims, both), 0);
        });
  }

  /**
   * Returns x with all its parts along these axes divided by their 2-norm, or by 1e-6 if that is
   * greater. TensorFlow: l2_normalize.
   */
  default Output l2Normalize(Object x, int... axes) {
    return l2Normalize(x, (Object) axes);
  }

  /** Returns x with all its parts along axes that a tensor or a list may say divided likewise. */
  default Output l2Normalize(Object x, Object axes) {
    Arguments.requireEach("x, axes", x, axes);
    return normalized(operand(x), axes(axes), Optional.empty());
  }

  /**
   * Returns x with all its parts along these axes divided by their 2-norm, or by the root of
   * epsilon if that is greater. TensorFlow: l2_normalize.
   */
  default Output l2Normalize(Object x, int[] axes, Object epsilon) {
    Arguments.requireEach("x, axes, epsilon", x, axes, epsilon);
    return normalized(operand(x), axes(axes), Optional.of(epsilon));
  }

  /** Returns the same for axes that a tensor says. */
  default Output l2Normalize(Object x, Operand axes, Object epsilon) {
    Arguments.requireEach("x, axes, epsilon", x, axes, epsilon);
    return normalized(operand(x), axes.asInput(), Optional.of(epsilon));
  }

  private Output normalized(Output x, Output axes, Optional<Object> epsilon) {
    return scope(
        "l2_normalize",
        () -> {
          Ops tf = tf();
          Output norms = norm(x, 2, axes, true);
          Object least = epsilon.orElse(1e-12);
          Object root =
              least instanceof Number number
                  ? Math.sqrt(number.doubleValue())
                  : tf.sqrt(operand(least, x.dtype()));
          Output isShort = tf.lessEqual(norms, root);
          Output directions = Foremost.directions(tf, x, norms, axes);
          return tf.whereV2(isShort, tf.divide(x, root), directions);
        });
  }

  private Output reduce(Kind kind, Output x, Output axes, boolean keepDims) {
    return tf().result(new Reduce(kind, keepDims), x, axes);
  }
}
