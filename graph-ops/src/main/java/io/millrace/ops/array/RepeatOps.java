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
import io.millrace.ops.building.ShapeVectors;
import io.millrace.ops.math.Broadcasting;
import io.millrace.ops.math.ReductionOps;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/** The same elements several times over. */
public interface RepeatOps extends Building {

  /**
   * Returns the tensor repeated along each axis. TensorFlow: Tile.
   *
   * @param multiples how often, for each axis
   */
  default Output tile(Object x, int... multiples) {
    return result(new Tile(), each("x, multiples", x, multiples));
  }

  /**
   * Returns the tensor repeated along each axis as often as an array, a list or a tensor says.
   * TensorFlow: Tile.
   */
  default Output tile(Object x, Object multiples) {
    Arguments.requireEach("x, multiples", x, multiples);
    return result(new Tile(), operand(x), sizes(multiples));
  }

  /** Returns the tensor repeated to this shape by NumPy's rule. TensorFlow: BroadcastTo. */
  default Output broadcastTo(Object x, long... dims) {
    Arguments.requireEach("x, dims", x, dims);
    return result(new BroadcastTo(), operand(x), indices(dims));
  }

  /**
   * Returns the tensor repeated to this shape: a Shape, an array or a list of numbers, or a tensor.
   * TensorFlow: BroadcastTo.
   */
  default Output broadcastTo(Object x, Object shape) {
    Arguments.requireEach("x, shape", x, shape);
    return result(new BroadcastTo(), operand(x), sizes(shape));
  }

  /** The first input repeated to the shape that the second says. */
  record BroadcastTo() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input: T", "shape: Tidx in index").sharing();

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shape wished = ShapeVectors.shape(in, 1);
      Shape shape = in.broadcast(in.shape(0), wished);
      in.require(
          shape.isCompatibleWith(wished), "%s does not broadcast to %s", in.shape(0), wished);
      return List.of(in.type(0).withShape(shape.merge(wished)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(
          Broadcasting.sumTo(
              call.gradient(), call.input(0), call.output(0), List.of(call.output(0))));
    }

    @Override
    public void lower(Lowering to) {
      to.output(0, to.map(to.outputType(0).shape(), List.of(to.input(0)), s -> s.get(0)));
    }

    static List<Example> examples() {
      Op op = new BroadcastTo();
      return List.of(
          Example.accepts(op).with(DType.FLOAT32, 3).ints(2, 3),
          Example.accepts(op).with(DType.FLOAT32, 2, 1).longs(4, 2, 3),
          Example.accepts(op).with(DType.BOOL).ints(2),
          Example.accepts(op).with(DType.FLOAT64, 1).ints(0),
          Example.rejects(op, "[2] does not broadcast to [1]").with(DType.FLOAT32, 2).ints(1),
          Example.rejects(op, "do not broadcast").with(DType.FLOAT32, 2).ints(3));
    }
  }

  /** The first input repeated along each axis as often as the second says. */
  record Tile() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input: T", "multiples: Tmultiples in index").sharing();

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Optional<long[]> multiples = ShapeVectors.vector(in, 1);
      long rank = in.requireRank(1, 1).dim(0);
      Shape shape = in.shape(0);
      if (!shape.isRankKnown()) {
        return List.of(in.type(0).withShape(in.ofRank(rank)));
      }
      in.require(
          rank < 0 || rank == shape.rank(),
          "the multiples are for %s, but %s has %d",
          Messages.axes(rank),
          in.type(0),
          shape.rank());
      long[] dims = shape.dims();
      for (int axis = 0; axis < dims.length; axis++) {
        long times = multiples.isPresent() ? multiples.get()[axis] : Shape.UNKNOWN;
        in.require(times >= 0 || multiples.isEmpty(), "axis %d is repeated %d times", axis, times);
        dims[axis] =
            times < 0 || dims[axis] < 0 ? Shape.UNKNOWN : Math.multiplyExact(dims[axis], times);
      }
      return List.of(in.type(0).withShape(Shape.of(dims)));
    }

    /** Folds each axis into repetitions and elements, and sums over the repetitions. */
    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output x = call.input(0);
      Output multiples = tf.cast(call.input(1), DType.INT32);
      Output pairs = tf.stack(List.of(multiples, Broadcasting.shapeOf(x)), 1);
      Output folded = tf.reshape(call.gradient(), tf.reshape(pairs, -1));
      Output repetitions = tf.range(0, tf.size(pairs), 2);
      Output sum =
          tf.result(new ReductionOps.Reduce(ReductionOps.Kind.SUM, false), folded, repetitions);
      return Gradients.of(Broadcasting.reshapeLike(sum, x));
    }

    @Override
    public void lower(Lowering to) {
      long[] multiples = to.constant(1).toLongs();
      Shape shape = to.inputType(0).shape();
      long[] domain = new long[2 * multiples.length];
      long[] strides = new long[domain.length];
      for (int axis = 0; axis < multiples.length; axis++) {
        domain[2 * axis] = multiples[axis];
        domain[2 * axis + 1] = shape.dim(axis);
        strides[2 * axis + 1] = shape.strides()[axis];
      }
      Value repeated =
          to.mapViews(
              Shape.of(domain),
              List.of(to.input(0)),
              List.of(View.of(0, strides)),
              (b, s) -> s.get(0));
      to.output(0, to.reshape(repeated, to.outputType(0).shape()));
    }

    static List<Example> examples() {
      Op op = new Tile();
      return List.of(
          Example.accepts(op).with(DType.FLOAT32, 2, 3).ints(2, 1),
          Example.accepts(op).with(DType.FLOAT64, 3).longs(3),
          Example.accepts(op).with(DType.BOOL, 2).ints(0),
          Example.accepts(op).with(DType.INT32).ints(),
          Example.rejects(op, "the multiples are for 1 axis, but float32[2,3] has 2")
              .with(DType.FLOAT32, 2, 3)
              .ints(2),
          Example.rejects(op, "axis 0 is repeated -1 times").with(DType.FLOAT32, 2).ints(-1));
    }
  }
}
