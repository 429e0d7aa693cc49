package io.millrace.ops.array;

import io.millrace.Output;
import io.millrace.ir.BinaryFn;
import io.millrace.ir.Primitive;
import io.millrace.ir.Scalar;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Segments;
import io.millrace.ops.building.Shapes;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/** Shifting elements along axes, those that leave at one end entering at the other. */
public interface RollOps extends Building {

  /**
   * Returns the tensor with its elements shifted along axes. TensorFlow: Roll.
   *
   * @param shift by how many places: a scalar, or a vector with one number an axis
   * @param axis along which axis or, a vector, axes; shifts along the same axis add up
   */
  default Output roll(Object x, Object shift, Object axis) {
    return result(new Roll(), each("x, shift, axis", x, shift, axis));
  }

  /** The first input shifted by the second along the axes that the third says. */
  record Roll() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input: T", "shift: Tshift in index", "axis: Taxis in index");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shape shape = in.shape(0);
      in.require(!shape.isRankKnown() || shape.rank() > 0, "a scalar has no axis to shift along");
      for (int i = 1; i <= 2; i++) {
        in.require(
            !in.shape(i).isRankKnown() || in.shape(i).rank() <= 1,
            "shift and axis must be scalars or vectors, not %s",
            in.type(i));
      }
      in.require(
          in.shape(1).isCompatibleWith(in.shape(2)),
          "there must be a shift for each axis, but shift is %s and axis %s",
          in.type(1),
          in.type(2));
      Optional<Literal> axes = in.constant(2);
      if (axes.isPresent() && shape.isRankKnown()) {
        for (long axis : axes.get().toLongs()) {
          in.axis(axis, shape.rank());
        }
      }
      return List.of(in.type(0));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      return Gradients.of(tf.roll(call.gradient(), tf.negative(call.input(1)), call.input(2)));
    }

    @Override
    public void lower(Lowering to) {
      Shape shape = to.inputType(0).shape();
      if (shape.size() == 0) {
        to.output(0, to.input(0));
        return;
      }
      long[] axes = to.constant(2).toLongs();
      if (to.known(1).isEmpty()) {
        to.output(0, rolled(to, shape, axes));
        return;
      }
      long[] shifts = new long[shape.rank()];
      for (int i = 0; i < axes.length; i++) {
        int axis = (int) (axes[i] < 0 ? axes[i] + shifts.length : axes[i]);
        long extent = shape.dim(axis);
        long places = Math.floorMod(to.constant(1).getLong(i), extent);
        shifts[axis] = Math.floorMod(shifts[axis] + places, extent);
      }
      Segments pieces = Segments.of(shape, shape);
      for (int axis = 0; axis < shifts.length; axis++) {
        long stays = shape.dim(axis) - shifts[axis];
        pieces =
            pieces.cut(
                axis,
                List.of(
                    new Segments.Segment(0, shifts[axis], stays, 1),
                    new Segments.Segment(stays, 0, shifts[axis], 1)));
      }
      to.output(0, pieces.move(to, to.input(0), to.outputType(0).shape(), Optional.empty()));
    }

    /** Shifts along one axis after another by numbers that the run has. */
    private static Value rolled(Lowering to, Shape shape, long[] axes) {
      Value shifts = to.reshape(to.input(1), Shape.of(axes.length));
      Value x = to.input(0);
      for (int i = 0; i < axes.length; i++) {
        Shape split = Shapes.around(shape, (int) (axes[i] < 0 ? axes[i] + shape.rank() : axes[i]));
        long extent = split.dim(1);
        Value sources =
            to.mapViews(
                Shape.of(1, extent),
                List.of(shifts),
                List.of(View.of(i, 0, 0)),
                (b, s) -> {
                  Scalar all = b.literal(DType.INT64, extent);
                  Scalar places = s.get(0).cast(DType.INT64).apply(BinaryFn.FLOOR_MOD, all);
                  return b.index(1).minus(places).apply(BinaryFn.FLOOR_MOD, all);
                });
        Value rows = to.reshape(x, Shape.of(1, split.dim(0), extent, split.dim(2)));
        x = to.emit(new Primitive.Gather(), List.of(rows, sources), rows.type());
      }
      return to.reshape(x, shape);
    }

    static List<Example> examples() {
      Op op = new Roll();
      return List.of(
          Example.accepts(op).with(DType.FLOAT32, 5).scalar(DType.INT32, 2).scalar(DType.INT32, 0),
          Example.accepts(op).with(DType.FLOAT64, 3, 4).longs(-1, 6, 2).ints(0, -1, 0),
          Example.accepts(op).with(DType.BOOL, 2, 0).ints(1).longs(1),
          Example.accepts(op).with(DType.INT32, 3).ints().ints(),
          Example.rejects(op, "axis 1 is out of range").with(DType.FLOAT32, 5).ints(1).ints(1),
          Example.rejects(op, "a shift for each axis").with(DType.FLOAT32, 5, 2).ints(1).ints(0, 1),
          Example.rejects(op, "a scalar has no axis").with(DType.FLOAT32).ints(1).ints(0));
    }
  }
}
