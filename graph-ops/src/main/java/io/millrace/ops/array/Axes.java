package io.millrace.ops.array;

import io.millrace.Output;
import io.millrace.op.Messages;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Refusal;
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
      int axis,
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
