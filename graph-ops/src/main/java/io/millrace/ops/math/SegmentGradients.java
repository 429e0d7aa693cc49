package io.millrace.ops.math;

import io.millrace.Output;
import io.millrace.op.Gradient;
import io.millrace.ops.Ops;
import io.millrace.type.Shape;
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
        Output present = Broadcasting.widened(tf.greaterEqual(ids, tf.zerosLike(ids)), picked);
        return tf.whereV2(present, picked, tf.zerosLike(picked));
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

  /** The elements equal to the extreme one, or NaN as it is, share its gradient equally. */
  private static Output extreme(Gradient call, Grouping groups) {
    Ops tf = Ops.of(call.graph());
    Output data = call.input(0);
    Output chosen = Extremes.orNaN(tf, tf.equal(data, groups.spread(call.output(0))), data);
    Output count = groups.combine(SegmentOps.Kind.SUM, tf.cast(chosen, data.dtype()));
    Output shared = groups.spread(tf.divide(call.gradient(), tf.maximum(count, 1)));
    return tf.whereV2(chosen, shared, tf.zerosLike(shared));
  }

  /**
   * Every element takes the product of its segment's others, those before it times those behind,
   * once the slices stand in the order of their segments. Nothing is divided.
   */
  private static Output product(Gradient call, Grouping groups) {
    Ops tf = Ops.of(call.graph());
    Output data = call.input(0);
    Output ids = tf.reshape(call.input(1), -1);
    Output order = tf.argsort(ids);
    Output count = tf.expandDims(tf.size(ids), 0);
    Output slice = tf.floordiv(tf.expandDims(tf.size(data), 0), tf.maximum(count, 1));
    Output flat = tf.reshape(data, tf.concat(List.of(tf.indices(1), count, slice), 0));
    Output sorted = tf.gather(flat, order, 1);
    Output segments = tf.gather(ids, order);
    long known = ids.shape().isRankKnown() ? ids.shape().dim(0) : Shape.UNKNOWN;
    Doubling along = new Doubling(sorted, known);
    Output others =
        tf.multiply(along.products(sorted, segments, -1), along.products(sorted, segments, 1));
    Output back = tf.gather(others, tf.invertPermutation(order), 1);
    return tf.multiply(groups.spread(call.gradient()), Broadcasting.reshapeLike(back, data));
  }
}
