package io.millrace.ops.list;

import io.millrace.Output;
import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.ir.Value;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Messages;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Shapes;
import io.millrace.ops.index.Indexing;
import io.millrace.ops.math.Broadcasting;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.stream.LongStream;

/** What operations have in common that set several elements of lists. */
final class Placing {
  private Placing() {}

  /** Returns how many indices a shape has, -1 if that is not known. */
  static long count(Shape indices) {
    return indices.isFullyDefined() ? indices.size() : Shape.UNKNOWN;
  }

  /**
   * Sets the number of elements that a list has if some are set.
   *
   * @param least how many it has at least
   */
  static void count(Lowering to, int indices, long least) {
    Value last = to.reduceAll(Reduction.MAX, to.input(indices), i -> i.cast(DType.INT64));
    Value size = to.map(last, i -> i.max((double) least - 1).plus(1));
    to.output(0, to.reshape(size, Shape.of(1)));
  }

  /** Returns the number of elements that a list has if some are set, -1 if it is not known. */
  static long size(Inference in, int indices, long least) {
    return in.known(indices).map(i -> size(i.toLongs(), least)).orElseGet(in::size);
  }

  private static long size(long[] indices, long least) {
    return LongStream.of(indices).map(i -> i + 1).reduce(least, Math::max);
  }

  /**
   * Returns the number of elements that a list has if some are set. The type of a list of which
   * nothing is known but its length does not tell that.
   */
  static long size(Lowering to, int indices, long least) {
    Shape list = to.outputType(0).target().shape();
    return list.isRankKnown() && list.dim(0) >= 0
        ? list.dim(0)
        : size(to.constant(indices).toLongs(), least);
  }

  /** Requires a tensor to have a row for each index. */
  static void requireRows(Inference in, int tensor, int indices) {
    Shapes.requireAxes(in, tensor, 1);
    long count = count(in.shape(indices));
    long rows = ListTypes.size(in.type(tensor));
    in.require(
        count < 0 || rows < 0 || count == rows,
        "there are %d indices but %s",
        count,
        Messages.count(Math.max(0, (int) rows), "row", "rows"));
  }

  /** Makes the run fail unless all of these number elements of a list. */
  static void requireIndices(Lowering to, Value indices, long size) {
    Indexing.requireWithin(
        to,
        indices,
        0,
        size,
        "indices must be in [0, %d), as the list has so many elements".formatted(size));
  }

  /** Returns the type of a list of the rows of input 0 at the places in input 1. */
  static TensorType placed(Inference in, long size) {
    requireRows(in, 0, 1);
    Shape element =
        ListTypes.fitting(
            in, ListTypes.element(in.type(0)), ListTypes.element(in, 2), "element_shape");
    return ListTypes.list(in.dtype(0), size, element);
  }

  /** Sets the output to a list of the rows of input 0 at the places in input 1. */
  static void place(Lowering to) {
    Value rows = to.input(0);
    Value indices = Indexing.flat(to, to.input(1));
    Shape element = ListTypes.element(rows.type());
    long size = size(to);
    requireIndices(to, indices, size);
    Value nothing = Indexing.filled(to, rows.type().withShape(Shape.of(size).concat(element)), 0);
    to.output(0, Indexing.scatter(to, Primitive.Scatter.Combine.SET, nothing, 1, indices, rows));
  }

  private static long size(Lowering to) {
    return to.outputType(0).target().shape().dim(0);
  }

  /** Returns the gradient of what {@link #place} does. */
  static Gradients placedGradient(Gradient call) {
    return Gradients.of(kept(call, call.input(0), call.input(1)));
  }

  /** Returns what arrives at rows that were set, or 0 at those that a later one replaced. */
  static Output kept(Gradient call, Output rows, Output indices) {
    Ops tf = Ops.of(call.graph());
    Output places = tf.reshape(indices, -1);
    Output picked =
        tf.result(
            new ListScatterOps.TensorListGather(rows.dtype()),
            call.gradient(),
            places,
            ListTypes.elementShape(tf, rows, 1));
    Output numbers = tf.range(tf.size(indices));
    Output size = tf.result(new ListSizeOps.TensorListLength(), call.output(0));
    Output nobody = tf.fill(tf.reshape(size, 1), tf.constant(-1));
    Output writers = tf.tensorScatterNdUpdate(nobody, tf.expandDims(places, 1), numbers);
    Output remains = tf.equal(tf.gather(writers, places), numbers);
    return tf.whereV2(Broadcasting.widened(remains, picked), picked, tf.zerosLike(picked));
  }
}
