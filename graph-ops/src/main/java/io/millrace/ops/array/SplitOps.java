package io.millrace.ops.array;

import io.millrace.Output;
import io.millrace.ir.View;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Refusal;
import io.millrace.ops.building.ShapeArguments;
import io.millrace.ops.building.ShapeVectors;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Taking a tensor apart along an axis, which the parts keep. */
public interface SplitOps extends Building {

  /** Returns parts of a tensor, one after another along its first axis. */
  default List<Output> split(Object x, Object partsOrSizes) {
    return split(x, partsOrSizes, 0);
  }

  /**
   * Returns parts of a tensor, one after another along an axis. TensorFlow: Split for a number of
   * equal parts, SplitV for sizes.
   *
   * @param partsOrSizes how many equal parts there are, a number; or the parts' extents along the
   *     axis, an array, a list or a vector tensor whose length is known, one of which may be -1 for
   *     what is left
   * @param axis a number or a scalar tensor
   */
  default List<Output> split(Object x, Object partsOrSizes, Object axis) {
    Arguments.requireEach("x, partsOrSizes, axis", x, partsOrSizes, axis);
    if (partsOrSizes instanceof Number number) {
      return apply(new Split(parts(number)), axis(axis), operand(x)).outputs();
    }
    Output sizes = axes(partsOrSizes);
    Shape shape = sizes.shape();
    if (shape.isRankKnown() && shape.rank() == 0) {
      throw Refusal.of(
          "SplitV",
          "the number of parts must be a number that is known while the graph is built, not %s",
          sizes);
    }
    if (!shape.isRankKnown() || shape.dim(0) < 0) {
      throw Refusal.of(
          "SplitV", "the length of %s is not known: say the number of parts too", sizes);
    }
    return split(x, sizes, (int) shape.dim(0), axis);
  }

  /**
   * Returns parts of a tensor, one after another along an axis. TensorFlow: SplitV.
   *
   * @param sizes the parts' extents along the axis, a vector
   * @param parts their number
   */
  default List<Output> split(Object x, Object sizes, int parts, Object axis) {
    Arguments.requireEach("x, sizes, axis", x, sizes, axis);
    return apply(new SplitV(parts), operand(x), axes(sizes), axis(axis)).outputs();
  }

  private static int parts(Number number) {
    return ShapeArguments.whole(number)
        .filter(parts -> parts == parts.intValue())
        .map(Long::intValue)
        .orElseThrow(
            () -> Refusal.of("Split", "the number of parts must be an int, not %s", number));
  }

  /** Equal parts of the second input along the axis that the first says. */
  record Split(int numSplit) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("split_dim: int32 in index", "value: T").sharing();

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      requireParts(in, numSplit);
      Optional<Long> wished = ShapeVectors.scalar(in, 0);
      Shape part = in.shape(1);
      if (part.isRankKnown() && wished.isPresent()) {
        int axis = in.axis(wished.get(), part.rank());
        long extent = part.dim(axis);
        in.require(
            extent < 0 || extent % numSplit == 0,
            "axis %d of %s does not divide into %d parts",
            axis,
            in.type(1),
            numSplit);
        part = part.with(axis, extent < 0 ? Shape.UNKNOWN : extent / numSplit);
      } else if (part.isRankKnown()) {
        part = Shape.unknown(part.rank());
      }
      return Collections.nCopies(numSplit, in.type(1).withShape(part));
    }

    static void requireParts(Inference in, int parts) {
      in.require(parts >= 1, "there must be 1 part or more, not %d", parts);
    }

    @Override
    public Gradients gradient(Gradient call) {
      Output joined = Ops.of(call.graph()).concat(Joining.gradients(call), call.input(0));
      return Gradients.of(
          List.of(Optional.empty(), Optional.of(joined)), "the axis only says where to cut");
    }

    @Override
    public void lower(Lowering to) {
      lowerParts(to, numSplit, 1, to.constant(0).getLong(0));
    }

    static void lowerParts(Lowering to, int parts, int input, long wished) {
      long[] strides = to.inputType(input).shape().strides();
      int axis = (int) (wished < 0 ? wished + strides.length : wished);
      long offset = 0;
      for (int i = 0; i < parts; i++) {
        Shape part = to.outputType(i).shape();
        to.output(i, to.view(to.input(input), part, View.of(offset, strides)));
        offset += part.dim(axis) * strides[axis];
      }
    }

    static List<Example> examples() {
      return List.of(
          of(Example.accepts(new Split(2)), 0).with(DType.FLOAT32, 4, 3),
          of(Example.accepts(new Split(3)), -1).with(DType.FLOAT64, 2, 3),
          of(Example.accepts(new Split(1)), 0).with(DType.INT32, 2),
          of(Example.accepts(new Split(2)), 1).with(DType.BOOL, 2, 0),
          of(Example.rejects(new Split(2), "axis 1 of float32[4,3] does not divide into 2"), 1)
              .with(DType.FLOAT32, 4, 3),
          of(Example.rejects(new Split(0), "there must be 1 part or more, not 0"), 0)
              .with(DType.FLOAT32, 4),
          of(Example.rejects(new Split(1), "axis 0 is out of range"), 0).with(DType.FLOAT32));
    }

    private static Example of(Example example, int axis) {
      return example.scalar(DType.INT32, axis);
    }
  }

  /** Parts of the first input, of the extents that the second says, along the third, an axis. */
  record SplitV(int numSplit) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("value: T", "size_splits: Tlen in index", "split_dim: int32 in index")
            .sharing();

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Split.requireParts(in, numSplit);
      Optional<long[]> sizes = ShapeVectors.vector(in, 1);
      in.require(
          in.shape(1).isCompatibleWith(Shape.of(numSplit)),
          "takes %d sizes, not %s",
          numSplit,
          in.type(1));
      Optional<Long> wished = ShapeVectors.scalar(in, 2);
      Shape whole = in.shape(0);
      if (!whole.isRankKnown() || wished.isEmpty()) {
        Shape part = whole.isRankKnown() ? Shape.unknown(whole.rank()) : whole;
        return Collections.nCopies(numSplit, in.type(0).withShape(part));
      }
      int axis = in.axis(wished.get(), whole.rank());
      if (sizes.isEmpty()) {
        Shape part = whole.with(axis, Shape.UNKNOWN);
        return Collections.nCopies(numSplit, in.type(0).withShape(part));
      }
      return Arrays.stream(dims(in, sizes.get(), axis, whole.dim(axis)))
          .mapToObj(d -> in.type(0).withShape(whole.with(axis, d)))
          .toList();
    }

    /** Returns the extents of the parts, the open one filled in if the whole is known. */
    private static long[] dims(Inference in, long[] sizes, int axis, long whole) {
      long[] dims = sizes.clone();
      long left = whole;
      int open = -1;
      for (int i = 0; i < dims.length; i++) {
        in.require(
            dims[i] >= -1,
            "sizes must be 0 or more, or -1 for the rest: element [%d] is %d",
            i,
            dims[i]);
        in.require(
            dims[i] >= 0 || open < 0,
            "only one size may be -1, but elements [%d] and [%d] are",
            open,
            i);
        open = dims[i] < 0 ? i : open;
        left = Math.subtractExact(left, Math.max(dims[i], 0));
      }
      in.require(
          whole < 0 || (open < 0 ? left == 0 : left >= 0),
          "the sizes %s do not make up axis %d, which has %d elements",
          Arrays.toString(sizes),
          axis,
          whole);
      if (open >= 0 && whole >= 0) {
        dims[open] = left;
      }
      return dims;
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(Ops.of(call.graph()).concat(Joining.gradients(call), call.input(2)));
    }

    @Override
    public void lower(Lowering to) {
      Split.lowerParts(to, numSplit, 0, to.constant(2).getLong(0));
    }

    static List<Example> examples() {
      return List.of(
          of(Example.accepts(new SplitV(2)).with(DType.FLOAT32, 4, 3), 0, 1, 3),
          of(Example.accepts(new SplitV(3)).with(DType.FLOAT64, 2, 5), -1, 2, -1, 0),
          of(Example.accepts(new SplitV(1)).with(DType.UINT8, 2), 0, -1),
          of(
              Example.rejects(new SplitV(2), "the sizes [1, 2] do not make up axis 0")
                  .with(DType.FLOAT32, 4),
              0,
              1,
              2),
          of(
              Example.rejects(new SplitV(2), "the sizes [5, -1] do not make up axis 0")
                  .with(DType.FLOAT32, 4),
              0,
              5,
              -1),
          of(
              Example.rejects(
                      new SplitV(2), "only one size may be -1, but elements [0] and [1] are")
                  .with(DType.FLOAT32, 4),
              0,
              -1,
              -1),
          of(
              Example.rejects(new SplitV(3), "takes 3 sizes, not int32[2]").with(DType.FLOAT32, 4),
              0,
              2,
              2));
    }

    private static Example of(Example example, int axis, int... sizes) {
      return example.ints(sizes).scalar(DType.INT32, axis);
    }
  }
}
