package io.millrace.ops.math;

import io.millrace.Output;
import io.millrace.ops.Ops;
import io.millrace.ops.math.ReductionOps.Kind;
import io.millrace.ops.math.ReductionOps.Reduce;
import io.millrace.type.DType;

/**
 * The element of the greatest magnitude of each sum, the first if several are equal, and all
 * elements as parts of it. What is written with these keeps its digits, and those of its
 * derivatives, where one element outweighs all others: the 1 that it is of itself is never taken
 * off again.
 *
 * @param isFirst which element that is, of the shape of all
 * @param size its magnitude; 1 where there is none that is neither 0 nor infinite
 * @param parts the magnitudes of all by that, at most 1
 * @param isKnown whether there is such an element
 */
public record Foremost(Output isFirst, Output size, Output parts, Output isKnown) {

  /** Returns those of sums of x along axes, which are kept. */
  public static Foremost of(Ops tf, Output x, Output axes) {
    Output sizes = tf.abs(x);
    Output most = reduce(tf, Kind.MAX, sizes, axes);
    Output count = tf.size(x, DType.INT64);
    Output places = Broadcasting.reshapeLike(tf.range(0L, count, 1L), x);
    Output equal = tf.whereV2(tf.equal(sizes, most), places, count);
    Output isFirst = tf.equal(places, reduce(tf, Kind.MIN, equal, axes));
    Output size = reduce(tf, Kind.SUM, tf.whereV2(isFirst, sizes, tf.zerosLike(sizes)), axes);
    Output isKnown = tf.logicalAnd(tf.greater(most, 0), tf.isFinite(most));
    Output divisor = tf.whereV2(isKnown, size, tf.onesLike(size));
    return new Foremost(isFirst, divisor, tf.divide(sizes, divisor), isKnown);
  }

  /**
   * Returns the sums of what is made of the parts other than the foremost; where they are below 1,
   * that one outweighs them.
   */
  public Output others(Ops tf, Output terms, Output axes) {
    return reduce(tf, Kind.SUM, tf.whereV2(isFirst, tf.zerosLike(terms), terms), axes);
  }

  /** Returns whether the foremost outweighs what these sums of others are. */
  public Output outweighs(Ops tf, Output others) {
    return tf.logicalAnd(isKnown, tf.less(others, 1));
  }

  /**
   * Returns x divided by its norm along axes, which is given with the axes kept; 0 at 0. A norm
   * that is infinite though x is not, as it overflows, makes no difference.
   */
  public static Output directions(Ops tf, Output x, Output norm, Output axes) {
    Foremost foremost = of(tf, x, axes);
    // Signed before it is divided: at 0 a magnitude has no slope, but this has.
    Output signed = tf.divide(x, foremost.size());
    Output others = foremost.others(tf, tf.square(signed), axes);
    Output parts = tf.whereV2(foremost.isFirst(), tf.sign(x), signed);
    Output share = tf.multiply(parts, tf.rsqrt(tf.add(1, others)));
    Output overflows = tf.logicalAnd(foremost.isKnown(), tf.isInf(norm));
    Output isShare = tf.logicalOr(overflows, foremost.outweighs(tf, others));
    return tf.whereV2(isShare, share, tf.divNoNan(x, norm));
  }

  private static Output reduce(Ops tf, Kind kind, Output x, Output axes) {
    return tf.result(new Reduce(kind, true), x, axes);
  }
}
