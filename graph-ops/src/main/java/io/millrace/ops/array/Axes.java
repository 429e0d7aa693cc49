package io.millrace.ops.array;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.op.Messages;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Refusal;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/** Brings the axes of a tensor into the order that an operation wants, and back. */
public final class Axes {
  private Axes() {}

  /** Applies a function that works along the last axis, along another one. */
  public static Output alongLast(
      Building building,
      String type,
      Output x,
      Output axis,
      BiFunction<Building, Output, Output> function) {
    requireScalar(type, axis);
    Optional<Literal> known = x.graph().staticValue(axis);
    return known.isPresent()
        ? alongKnown(building, type, x, known.get().getLong(0), function)
        : alongFed(building, type, x, axis, function);
  }

  /** Returns an axis, which must be an integer scalar. */
  public static Output requireScalar(String type, Output axis) {
    Shape shape = axis.shape();
    if (!axis.dtype().isIndex() || (shape.isRankKnown() && shape.rank() != 0)) {
      throw Refusal.of(type, "the axis must be an int32 or int64 scalar, not %s", axis);
    }
    return axis;
  }

  /** Swaps the axis that a run says with the last, and back. */
  private static Output alongFed(
      Building building,
      String type,
      Output x,
      Output axis,
      BiFunction<Building, Output, Output> function) {
    Ops tf = building.tf();
    return building.scope(
        type,
        () -> {
          Output rank = tf.rank(x);
          Output last = tf.subtract(rank, 1);
          Output at = fromFront(tf, x, axis);
          Output places = tf.range(rank);
          Output others = tf.where(tf.equal(places, last), at, places);
          Output swap = tf.where(tf.equal(places, at), last, others);
          Output along = tf.transpose(function.apply(tf, tf.transpose(x, swap)), swap);
          return tf.ensureShape(along, x.shape());
        });
  }

  /** Returns an axis of a tensor counted from the front; a run where there is none is refused. */
  public static Output fromFront(Ops tf, Output x, Output axis) {
    Output rank = tf.rank(x);
    Output wished = tf.cast(axis, DType.INT32);
    Output exists =
        tf.logicalAnd(tf.greaterEqual(wished, tf.negative(rank)), tf.less(wished, rank));
    Operation check = tf.withName("axis_is_in_range").assertThat(exists, axis);
    Graph.Scope scope = x.graph().controlDependencies(List.of(check));
    try (scope) {
      return tf.where(tf.less(wished, 0), tf.add(wished, rank), wished);
    }
  }

  private static Output alongKnown(
      Building building,
      String type,
      Output x,
      long axis,
      BiFunction<Building, Output, Output> function) {
    if (axis == -1) {
      return function.apply(building, x);
    }
    if (!x.shape().isRankKnown()) {
      throw Refusal.of(type, "axis %d of %s needs a known number of axes", axis, x);
    }
    int rank = x.shape().rank();
    if (axis < -rank || axis >= rank) {
      throw Refusal.of(
          type,
          "axis %d is out of range: %s has %s, so %d to %d",
          axis,
          x,
          Messages.axes(rank),
          -rank,
          rank - 1);
    }
    int place = Math.floorMod(axis, rank);
    if (place == rank - 1) {
      return function.apply(building, x);
    }
    int[] swap = IntStream.range(0, rank).toArray();
    swap[place] = rank - 1;
    swap[rank - 1] = place;
    Ops tf = building.tf();
    return building.scope(
        type, () -> tf.transpose(function.apply(tf, tf.transpose(x, swap)), swap));
  }

  /** Returns the order that undoes an order of axes. */
  static int[] inverse(int... order) {
    int[] inverse = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      inverse[order[i]] = i;
    }
    return inverse;
  }

  /** Returns the order that brings the channels of {@code [n, c, spatial...]} to the end. */
  public static int[] channelsLast(int rank) {
    int[] order = IntStream.range(0, rank).map(i -> i == 0 ? 0 : i + 1).toArray();
    order[rank - 1] = 1;
    return order;
  }

  /** Returns the order that brings the channels of {@code [n, spatial..., c]} to axis 1. */
  public static int[] channelsFirst(int rank) {
    return inverse(channelsLast(rank));
  }
}
