package io.millrace.ops.index;

import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.array.Axes;
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
   * Returns the elements in order along an axis; NaN counts as greater than every number.
   * TensorFlow: tf.sort, which is TopKV2 of all elements, here reversed for ascending order.
   *
   * @param values numeric, with at least one axis
   */
  default Output sort(Object values, Object axis, Direction direction) {
    Arguments.requireEach("values, axis, direction", values, axis, direction);
    return scope(
        "sort",
        () -> {
          Ops tf = tf();
          boolean ascending = direction == Direction.ASCENDING;
          return sorted(
              tf,
              operand(values),
              axis,
              last -> {
                Output sorted = tf.topK(last, length(tf, last)).values();
                return ascending ? tf.reverse(sorted, -1) : sorted;
              });
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
   * their order, and NaN counts as greater than every number. TensorFlow: tf.argsort.
   */
  default Output argsort(Object values, Object axis, Direction direction) {
    Arguments.requireEach("values, axis, direction", values, axis, direction);
    return scope(
        "argsort",
        () -> {
          Ops tf = tf();
          boolean ascending = direction == Direction.ASCENDING;
          return sorted(
              tf,
              operand(values),
              axis,
              last -> {
                Output length = length(tf, last);
                if (!ascending) {
                  return tf.topK(last, length).indices();
                }
                // Twice reversed, equal elements are in their order again.
                Output places = tf.topK(tf.reverse(last, -1), length).indices();
                return tf.reverse(tf.subtract(tf.subtract(length, 1), places), -1);
              });
        });
  }

  private static Output sorted(Ops tf, Output x, Object axis, UnaryOperator<Output> order) {
    return Axes.alongLast(tf, "TopKV2", x, tf.axis(axis), (same, last) -> order.apply(last));
  }

  /** Returns how many elements there are along the last axis. */
  private static Output length(Ops tf, Output x) {
    Output at = tf.expandDims(tf.subtract(tf.rank(x), 1), 0);
    return tf.reshape(tf.slice(tf.shape(x), at, tf.indices(1)));
  }
}
