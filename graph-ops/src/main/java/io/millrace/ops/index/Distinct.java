package io.millrace.ops.index;

import io.millrace.ir.Primitive;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.ops.building.Shapes;
import io.millrace.ops.building.Sizes;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the slices of input 0 along an axis, each once, and where they went. */
interface Distinct extends Op {
  /** Returns whether it is counted too how often each is there. */
  boolean counts();

  /** Returns the type of places and counts. */
  DType outIdx();

  /** Returns the axis. */
  int axis(Lowering to);

  /** Requires places to be of a type that can hold them. */
  static void requirePlaces(Inference in, DType places) {
    in.require(places.isIndex(), "places must be int32 or int64, not %s", places);
    if (in.shape(0).isFullyDefined()) {
      Sizes.requireFits(in, places, in.shape(0).size(), "the size of " + in.type(0));
    }
  }

  /** Returns the types of the slices, of their places, and perhaps of their counts. */
  default List<TensorType> infer(Inference in, Optional<Long> axis) {
    DType places = outIdx();
    requirePlaces(in, places);
    Shapes.requireAxes(in, 0, 1);
    Shape shape = in.shape(0);
    long count = in.size();
    Shape slices = shape.isRankKnown() ? Shape.unknown(shape.rank()) : shape;
    long along = Shape.UNKNOWN;
    if (axis.isPresent() && shape.isRankKnown()) {
      int at = in.axis(axis.get(), shape.rank());
      slices = shape.with(at, count);
      along = shape.dim(at);
    }
    List<TensorType> types = new ArrayList<>();
    types.add(in.type(0).withShape(slices));
    types.add(TensorType.of(places, along));
    if (counts()) {
      types.add(TensorType.of(places, count));
    }
    return types;
  }

  @Override
  default int sizes() {
    return 1;
  }

  /** Counts the slices; {@link #lower} needs too which ones are equal. */
  @Override
  default void lowerSizes(Lowering to) {
    Value firsts = firsts(to, axis(to));
    Value heads = heads(to, firsts);
    to.output(0, Flags.count(to, heads));
    to.output(1, firsts);
    to.output(2, heads);
  }

  /** Returns for each slice where the first one equal to it stands. */
  private static Value firsts(Lowering to, int axis) {
    Shape shape = to.inputType(0).shape();
    Value slices = to.transpose(to.reshape(to.input(0), Shapes.around(shape, axis)), 0, 2, 1);
    Shape split = slices.type().shape();
    Value columns = to.reshape(slices, Shape.of(split.dim(0) * split.dim(1), split.dim(2)));
    return Groups.firsts(to, Groups.ofColumns(to, columns));
  }

  /** Returns for each slice whether it is the first one equal to it. */
  private static Value heads(Lowering to, Value firsts) {
    return to.mapViews(
        firsts.type().shape(),
        List.of(firsts),
        List.of(View.dense(firsts.type().shape())),
        (b, s) -> s.get(0).eq(b.index(0)));
  }

  @Override
  default Gradients gradient(Gradient call) {
    return Gradients.none("what is equal changes abruptly");
  }

  @Override
  default void lower(Lowering to) {
    int axis = axis(to);
    TensorType result = to.outputType(0);
    Shape shape = to.inputType(0).shape();
    long count = result.shape().dim(axis);
    Value firsts = to.found(1);
    Value heads = to.found(2);
    Value kept = Flags.positions(to, heads, count);
    Shape slices = Shapes.around(shape, axis).with(1, count);
    Value picked =
        to.emit(
            new Primitive.Gather(),
            List.of(
                to.reshape(to.input(0), Shape.of(1, slices.dim(0), shape.dim(axis), slices.dim(2))),
                to.reshape(kept, Shape.of(1, count))),
            result.withShape(Shape.of(1).concat(slices)));
    to.output(0, to.reshape(picked, result.shape()));
    Value numbers = Indexing.gather(to, Flags.before(to, heads), 1, firsts);
    to.output(1, to.map(numbers, number -> number.cast(outIdx())));
    if (counts()) {
      to.output(2, Ascending.count(to, numbers, count, outIdx()));
    }
  }
}
