package io.millrace.ops.math;

import io.millrace.Output;
import io.millrace.ops.Ops;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Builds what gradients need to undo broadcasting and reshaping. */
public final class Broadcasting {
  private Broadcasting() {}

  /** Returns the shape of a tensor as a vector: a constant if it is fully known. */
  public static Output shapeOf(Output x) {
    Ops tf = Ops.of(x.graph());
    return x.shape().isFullyDefined() ? tf.indices(x.shape().dims()) : tf.shape(x);
  }

  /** Returns a tensor in the shape of another that has as many elements. */
  public static Output reshapeLike(Output x, Output like) {
    return reshape(x, like.shape(), () -> like);
  }

  /**
   * Returns a tensor in another shape.
   *
   * @param shape what is known of the shape
   * @param like gives a tensor of the shape, if not enough is known
   */
  static Output reshape(Output x, Shape shape, Supplier<Output> like) {
    Ops tf = Ops.of(x.graph());
    if (shape.isFullyDefined() && shape.equals(x.shape())) {
      return x;
    }
    return shape.isRankKnown() && isSolvable(shape)
        ? tf.reshape(x, shape.dims())
        : tf.reshape(x, tf.shape(like.get()));
  }

  /** Returns whether one unknown extent follows from the others and the number of elements. */
  private static boolean isSolvable(Shape shape) {
    int unknown = 0;
    boolean empty = false;
    for (long dim : shape.dims()) {
      unknown += dim < 0 ? 1 : 0;
      empty |= dim == 0;
    }
    return unknown == 0 || (unknown == 1 && !empty);
  }

  /**
   * Sums a gradient in the shape of a result over the axes along which an operand was broadcast.
   *
   * @param result the tensor whose shape the gradient has
   * @param others the operands that the operand was broadcast with
   */
  public static Output sumTo(Output gradient, Output operand, Output result, List<Output> others) {
    Ops tf = Ops.of(gradient.graph());
    Optional<List<Integer>> known =
        axes(operand.shape(), result.shape(), others.stream().map(Output::shape).toList());
    if (known.isEmpty()) {
      Output axes = tf.broadcastGradientArgs(shapeOf(operand), shapeOf(result)).get(0);
      return reshapeLike(
          tf.result(new ReductionOps.Reduce(ReductionOps.Kind.SUM, false), gradient, axes),
          operand);
    }
    int[] axes = known.get().stream().mapToInt(Integer::intValue).toArray();
    if (axes.length == 0) {
      return gradient;
    }
    Output sum = tf.reduceSum(gradient, axes);
    return result.shape().rank() - operand.shape().rank() == axes.length
        ? sum
        : reshapeLike(sum, operand);
  }

  /** Returns the axes of the result to sum over, if the static shapes settle that. */
  private static Optional<List<Integer>> axes(Shape operand, Shape result, List<Shape> others) {
    if (!operand.isRankKnown()
        || !result.isRankKnown()
        || !others.stream().allMatch(Shape::isRankKnown)) {
      return Optional.empty();
    }
    List<Integer> axes = new ArrayList<>();
    for (int axis = 0; axis < result.rank(); axis++) {
      long own = dim(operand, axis, result.rank());
      int at = axis;
      boolean alone = others.stream().allMatch(o -> dim(o, at, result.rank()) == 1);
      boolean missing = axis < result.rank() - operand.rank();
      if (missing || (own == 1 && result.dim(axis) != 1)) {
        axes.add(axis);
      } else if (own < 0 && !alone) {
        return Optional.empty();
      }
    }
    return Optional.of(axes);
  }

  private static long dim(Shape shape, int axis, int rank) {
    int missing = rank - shape.rank();
    return axis < missing ? 1 : shape.dim(axis - missing);
  }

  /**
   * Returns a tensor with axes of extent 1 behind its own, so that it has as many as slices have.
   *
   * @param slices a tensor whose shape begins with that of x
   */
  public static Output widened(Output x, Output slices) {
    Ops tf = Ops.of(x.graph());
    if (slices.shape().isRankKnown() && x.shape().isRankKnown()) {
      Output wide = x;
      for (int axis = x.shape().rank(); axis < slices.shape().rank(); axis++) {
        wide = tf.expandDims(wide, -1);
      }
      return wide;
    }
    Output more = tf.expandDims(tf.subtract(tf.rank(slices), tf.rank(x)), 0);
    return tf.reshape(x, tf.concat(List.of(tf.shape(x), tf.fill(more, 1)), 0));
  }
}
