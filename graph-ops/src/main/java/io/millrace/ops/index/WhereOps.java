package io.millrace.ops.index;

import io.millrace.Output;
import io.millrace.ir.BinaryFn;
import io.millrace.ir.Scalar;
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
import io.millrace.ops.array.Axes;
import io.millrace.ops.building.Refusal;
import io.millrace.ops.building.ShapeArguments;
import io.millrace.ops.building.Shapes;
import io.millrace.ops.math.Broadcasting;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/** Finding and picking the elements for which something holds: data decide how many there are. */
public interface WhereOps extends Building {

  /**
   * Returns the coordinates of the elements that are true or not zero, in order. TensorFlow: Where.
   *
   * @param condition boolean or numeric, with at least one axis
   * @return int64, {@code [elements found, axes]}
   */
  default Output where(Object condition) {
    return result(new Where(), operand(condition));
  }

  /** Returns the slices along the first axes for which the mask is true. */
  default Output booleanMask(Object tensor, Object mask) {
    return booleanMask(tensor, mask, 0);
  }

  /**
   * Returns the slices along some axes for which the mask is true, one after another. TensorFlow:
   * tf.boolean_mask, which is Where and GatherV2.
   *
   * <p>The shapes are compared when the graph is built or, where only a run knows them, by the run:
   * a mask of another shape is refused, even if it is too short only.
   *
   * @param mask booleans, of the shape of these axes of the tensor; its rank must be known
   * @param axis the first of these axes; counts from the end if negative
   * @return the tensor with these axes replaced by one
   */
  default Output booleanMask(Object tensor, Object mask, Object axis) {
    Arguments.requireEach("tensor, mask, axis", tensor, mask, axis);
    Output x = operand(tensor);
    Output flags = operand("booleanMask", mask, DType.BOOL);
    if (!flags.shape().isRankKnown() || flags.shape().rank() == 0) {
      throw Refusal.of("booleanMask", "the mask must have a known number of axes, not %s", flags);
    }
    Optional<Long> number = ShapeArguments.whole(axis);
    Optional<Output> at =
        number.isPresent()
            ? Optional.empty()
            : Optional.of(Axes.requireScalar("booleanMask", axis(axis)));
    Optional<Long> known =
        number.or(() -> at.flatMap(graph()::staticValue).map(value -> value.getLong(0)));
    boolean fits = known.isPresent() && fits(x, flags, known.get());
    int masked = flags.shape().rank();
    return scope(
        "boolean_mask",
        () -> {
          Ops tf = tf();
          Output shape = Broadcasting.shapeOf(x);
          Output first =
              known
                  .map(place -> tf.axis(place < 0 ? place + x.shape().rank() : place))
                  .orElseGet(() -> Axes.fromFront(tf, x, at.orElseThrow()));
          Output start = tf.expandDims(first, 0);
          Output before = tf.slice(shape, tf.indices(0), start);
          Output along = tf.slice(shape, start, tf.indices(masked));
          Output after = tf.slice(shape, tf.add(start, masked), tf.indices(-1));
          Output size = tf.reduceProd(along, true, 0);
          Output rows = tf.reshape(x, tf.concat(List.of(before, size, after), 0));
          Output checked = fits ? flags : maskOf(along, flags);
          Output found = tf.squeeze(tf.where(tf.reshape(checked, -1)), 1);
          return tf.gather(rows, found, first);
        });
  }

  /** Returns whether a mask is known to fit; refuses one that is known not to. */
  private static boolean fits(Output x, Output flags, long axis) {
    if (!x.shape().isRankKnown()) {
      if (axis < 0) {
        throw Refusal.of("booleanMask", "axis %d of %s needs a known number of axes", axis, x);
      }
      return false;
    }
    int masked = flags.shape().rank();
    long first = axis < 0 ? axis + x.shape().rank() : axis;
    if (first < 0
        || first + masked > x.shape().rank()
        || !x.shape().slice((int) first, (int) first + masked).isCompatibleWith(flags.shape())) {
      throw Refusal.of(
          "booleanMask", "the mask %s does not fit %s from axis %d on", flags, x, axis);
    }
    return flags.shape().isFullyDefined()
        && x.shape().slice((int) first, (int) first + masked).equals(flags.shape());
  }

  /** Returns the mask; a run in which it has not this shape is refused, and names it. */
  private Output maskOf(Output shape, Output mask) {
    Ops tf = tf();
    Output all = tf.fill(shape, true);
    return tf.withName("mask").select(tf.cast(mask, DType.BOOL), all, tf.logicalNot(all));
  }

  /** The coordinates of the elements that are not zero. */
  record Where() implements Op {
    private static final Signature SIGNATURE = Signature.of("input: T");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public int sizes() {
      return 1;
    }

    @Override
    public void lowerSizes(Lowering to) {
      Value x = to.input(0);
      boolean given = x.type().dtype() == DType.BOOL;
      Value flags =
          Indexing.flat(to, given ? x : to.map(x, e -> e.apply(BinaryFn.NE, e.constant(0))));
      to.output(0, Flags.count(to, flags));
      to.output(1, flags);
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shapes.requireAxes(in, 0, 1);
      Shape shape = in.shape(0);
      return List.of(
          TensorType.of(
              DType.INT64, in.size(), shape.isRankKnown() ? shape.rank() : Shape.UNKNOWN));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its results are positions");
    }

    @Override
    public void lower(Lowering to) {
      Shape from = to.inputType(0).shape();
      TensorType result = to.outputType(0);
      Value positions = Flags.positions(to, to.found(1), result.shape().dim(0));
      if (from.rank() == 1) {
        to.output(0, to.reshape(positions, result.shape()));
        return;
      }
      View rows = View.of(0, 1, 0);
      View axes = View.of(0, 0, 1);
      to.output(
          0,
          to.mapViews(
              result.shape(),
              List.of(
                  positions,
                  to.literal(Literal.ofLongs(from.strides())),
                  to.literal(Literal.ofLongs(from.dims()))),
              List.of(rows, axes, axes),
              (b, s) -> {
                Scalar along = s.get(0).dividedBy(s.get(1));
                return along.apply(BinaryFn.FLOOR_MOD, s.get(2));
              }));
    }

    static List<Example> examples() {
      Op op = new Where();
      return List.of(
          Example.accepts(op).with(DType.BOOL, 7),
          Example.accepts(op).with(DType.BOOL, 3, 2, 4),
          Example.accepts(op).within(-1, 2, DType.INT32, 3, 3),
          Example.accepts(op).within(0, 2, DType.UINT8, 5),
          Example.accepts(op).with(Literal.fill(TensorType.of(DType.FLOAT32, 2, 2), Double.NaN)),
          Example.accepts(op).with(Literal.fill(TensorType.of(DType.FLOAT64, 4), -0.0)),
          Example.accepts(op).with(DType.BOOL, 2, 0, 3),
          Example.rejects(op, "must have at least 1 axis").with(DType.BOOL));
    }
  }
}
