package io.millrace.ops.array;

import io.millrace.Output;
import io.millrace.ir.Primitive;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
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
import io.millrace.ops.building.ShapeVectors;
import io.millrace.ops.math.Broadcasting;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Slices with strides, as NumPy's brackets pick them. */
public interface StridedSliceOps extends Building {

  /**
   * Returns the elements that NumPy picks with this text between brackets: {@code
   * tf.stridedSlice(x, "1:, ..., ::-1")} is {@code x[1:, ..., ::-1]}. TensorFlow: StridedSlice.
   *
   * <p>Separated by commas, for each axis in turn: an index, which drops the axis; a range {@code
   * begin:end:stride}, each part of which may be missing or negative; {@code ...} for all axes that
   * no other entry names; {@code newaxis} for a new axis of extent 1.
   *
   * @throws io.millrace.GraphException if an entry is none of these
   */
  default Output stridedSlice(Object x, String entries) {
    Arguments.requireEach("x, entries", x, entries);
    SliceText text = SliceText.parse(entries);
    boolean isWide =
        Stream.of(text.begin(), text.end(), text.strides())
            .flatMapToLong(Arrays::stream)
            .anyMatch(n -> n != (int) n);
    Function<long[], Output> vector = isWide ? this::operand : this::indices;
    return stridedSlice(
        x,
        vector.apply(text.begin()),
        vector.apply(text.end()),
        vector.apply(text.strides()),
        text.masks());
  }

  /** Returns the elements from begin to end of each axis. TensorFlow: StridedSlice. */
  default Output stridedSlice(Object x, Object begin, Object end) {
    Arguments.requireEach("x, begin, end", x, begin, end);
    Output first = operand(begin);
    return stridedSlice(x, first, operand(end, first.dtype()), tf().onesLike(first));
  }

  /** Returns every stride-th element from begin to end of each axis. TensorFlow: StridedSlice. */
  default Output stridedSlice(Object x, Object begin, Object end, Object strides) {
    return stridedSlice(x, begin, end, strides, SliceMasks.none());
  }

  /**
   * Returns every stride-th element from begin, inclusive, to end, exclusive, of each axis.
   * TensorFlow: StridedSlice.
   *
   * <p>Negative positions count from the end of the axis, and ranges end where the axis does. A
   * negative stride walks backwards. Axes that no entry is for are taken whole.
   *
   * @param begin a vector with an entry for each axis
   * @param end a vector
   * @param strides a vector without 0
   * @param masks what entries mean beside that
   */
  default Output stridedSlice(
      Object x, Object begin, Object end, Object strides, SliceMasks masks) {
    Arguments.requireEach("x, begin, end, strides, masks", x, begin, end, strides, masks);
    List<Output> entries = operands(begin, end, strides);
    return result(
        new StridedSlice(masks), operand(x), entries.get(0), entries.get(1), entries.get(2));
  }

  /**
   * Returns, as far as it is known, the shape of what inputs 1 to 3, begin, end and strides, pick
   * of input 0.
   */
  static Shape shape(Inference in, SliceMasks masks) {
    return StridedSlice.box(in, in.shape(0), masks).map(SliceBox::result).orElse(Shape.unknown());
  }

  /**
   * Returns a tensor of this shape that has a value where inputs 1 to 3, begin, end and strides,
   * pick, and zeros elsewhere.
   */
  static Value placed(Lowering to, Shape shape, SliceMasks masks, Value value) {
    SliceBox box = StridedSlice.box(to, shape, masks);
    if (StridedSlice.isFed(to) && shape.rank() > 0) {
      SliceBox now = box.of(value.type().shape());
      FedRanges ranges = new FedRanges(to, shape, now, masks);
      ranges.requireElements();
      ranges.requireExtents(now.box());
      return new FedSlices(to, shape, now.box(), now.strides()).put(value, ranges.starts());
    }
    Shape extent = box.box();
    Primitive.Move.Piece piece =
        new Primitive.Move.Piece(0, extent, View.dense(extent), box.view(shape));
    return to.emit(
        new Primitive.Move(
            extent.size() == 0 ? List.of() : List.of(piece),
            Optional.of(new ScalarFunction.Constant(value.type().dtype(), 0))),
        List.of(value),
        value.type().withShape(shape));
  }

  /** The elements of the first input that the others, begin, end and strides, pick. */
  record StridedSlice(SliceMasks masks) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input: T", "begin: Index in index", "end: Index", "strides: Index").sharing();

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Optional<SliceBox> box = box(in, in.shape(0), masks);
      if (box.isPresent() && in.shape(0).isFullyDefined() && !box.get().isKnown()) {
        box = Optional.of(in.sizes().map(box.get()::with).orElse(box.get()));
      }
      return List.of(in.type(0).withShape(box.map(SliceBox::result).orElse(Shape.unknown())));
    }

    /** Where begin or end is data, a run counts what it takes of each axis. */
    @Override
    public int sizes(List<TensorType> inputs) {
      return inputs.get(0).shape().rank();
    }

    @Override
    public void lowerSizes(Lowering to) {
      Shape shape = to.inputType(0).shape();
      FedRanges ranges = new FedRanges(to, shape, box(to, shape, masks), masks);
      to.output(0, ranges.extents());
      to.output(1, ranges.starts());
    }

    /** Returns what is known of the box that inputs 1 to 3 pick from a tensor. */
    static Optional<SliceBox> box(Inference in, Shape shape, SliceMasks masks) {
      Optional<long[]> begin = ShapeVectors.knownVector(in, 1);
      Optional<long[]> end = ShapeVectors.knownVector(in, 2);
      Optional<long[]> strides = ShapeVectors.vector(in, 3);
      for (int i = 2; i <= 3; i++) {
        in.require(
            in.shape(i).isCompatibleWith(in.shape(1)),
            "begin, end and strides must be alike, not %s, %s and %s",
            in.type(1),
            in.type(2),
            in.type(3));
      }
      return strides.isPresent() && shape.isRankKnown()
          ? Optional.of(SliceBox.of(shape, begin, end, strides.get(), masks))
          : Optional.empty();
    }

    /** Returns what is known of the box that inputs 1 to 3 pick from a tensor. */
    static SliceBox box(Lowering to, Shape shape, SliceMasks masks) {
      return SliceBox.of(
          shape,
          to.known(1).map(Literal::toLongs),
          to.known(2).map(Literal::toLongs),
          to.constant(3).toLongs(),
          masks);
    }

    /** Returns whether a run has to compute where the box is. */
    static boolean isFed(Lowering to) {
      return to.known(1).isEmpty() || to.known(2).isEmpty();
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output begin = call.input(1);
      Output shape = tf.cast(Broadcasting.shapeOf(call.input(0)), begin.dtype());
      Output gradient =
          tf.result(
              new StridedSliceGrad(masks),
              shape,
              begin,
              call.input(2),
              call.input(3),
              call.gradient());
      return Gradients.of(gradient);
    }

    @Override
    public void lower(Lowering to) {
      Shape shape = to.inputType(0).shape();
      SliceBox box = box(to, shape, masks);
      Value picked =
          isFed(to) && shape.rank() > 0
              ? pick(to, box.of(to.outputType(0).shape()))
              : to.view(to.input(0), box.box(), box.view(shape));
      to.output(0, to.reshape(picked, to.outputType(0).shape()));
    }

    private Value pick(Lowering to, SliceBox box) {
      Shape shape = to.inputType(0).shape();
      new FedRanges(to, shape, box, masks).requireElements();
      return new FedSlices(to, shape, box.box(), box.strides()).pick(to.input(0), to.found(1));
    }

    static List<Example> examples() {
      SliceMasks none = SliceMasks.none();
      Op op = new StridedSlice(none);
      Op mixed = new StridedSlice(none.newAxis(0).shrinkAxis(1).ellipsis(2).end(3));
      return List.of(
          of(Example.accepts(op).with(DType.FLOAT32, 5, 4), ints(1, 0), ints(4, -1), ints(2, 1)),
          of(Example.accepts(op).with(DType.FLOAT32, 5), ints(-1), ints(-9), ints(-2)),
          of(Example.accepts(op).with(DType.INT32, 5, 2), ints(7), ints(9), ints(1)),
          of(
              Example.accepts(mixed).with(DType.FLOAT64, 3, 2, 2, 4),
              Literal.ofLongs(0, -1, 0, 1),
              Literal.ofLongs(0, 0, 0, 0),
              Literal.ofLongs(1, 1, 1, 2)),
          of(
              Example.accepts(new StridedSlice(none.begin(0).end(0))).with(DType.BOOL, 3),
              ints(2),
              ints(2),
              ints(-1)),
          of(Example.accepts(op).with(DType.UINT8), ints(), ints(), ints()),
          of(
              Example.rejects(op, "the stride of axis 0 is 0").with(DType.FLOAT32, 3),
              ints(0),
              ints(1),
              ints(0)),
          of(
              Example.rejects(new StridedSlice(none.shrinkAxis(0)), "index 3 is out of range")
                  .with(DType.FLOAT32, 3),
              ints(3),
              ints(4),
              ints(1)),
          of(
              Example.rejects(new StridedSlice(none.shrinkAxis(0)), "its stride must be 1, not -1")
                  .with(DType.FLOAT32, 3),
              ints(0),
              ints(1),
              ints(-1)),
          of(
              Example.rejects(op, "entry 1 is for an axis that [3] does not have")
                  .with(DType.FLOAT32, 3),
              ints(0, 0),
              ints(1, 1),
              ints(1, 1)),
          of(
              Example.rejects(new StridedSlice(none.ellipsis(0, 1)), "one ellipsis only")
                  .with(DType.FLOAT32, 3),
              ints(0, 0),
              ints(0, 0),
              ints(1, 1)));
    }

    static Literal ints(int... values) {
      return Literal.ofInts(values);
    }

    static Example of(Example example, Literal begin, Literal end, Literal strides) {
      return example.with(begin).with(end).with(strides);
    }
  }

  /**
   * The last input at the places of a slice, zeros elsewhere: the first input is the shape, the
   * others are begin, end and strides.
   */
  record StridedSliceGrad(SliceMasks masks) implements Op {
    private static final Signature SIGNATURE =
        Signature.of(
            "shape: Index in index", "begin: Index", "end: Index", "strides: Index", "dy: T");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shape shape = ShapeVectors.shape(in, 0);
      Shape slice =
          StridedSlice.box(in, shape, masks).map(SliceBox::result).orElse(Shape.unknown());
      in.require(
          in.shape(4).isCompatibleWith(slice),
          "the slice has shape %s, but its gradient %s",
          slice,
          in.shape(4));
      return List.of(in.type(4).withShape(shape));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Output slice =
          Ops.of(call.graph())
              .result(
                  new StridedSlice(masks),
                  call.gradient(),
                  call.input(1),
                  call.input(2),
                  call.input(3));
      return Gradients.of(
          List.of(
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.of(slice)),
          "the input only says where the slice lies");
    }

    @Override
    public void lower(Lowering to) {
      to.output(0, placed(to, to.outputType(0).shape(), masks, to.input(4)));
    }

    static List<Example> examples() {
      SliceMasks none = SliceMasks.none();
      Op op = new StridedSliceGrad(none);
      return List.of(
          StridedSlice.of(
                  Example.accepts(op).ints(5, 4),
                  Literal.ofInts(4, 1),
                  Literal.ofInts(0, 9),
                  Literal.ofInts(-2, 1))
              .with(DType.FLOAT32, 2, 3),
          StridedSlice.of(
                  Example.accepts(new StridedSliceGrad(none.shrinkAxis(0).newAxis(1))).longs(2, 3),
                  Literal.ofLongs(-1, 0),
                  Literal.ofLongs(0, 0),
                  Literal.ofLongs(1, 1))
              .with(DType.FLOAT64, 1, 3),
          StridedSlice.of(
                  Example.accepts(op).ints(3),
                  Literal.ofInts(2),
                  Literal.ofInts(1),
                  Literal.ofInts(1))
              .with(DType.INT32, 0),
          StridedSlice.of(
                  Example.rejects(op, "the slice has shape [2], but its gradient [3]").ints(3),
                  Literal.ofInts(0),
                  Literal.ofInts(2),
                  Literal.ofInts(1))
              .with(DType.FLOAT32, 3));
    }
  }
}
