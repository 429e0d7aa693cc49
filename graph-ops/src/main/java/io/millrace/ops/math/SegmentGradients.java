package io.millrace.ops.math;

import io.millrace.Output;
import io.millrace.op.Gradient;
import io.millrace.ops.Ops;
import java.util.List;

/** The gradients of operations that combine slices by segments. */
final class SegmentGradients {
  private SegmentGradients() {}

  /** Which slices belong to which segment. */
  interface Grouping {
    /** Returns the slices of each segment combined. */
    Output combine(SegmentOps.Kind kind, Output slices);

    /** Returns for each slice what its segment has; zeros for a slice that is left out. */
    Output spread(Output perSegment);
  }

  /** Returns the segments of an operation with inputs data, ids and number of segments. */
  static Grouping unsorted(Gradient call) {
    Ops tf = Ops.of(call.graph());
    Output ids = call.input(1);
    return new Grouping() {
      @Override
      public Output combine(SegmentOps.Kind kind, Output slices) {
        return tf.result(new SegmentOps.UnsortedSegment(kind), slices, ids, call.input(2));
      }

      @Override
      public Output spread(Output perSegment) {
        Output picked = tf.gather(perSegment, tf.maximum(ids, tf.zerosLike(ids)));
        Output present = widened(tf.greaterEqual(ids, tf.zerosLike(ids)), picked, ids);
        return tf.where(present, picked, tf.zerosLike(picked));
      }
    };
  }

  /** Returns the segments that a vector of ids names in order. */
  static Grouping sorted(Gradient call) {
    Ops tf = Ops.of(call.graph());
    Output ids = call.input(1);
    return new Grouping() {
      @Override
      public Output combine(SegmentOps.Kind kind, Output slices) {
        return tf.result(new SortedSegmentOps.Segment(kind, false), slices, ids);
      }

      @Override
      public Output spread(Output perSegment) {
        return tf.gather(perSegment, ids);
      }
    };
  }

  /** Returns the gradient by the slices, the first input. */
  static Output of(Gradient call, SegmentOps.Kind kind, Grouping groups) {
    return switch (kind) {
      case SUM -> groups.spread(call.gradient());
      case PROD -> product(call, groups);
      case MAX, MIN -> extreme(call, groups);
    };
  }

  /** The elements equal to the extreme one share its gradient equally. */
  private static Output extreme(Gradient call, Grouping groups) {
    Ops tf = Ops.of(call.graph());
    Output data = call.input(0);
    Output chosen = tf.equal(data, groups.spread(call.output(0)));
    Output count = groups.combine(SegmentOps.Kind.SUM, tf.cast(chosen, data.dtype()));
    Output shared = groups.spread(tf.divide(call.gradient(), tf.maximum(count, 1)));
    return tf.where(chosen, shared, tf.zerosLike(shared));
  }

  /**
   * Every element takes the product of its segment's others: the segment's product divided by the
   * element, or if that is the only zero, the product of all that are not zero.
   */
  private static Output product(Gradient call, Grouping groups) {
    Ops tf = Ops.of(call.graph());
    Output data = call.input(0);
    Output isZero = tf.equal(data, tf.zerosLike(data));
    Output zeros = groups.combine(SegmentOps.Kind.SUM, tf.cast(isZero, data.dtype()));
    Output nonZero = tf.where(isZero, tf.onesLike(data), data);
    Output others = groups.combine(SegmentOps.Kind.PROD, nonZero);
    Output arriving =
        tf.where(tf.greater(zeros, 1), tf.zerosLike(call.gradient()), call.gradient());
    Output rest =
        tf.where(isZero, groups.spread(others), tf.divide(groups.spread(call.output(0)), nonZero));
    return tf.multiply(groups.spread(arriving), rest);
  }

  /**
   * Returns a tensor of the ids' shape with as many axes of extent 1 behind it as the slices have.
   *
   * @param slices a tensor of the shape {@code ids.shape + slice}
   */
  static Output widened(Output x, Output slices, Output ids) {
    Ops tf = Ops.of(x.graph());
    if (slices.shape().isRankKnown() && ids.shape().isRankKnown()) {
      Output wide = x;
      for (int axis = ids.shape().rank(); axis < slices.shape().rank(); axis++) {
        wide = tf.expandDims(wide, -1);
      }
      return wide;
    }
    Output more = tf.expandDims(tf.subtract(tf.rank(slices), tf.rank(ids)), 0);
    return tf.reshape(x, tf.concat(List.of(tf.shape(ids), tf.fill(more, 1)), 0));
  }
}
