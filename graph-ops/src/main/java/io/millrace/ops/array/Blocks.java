package io.millrace.ops.array;

import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.ops.building.Surrounding;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Blocks of positions along the axes after the first one: each position of a block belongs to an
 * example of its own, or to a place in space.
 *
 * @param sizes extents of a block, one an axis
 * @param around for each axis in turn, how many elements stand before and after the data
 */
record Blocks(Literal sizes, Literal around) {

  private int axes() {
    return (int) sizes.size();
  }

  private long elements() {
    return Arrays.stream(sizes.toLongs()).reduce(1, Math::multiplyExact);
  }

  /**
   * Returns what is known of a result's type.
   *
   * @param count number of axes that blocks have, -1 if it is unknown
   * @param sizes their extents, if known
   * @param paddings position of the input that says what stands around the data
   * @param toBatch whether blocks are taken apart, otherwise put together
   */
  static TensorType infer(
      Inference in, long count, Optional<Literal> sizes, int paddings, boolean toBatch) {
    Shape pairs = in.requireRank(paddings, 2);
    in.require(
        pairs.isCompatibleWith(Shape.of(count, 2)),
        "input %d must have shape %s, not %s",
        paddings,
        Shape.of(count, 2),
        pairs);
    Shape shape = in.shape(0);
    in.require(
        !shape.isRankKnown() || count < 0 || shape.rank() > count,
        "blocks of %d axes need a tensor of %d or more, not %s",
        count,
        count + 1,
        shape);
    sizes.ifPresent(
        s -> {
          for (long size : s.toLongs()) {
            in.require(size > 0, "the extents of a block must be positive, not %d", size);
          }
        });
    Optional<Literal> around = in.constant(paddings);
    around.ifPresent(
        a -> {
          for (long elements : a.toLongs()) {
            in.require(
                elements >= 0, "paddings and crops must not be negative, as is %d", elements);
          }
        });
    if (!shape.isRankKnown() || sizes.isEmpty() || around.isEmpty()) {
      return in.type(0)
          .withShape(shape.isRankKnown() ? Shape.unknown(shape.rank()) : Shape.unknown());
    }
    Blocks blocks = new Blocks(sizes.get(), around.get());
    return in.type(0).withShape(toBatch ? blocks.apart(in, shape) : blocks.together(in, shape));
  }

  private long around(int axis) {
    return Math.addExact(around.getLong(2L * axis), around.getLong(2L * axis + 1));
  }

  private Shape apart(Inference in, Shape shape) {
    long[] dims = shape.dims();
    dims[0] = dims[0] < 0 ? Shape.UNKNOWN : Math.multiplyExact(dims[0], elements());
    for (int i = 0; i < axes(); i++) {
      long padded = dims[i + 1] < 0 ? Shape.UNKNOWN : Math.addExact(dims[i + 1], around(i));
      in.require(
          padded < 0 || padded % sizes.getLong(i) == 0,
          "axis %d has %d elements with its paddings, which blocks of %d do not divide",
          i + 1,
          padded,
          sizes.getLong(i));
      dims[i + 1] = padded < 0 ? Shape.UNKNOWN : padded / sizes.getLong(i);
    }
    return Shape.of(dims);
  }

  private Shape together(Inference in, Shape shape) {
    long[] dims = shape.dims();
    in.require(
        dims[0] < 0 || dims[0] % elements() == 0,
        "%d examples do not make up blocks of %d",
        dims[0],
        elements());
    dims[0] = dims[0] < 0 ? Shape.UNKNOWN : dims[0] / elements();
    for (int i = 0; i < axes(); i++) {
      long whole =
          dims[i + 1] < 0 ? Shape.UNKNOWN : Math.multiplyExact(dims[i + 1], sizes.getLong(i));
      in.require(
          whole < 0 || whole >= around(i),
          "axis %d gets %d elements, of which %d cannot be cropped",
          i + 1,
          whole,
          around(i));
      dims[i + 1] = whole < 0 ? Shape.UNKNOWN : whole - around(i);
    }
    return Shape.of(dims);
  }

  /** Sets the output to the input with its blocks taken apart, or else put together. */
  void lower(Lowering to, boolean toBatch) {
    if (toBatch) {
      lowerApart(to);
    } else {
      lowerTogether(to);
    }
  }

  /** Makes each position of a block an example of its own. */
  private void lowerApart(Lowering to) {
    Shape result = to.outputType(0).shape();
    long[] counts = new long[2 * result.rank()];
    System.arraycopy(around.toLongs(), 0, counts, 2, 2 * axes());
    Value padded = Surrounding.zeros(to, to.input(0), counts);
    int n = axes();
    long[] dims = new long[result.rank() + n];
    int[] order = new int[dims.length];
    dims[0] = to.inputType(0).shape().dim(0);
    for (int i = 0; i < n; i++) {
      dims[2 * i + 1] = result.dim(i + 1);
      dims[2 * i + 2] = sizes.getLong(i);
      order[i] = 2 * i + 2;
      order[n + 1 + i] = 2 * i + 1;
    }
    for (int i = 2 * n + 1; i < dims.length; i++) {
      dims[i] = result.dim(i - n);
      order[i] = i;
    }
    Value split = to.reshape(padded, Shape.of(dims));
    to.output(0, to.reshape(to.transpose(split, order), result));
  }

  /** Puts the examples together that a block's positions are. */
  private void lowerTogether(Lowering to) {
    Shape from = to.inputType(0).shape();
    Shape result = to.outputType(0).shape();
    int n = axes();
    long[] dims = new long[from.rank() + n];
    int[] order = new int[dims.length];
    long[] whole = from.dims();
    whole[0] = result.dim(0);
    dims[n] = result.dim(0);
    order[0] = n;
    for (int i = 0; i < n; i++) {
      dims[i] = sizes.getLong(i);
      order[2 * i + 1] = n + 1 + i;
      order[2 * i + 2] = i;
      whole[i + 1] *= sizes.getLong(i);
    }
    for (int i = n + 1; i < dims.length; i++) {
      dims[i] = from.dim(i - n);
      order[i] = i > 2 * n ? i : order[i];
    }
    Value split = to.reshape(to.input(0), Shape.of(dims));
    Value space = to.reshape(to.transpose(split, order), Shape.of(whole));
    long[] strides = Shape.of(whole).strides();
    long first =
        IntStream.range(0, n).mapToLong(i -> around.getLong(2L * i) * strides[i + 1]).sum();
    to.output(0, to.view(space, result, View.of(first, strides)));
  }
}
