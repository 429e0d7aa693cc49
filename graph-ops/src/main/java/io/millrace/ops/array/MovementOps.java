package io.millrace.ops.array;

import io.millrace.Output;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Messages;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Permutations;
import io.millrace.ops.building.ShapeArguments;
import io.millrace.ops.building.ShapeVectors;
import io.millrace.ops.math.Broadcasting;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Moving elements to other places: transposing and slicing. */
public interface MovementOps extends Building {

  /** Returns the tensor with its axes in reverse order. TensorFlow: Transpose. */
  default Output transpose(Object x) {
    Output input = operand(x);
    if (!input.shape().isRankKnown()) {
      Ops tf = tf();
      Output last = tf.subtract(tf.rank(input), 1);
      return result(new Transpose(), input, tf.range(last, -1, -1));
    }
    long[] order = new long[input.shape().rank()];
    Arrays.setAll(order, i -> order.length - 1 - i);
    return result(new Transpose(), input, indices(order));
  }

  /** Returns the tensor with axis {@code order[i]} as its axis i. TensorFlow: Transpose. */
  default Output transpose(Object x, int... order) {
    return transpose(x, (Object) order);
  }

  /** Returns the tensor with its axes in the order that a tensor or a list says: Transpose. */
  default Output transpose(Object x, Object order) {
    Arguments.requireEach("x, order", x, order);
    return result(new Transpose(), operand(x), axes(order));
  }

  /**
   * Returns the elements that begin at these coordinates. TensorFlow: Slice.
   *
   * @param size extents of the result; -1 for as far as the tensor goes
   */
  default Output slice(Object x, long[] begin, long[] size) {
    Arguments.requireEach("x, begin, size", x, begin, size);
    return slice(x, (Object) begin, size);
  }

  /**
   * Returns the elements that begin at given coordinates, of given extents: both arrays, lists or
   * tensors. TensorFlow: Slice.
   */
  default Output slice(Object x, Object begin, Object size) {
    Arguments.requireEach("x, begin, size", x, begin, size);
    Output first = sizes(begin);
    Output extents = sizes(size);
    return result(new Slice(), operand(x), as(first, begin, extents), as(extents, size, first));
  }

  /** Returns sizes as int64 if those beside them are, and they are numbers still. */
  private Output as(Output made, Object given, Output other) {
    return made.dtype() == DType.INT32 && other.dtype() == DType.INT64
        ? ShapeArguments.dims(given).map(dims -> operand(dims, DType.INT64)).orElse(made)
        : made;
  }

  /** The first input with its axes in the order that the second says. */
  record Transpose() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("x: T", "perm: Tperm in index").sharing().alias("ConjugateTranspose");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Optional<long[]> order = ShapeVectors.vector(in, 1).map(Transpose::fromFront);
      long rank = in.shape(0).isRankKnown() ? in.shape(0).rank() : in.requireRank(1, 1).dim(0);
      if (order.isPresent()) {
        long[] axes = order.get();
        in.require(
            rank < 0 || axes.length == rank,
            "%s orders %s, but %s has %d",
            Arrays.toString(axes),
            Messages.axes(axes.length),
            in.type(0),
            rank);
        Permutations.require(in, axes);
      }
      if (order.isEmpty() || !in.shape(0).isRankKnown()) {
        return List.of(in.type(0).withShape(in.ofRank(rank)));
      }
      long[] dims = new long[(int) rank];
      Arrays.setAll(dims, i -> in.shape(0).dim((int) order.get()[i]));
      return List.of(in.type(0).withShape(Shape.of(dims)));
    }

    /** Returns the axes counted from the front. */
    private static long[] fromFront(long[] order) {
      return Arrays.stream(order).map(axis -> axis < 0 ? axis + order.length : axis).toArray();
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      return Gradients.of(
          tf.result(new Transpose(), call.gradient(), tf.invertPermutation(call.input(1))));
    }

    @Override
    public void lower(Lowering to) {
      long[] order = fromFront(to.constant(1).toLongs());
      to.output(
          0, to.transpose(to.input(0), Arrays.stream(order).mapToInt(Math::toIntExact).toArray()));
    }

    static List<Example> examples() {
      Op op = new Transpose();
      return List.of(
          Example.accepts(op).with(DType.FLOAT32, 2, 3).ints(1, 0),
          Example.accepts(op).with(DType.FLOAT32, 2, 3, 4).longs(2, 0, 1),
          Example.accepts(op).with(DType.BOOL).ints(),
          Example.rejects(
                  op,
                  "[0, 0] must hold each number in [0, 2) once: elements [0] and [1] are both 0")
              .with(DType.FLOAT32, 2, 3)
              .ints(0, 0),
          Example.rejects(op, "[0] orders 1 axis, but float32[2,3] has 2")
              .with(DType.FLOAT32, 2, 3)
              .ints(0));
    }
  }

  /** A box of the first input: the second says where it begins, the third its extents. */
  record Slice() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input: T", "begin: Index in index", "size: Index").sharing();

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Optional<long[]> size = ShapeVectors.vector(in, 2);
      // Only where a slice goes to the end does its shape follow from its beginning.
      boolean isOpen = size.isPresent() && Arrays.stream(size.get()).anyMatch(s -> s == -1);
      Optional<long[]> begin =
          isOpen ? ShapeVectors.vector(in, 1) : ShapeVectors.knownVector(in, 1);
      Shape shape = in.shape(0);
      if (!shape.isRankKnown()) {
        long rank = Math.max(in.requireRank(1, 1).dim(0), in.requireRank(2, 1).dim(0));
        shape = in.ofRank(rank);
      }
      if (!shape.isRankKnown()) {
        return List.of(in.type(0).withShape(shape));
      }
      int rank = shape.rank();
      for (int input = 1; input < 3; input++) {
        in.require(
            in.shape(input).isCompatibleWith(Shape.of(rank)),
            "input %d must have one number for each axis of %s",
            input,
            in.type(0));
      }
      long[] dims = Shape.unknown(rank).dims();
      for (int axis = 0; axis < rank; axis++) {
        long from = begin.isPresent() ? begin.get()[axis] : Shape.UNKNOWN;
        long extent = size.isPresent() ? size.get()[axis] : Shape.UNKNOWN;
        long all = shape.dim(axis);
        in.require(
            begin.isEmpty() || from >= 0,
            "axis %d begins at %d, before its first element",
            axis,
            from);
        in.require(extent >= -1, "axis %d has extent %d, less than -1", axis, extent);
        boolean open = size.isPresent() && extent == -1;
        dims[axis] = open && begin.isPresent() && all >= 0 ? all - from : extent;
        in.require(
            all < 0 || (Math.max(0, from) <= all && extent <= all - Math.max(0, from)),
            "axis %d has %d elements, but the slice %shas extent %d",
            axis,
            all,
            begin.isPresent() ? "begins at " + from + " and " : "",
            extent);
      }
      return List.of(in.type(0).withShape(Shape.of(dims)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output begin = call.input(1);
      Output extents = tf.cast(Broadcasting.shapeOf(call.output(0)), begin.dtype());
      return Gradients.of(
          tf.result(
              new StridedSliceOps.StridedSliceGrad(SliceMasks.none()),
              tf.cast(Broadcasting.shapeOf(call.input(0)), begin.dtype()),
              begin,
              tf.add(begin, extents),
              tf.onesLike(begin),
              call.gradient()));
    }

    @Override
    public void lower(Lowering to) {
      Shape shape = to.inputType(0).shape();
      Shape extents = to.outputType(0).shape();
      if (to.known(1).isEmpty() && shape.rank() > 0) {
        Value starts = to.map(to.input(1), s -> s.cast(DType.INT64));
        FedSlices.requireWithin(to, starts, shape, extents);
        long[] ones = new long[shape.rank()];
        Arrays.fill(ones, 1);
        to.output(0, new FedSlices(to, shape, extents, ones).pick(to.input(0), starts));
        return;
      }
      long[] begin = to.constant(1).toLongs();
      long[] strides = shape.strides();
      long offset = 0;
      for (int axis = 0; axis < strides.length; axis++) {
        offset += begin[axis] * strides[axis];
      }
      to.output(0, to.view(to.input(0), extents, View.of(offset, strides)));
    }

    static List<Example> examples() {
      Op op = new Slice();
      return List.of(
          Example.accepts(op).with(DType.FLOAT32, 3, 4).ints(1, 0).ints(2, 3),
          Example.accepts(op).with(DType.FLOAT64, 3, 4).longs(0, 1).longs(-1, -1),
          Example.accepts(op).with(DType.INT32, 3).ints(3).ints(0),
          Example.rejects(op, "axis 0 has 3 elements, but the slice begins at 2 and has extent 2")
              .with(DType.FLOAT32, 3)
              .ints(2)
              .ints(2),
          Example.rejects(op, "must have one number for each axis")
              .with(DType.FLOAT32, 3)
              .ints(0, 0)
              .ints(1, 1));
    }
  }
}
