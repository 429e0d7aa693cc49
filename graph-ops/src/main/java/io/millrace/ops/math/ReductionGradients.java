package io.millrace.ops.math;

import io.millrace.Output;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.ops.Ops;
import io.millrace.ops.array.MovementOps;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The gradients of reductions. */
final class ReductionGradients {
  private ReductionGradients() {}

  /** Every element takes the gradient of its sum. */
  static Gradients sum(Gradient call, ReductionOps.Reduce reduce) {
    return Gradients.of(spread(call, reduce));
  }

  /** Every element takes its part of the gradient of its mean. */
  static Gradients mean(Gradient call, ReductionOps.Reduce reduce) {
    Ops tf = Ops.of(call.graph());
    return Gradients.of(tf.divide(spread(call, reduce), terms(tf, call)));
  }

  /** Returns the number of elements that each mean is of. */
  private static Object terms(Ops tf, Gradient call) {
    Output x = call.input(0);
    Output y = call.output(0);
    if (x.shape().isFullyDefined() && y.shape().isFullyDefined()) {
      long terms = x.shape().size() / Math.max(1, y.shape().size());
      return (double) terms;
    }
    Output terms = tf.floordiv(tf.size(x), tf.maximum(tf.size(y), 1));
    return tf.cast(terms, x.dtype());
  }

  /** The elements equal to the extreme one, or NaN as it is, share its gradient equally. */
  static Gradients extreme(Gradient call, ReductionOps.Reduce reduce) {
    Ops tf = Ops.of(call.graph());
    Output x = call.input(0);
    Output kept = kept(call, reduce, call.output(0));
    Output chosen = Extremes.orNaN(tf, tf.equal(x, kept), x);
    Output count =
        tf.result(
            new ReductionOps.Reduce(ReductionOps.Kind.SUM, true),
            tf.cast(chosen, x.dtype()),
            call.input(1));
    // Of nothing there is no extreme, and no share.
    Output shared = tf.divide(kept(call, reduce, call.gradient()), tf.maximum(count, 1));
    return Gradients.of(tf.whereV2(chosen, shared, tf.zerosLike(shared)));
  }

  /** Every element takes its part of the norm times the gradient; 0 where the norm is 0. */
  static Gradients euclideanNorm(Gradient call, ReductionOps.Reduce reduce) {
    Ops tf = Ops.of(call.graph());
    Output norm = kept(call, reduce, call.output(0));
    Output part = Foremost.directions(tf, call.input(0), norm, call.input(1));
    return Gradients.of(tf.multiply(kept(call, reduce, call.gradient()), part));
  }

  /** Booleans have none. */
  static Gradients ofBoolean(Gradient call, ReductionOps.Reduce reduce) {
    return Gradients.none("its result is boolean");
  }

  /**
   * Every element takes the gradient of its product times the product of the others.
   *
   * <p>Dividing the product by the element fails at zeros, and more so in second order. Instead the
   * elements are repeated in rows of a square, with ones on the diagonal, and each row multiplied:
   * quadratic work, but exact and differentiable any number of times.
   */
  static Gradients product(Gradient call, ReductionOps.Reduce reduce) {
    Ops tf = Ops.of(call.graph());
    Output x = call.input(0);
    Output order = reducedLast(tf, x, call.input(1));
    Output moved = tf.result(new MovementOps.Transpose(), x, order);
    Output kept = tf.size(call.output(0));
    Output count = tf.floordiv(tf.size(x), tf.maximum(kept, 1));
    Output rows = tf.reshape(moved, tf.stack(List.of(kept, tf.constant(1), count)));
    Output numbers = tf.range(count);
    Output diagonal = tf.equal(tf.expandDims(numbers, 0), tf.expandDims(numbers, 1));
    Output one = tf.constant(1, x.dtype());
    Output others = tf.reduceProd(tf.whereV2(diagonal, one, rows), 2);
    Output back =
        tf.result(
            new MovementOps.Transpose(),
            Broadcasting.reshapeLike(others, moved),
            tf.invertPermutation(order));
    return Gradients.of(tf.multiply(kept(call, reduce, call.gradient()), back));
  }

  /** Returns what is reduced along axes as rows, one for each of the results that are given. */
  static Output rows(Ops tf, Output x, Output axes, Output results) {
    Output moved = tf.result(new MovementOps.Transpose(), x, reducedLast(tf, x, axes));
    Output kept = tf.size(results, DType.INT64);
    Output count = tf.floordiv(tf.size(x, DType.INT64), tf.maximum(kept, 1));
    return tf.reshape(moved, tf.stack(List.of(kept, count)));
  }

  /** Returns all axes in an order, those to be reduced last. */
  private static Output reducedLast(Ops tf, Output x, Output axes) {
    Optional<Literal> known = x.graph().staticValue(axes);
    if (x.shape().isRankKnown() && known.isPresent()) {
      return tf.constant(reducedLast(known.get(), x.shape().rank()));
    }
    Output rank = tf.rank(x);
    Output all = tf.range(rank);
    Output reduced = tf.floormod(tf.cast(tf.reshape(axes, -1), DType.INT32), rank);
    Output equal = tf.equal(tf.expandDims(all, 1), tf.expandDims(reduced, 0));
    return tf.argsort(tf.cast(tf.reduceAny(equal, 1), DType.INT32));
  }

  private static int[] reducedLast(Literal axes, int rank) {
    List<Integer> order = new ArrayList<>();
    List<Integer> last = new ArrayList<>();
    for (long axis : axes.toLongs()) {
      last.add((int) (axis < 0 ? axis + rank : axis));
    }
    for (int axis = 0; axis < rank; axis++) {
      if (!last.contains(axis)) {
        order.add(axis);
      }
    }
    order.addAll(last);
    return order.stream().mapToInt(Integer::intValue).toArray();
  }

  private static Output spread(Gradient call, ReductionOps.Reduce reduce) {
    Ops tf = Ops.of(call.graph());
    Output x = call.input(0);
    return tf.broadcastTo(kept(call, reduce, call.gradient()), Broadcasting.shapeOf(x));
  }

  /** Returns a tensor of the result's shape with the reduced axes put back. */
  private static Output kept(Gradient call, ReductionOps.Reduce reduce, Output tensor) {
    if (reduce.keepDims()) {
      return tensor;
    }
    ReductionOps.Reduce keeping = new ReductionOps.Reduce(reduce.kind(), true);
    List<Output> inputs = List.of(call.input(0), call.input(1));
    Inference known =
        new Inference(
            inputs.stream().map(Output::type).toList(),
            i -> call.graph().staticValue(inputs.get(i)));
    return Broadcasting.reshape(
        tensor,
        keeping.infer(known).get(0).shape(),
        () -> Ops.of(call.graph()).result(keeping, call.input(0), call.input(1)));
  }
}
