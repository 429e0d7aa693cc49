package io.millrace.ops.index;

import io.millrace.Output;
import io.millrace.op.Gradient;
import io.millrace.ops.Ops;
import io.millrace.ops.math.Broadcasting;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Adds the gradient of gathered slices to the places they came from. */
public final class GatherGradients {
  private GatherGradients() {}

  /** Returns the gradient by the first input, where the second holds the indices. */
  static Output ofParams(Gradient call, int batch, Output axis) {
    return ofParams(call.input(0), call.input(1), call.gradient(), batch, axis);
  }

  /**
   * Returns the gradient by what slices were gathered from.
   *
   * @param params of the same shape as that
   * @param batch how many axes both share
   */
  public static Output ofParams(
      Output params, Output indices, Output gradient, int batch, Output axis) {
    OptionalInt known = known(axis, params.shape());
    if (batch == 0 && known.isPresent() && known.getAsInt() == 0) {
      Ops tf = Ops.of(params.graph());
      return tf.unsortedSegmentSum(gradient, indices, extent(params));
    }
    boolean exact =
        known.isPresent() && params.shape().isFullyDefined() && indices.shape().isFullyDefined();
    return spread(
        params,
        indices,
        gradient,
        exact
            ? known(params, indices, batch, known.getAsInt())
            : computed(params, indices, batch, axis));
  }

  private static OptionalInt known(Output axis, Shape params) {
    Optional<Literal> value = axis.graph().staticValue(axis);
    int at = value.map(v -> (int) v.getLong(0)).orElse(-1);
    if (at >= 0) {
      return OptionalInt.of(at);
    }
    return value.isPresent() && params.isRankKnown()
        ? OptionalInt.of(at + params.rank())
        : OptionalInt.empty();
  }

  /** Returns the extent of the first axis as a scalar. */
  public static Output extent(Output x) {
    Ops tf = Ops.of(x.graph());
    return x.shape().isRankKnown() && x.shape().dim(0) >= 0
        ? tf.reshape(tf.indices(x.shape().dim(0)))
        : tf.reshape(tf.slice(tf.shape(x), new long[] {0}, new long[] {1}));
  }

  /**
   * What the axes amount to, as scalars: those shared, those before the axis, the axis itself, the
   * indices, and the axes after it.
   */
  private record Extents(Output shared, Output outer, Output axis, Output picked, Output inner) {}

  private static Extents known(Output from, Output by, int batch, int axis) {
    Shape params = from.shape();
    Shape indices = by.shape();
    Ops tf = Ops.of(from.graph());
    return new Extents(
        size(tf, params, 0, batch),
        size(tf, params, batch, axis),
        size(tf, params, axis, axis + 1),
        size(tf, indices, batch, indices.rank()),
        size(tf, params, axis + 1, params.rank()));
  }

  private static Output size(Ops tf, Shape shape, int from, int to) {
    return tf.constant(Math.toIntExact(shape.slice(from, to).size()));
  }

  private static Extents computed(Output from, Output by, int batch, Output axis) {
    Ops tf = Ops.of(from.graph());
    Output params = tf.shape(from);
    Output indices = tf.shape(by);
    Output at = tf.floormod(tf.cast(axis, DType.INT32), tf.size(params));
    return new Extents(
        size(tf, params, tf.constant(0), tf.constant(batch)),
        size(tf, params, tf.constant(batch), at),
        size(tf, params, at, tf.add(at, 1)),
        size(tf, indices, tf.constant(batch), tf.size(indices)),
        size(tf, params, tf.add(at, 1), tf.size(params)));
  }

  private static Output size(Ops tf, Output shape, Output from, Output to) {
    Output length = tf.expandDims(tf.subtract(to, from), 0);
    return tf.reduceProd(tf.slice(shape, tf.expandDims(from, 0), length), 0);
  }

  private static Output spread(Output params, Output indices, Output gradient, Extents of) {
    Ops tf = Ops.of(params.graph());
    Output rows =
        tf.transpose(
            tf.reshape(gradient, tf.stack(List.of(of.shared, of.outer, of.picked, of.inner))),
            0,
            2,
            1,
            3);
    Output ids = tf.reshape(indices, tf.stack(List.of(of.shared, of.picked)));
    Output first = tf.expandDims(tf.multiply(tf.range(of.shared), of.axis), 1);
    Output sums =
        tf.unsortedSegmentSum(
            rows, tf.add(ids, tf.cast(first, indices.dtype())), tf.multiply(of.shared, of.axis));
    Output back =
        tf.transpose(
            tf.reshape(sums, tf.stack(List.of(of.shared, of.axis, of.outer, of.inner))),
            0,
            2,
            1,
            3);
    return Broadcasting.reshapeLike(back, params);
  }
}
