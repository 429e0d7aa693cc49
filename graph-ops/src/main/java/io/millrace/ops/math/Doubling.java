package io.millrace.ops.math;

import io.millrace.Output;
import io.millrace.ops.Ops;
import io.millrace.type.Shape;

/**
 * Products along an axis without division, in steps that double how far they reach.
 *
 * <p>Tensors have three axes, and the second is the one in question. Every step is made of
 * operations that have gradients, so the results have gradients of any order. Source: Hillis and
 * Steele, "Data parallel algorithms", Communications of the ACM 29 (1986).
 */
final class Doubling {
  /** As many steps as the longest axis needs, where it is not known how long it is. */
  private static final int MOST_STEPS = 30;

  private final Ops tf;
  private final Output count;
  private final Output places;
  private final int steps;

  /**
   * Works along the second axis of a tensor and of others as long.
   *
   * @param known how long it is, or {@link Shape#UNKNOWN}
   */
  Doubling(Output x, long known) {
    tf = Ops.of(x.graph());
    count = known < 0 ? tf.gather(tf.shape(x), 1) : tf.constant((int) known);
    places = tf.range(count);
    steps = known < 0 ? MOST_STEPS : Long.SIZE - Long.numberOfLeadingZeros(Math.max(0, known - 1));
  }

  /** Returns at each place the element that is so far behind it; others where there is none. */
  Output behind(Output x, int distance, Output others) {
    return tf.whereV2(isInside(distance), gather(x, distance), others);
  }

  /** Returns r where {@code r[k] = b[k] + a[k] r[k + step]}; beyond the end r is 0. */
  Output recurrence(Output a, Output b, int step) {
    Output factors = a;
    Output sums = b;
    for (int i = 0; i < steps; i++) {
      int distance = step * (1 << i);
      Output inside = isInside(distance);
      Output zeros = tf.zerosLike(sums);
      Output reached = tf.whereV2(inside, gather(sums, distance), zeros);
      sums = tf.add(sums, tf.multiply(tf.whereV2(inside, factors, zeros), reached));
      factors = tf.multiply(factors, gather(factors, distance));
    }
    return sums;
  }

  /**
   * Returns at each place the product of all elements of its group behind it.
   *
   * @param groups a vector of numbers; equal ones stand beside each other
   * @param step 1 where behind means later, or -1
   */
  Output products(Output x, Output groups, int step) {
    Output ones = tf.onesLike(x);
    Output products = x;
    for (int i = 0; i < steps; i++) {
      int distance = step * (1 << i);
      // Of another group come ones, so that no slope is multiplied by what is not finite there.
      Output others = tf.whereV2(isSame(groups, distance), gather(products, distance), ones);
      products = tf.multiply(products, others);
    }
    return tf.whereV2(isSame(groups, step), gather(products, step), ones);
  }

  private Output isSame(Output groups, int distance) {
    Output same = tf.equal(groups, tf.gather(groups, moved(distance)));
    return tf.logicalAnd(isInside(distance), tf.expandDims(same, 1));
  }

  private Output isInside(int distance) {
    Output there = tf.add(places, distance);
    Output inside = distance < 0 ? tf.greaterEqual(there, 0) : tf.less(there, count);
    return tf.expandDims(inside, 1);
  }

  private Output gather(Output x, int distance) {
    return tf.gather(x, moved(distance), 1);
  }

  /** Returns the places moved, those beyond the ends brought back to them. */
  private Output moved(int distance) {
    Output there = tf.add(places, distance);
    return distance < 0 ? tf.maximum(there, 0) : tf.minimum(there, tf.subtract(count, 1));
  }
}
