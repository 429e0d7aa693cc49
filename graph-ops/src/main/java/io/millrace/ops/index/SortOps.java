package io.millrace.ops.index;

import io.millrace.Output;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.ValuesAndIndices;
import io.millrace.ops.array.Axes;
import io.millrace.type.DType;
import java.util.function.UnaryOperator;

/** Sorting along an axis. */
public interface SortOps extends Building {

  /** Which elements come first. */
  enum Direction {
    ASCENDING,
    DESCENDING
  }

  /** Returns the elements in ascending order along the last axis. TensorFlow: tf.sort. */
  default Output sort(Object values) {
    return sort(values, -1, Direction.ASCENDING);
  }

  /**
   * Returns the elements in order along an axis. TensorFlow: tf.sort, which is TopKV2 of all
   * elements, negated for ascending order.
   *
   * @param values numeric, with at least one axis
   */
  default Output sort(Object values, int axis, Direction direction) {
    return scope(
        "sort",
        () -> {
          Ops tf = tf();
          Output x = operand(values);
          UnaryOperator<Output> order = flip(tf, x.dtype(), direction);
          return order.apply(sorted(tf, order.apply(x), axis, ValuesAndIndices::values));
        });
  }

  /**
   * Returns where the elements stand that are in ascending order along the last axis, as int32.
   * TensorFlow: tf.argsort.
   */
  default Output argsort(Object values) {
    return argsort(values, -1, Direction.ASCENDING);
  }

  /**
   * Returns where the elements stand that are in order along an axis, as int32. Equal elements keep
   * their order. TensorFlow: tf.argsort.
   */
  default Output argsort(Object values, int axis, Direction direction) {
    return scope(
        "argsort",
        () -> {
          Ops tf = tf();
          Output x = operand(values);
          UnaryOperator<Output> order = flip(tf, x.dtype(), direction);
          return sorted(tf, order.apply(x), axis, ValuesAndIndices::indices);
        });
  }

  /** Picks one of both results. */
  interface Choice {
    Output of(ValuesAndIndices top);
  }

  private static Output sorted(Ops tf, Output x, int axis, Choice choice) {
    return Axes.alongLast(
        tf,
        "TopKV2",
        x,
        axis,
        last -> {
          Output at = tf.subtract(tf.rank(last), 1);
          Output length = tf.slice(tf.shape(last), tf.expandDims(at, 0), tf.indices(1));
          return choice.of(tf.topK(last, tf.reshape(length)));
        });
  }

  /** Returns a function that turns the order around for ascending order, and is its own inverse. */
  private static UnaryOperator<Output> flip(Ops tf, DType dtype, Direction direction) {
    if (direction == Direction.DESCENDING) {
      return x -> x;
    }
    // Negating the lowest integer overflows, -1 - x does not.
    return dtype.isInteger()
        ? x -> tf.subtract(tf.constant(dtype.wrap(-1), dtype), x)
        : tf::negative;
  }
}
