package io.millrace.ops.array;

import io.millrace.Output;
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
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.TreeSet;

/** The elements of axes in the opposite order. */
public interface ReverseOps extends Building {

  /** Returns the tensor with the elements along these axes reversed. TensorFlow: ReverseV2. */
  default Output reverse(Object x, int... axes) {
    return reverse(x, (Object) axes);
  }

  /** Returns the tensor with the axes reversed that a tensor or a list says: ReverseV2. */
  default Output reverse(Object x, Object axes) {
    Arguments.requireEach("x, axes", x, axes);
    return result(new ReverseV2(), operand(x), axes(axes));
  }

  /** The first input with the axes reversed that the second says. */
  record ReverseV2() implements Op {
    private static final Signature SIGNATURE = Signature.of("tensor: T", "axis: Tidx in index");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shape shape = in.shape(0);
      ShapeVectors.vector(in, 1)
          .filter(axes -> shape.isRankKnown())
          .ifPresent(
              axes -> {
                TreeSet<Integer> reversed = new TreeSet<>();
                for (long axis : axes) {
                  in.require(
                      reversed.add(in.axis(axis, shape.rank())), "axis %d is named twice", axis);
                }
              });
      return List.of(in.type(0));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(
          Ops.of(call.graph()).result(new ReverseV2(), call.gradient(), call.input(1)));
    }

    @Override
    public void lower(Lowering to) {
      boolean[] reversed = new boolean[to.inputType(0).shape().rank()];
      for (long axis : to.constant(1).toLongs()) {
        reversed[(int) (axis < 0 ? axis + reversed.length : axis)] = true;
      }
      lowerReversed(to, reversed);
    }

    static void lowerReversed(Lowering to, boolean[] reversed) {
      Shape shape = to.inputType(0).shape();
      long[] strides = shape.strides();
      long first = 0;
      for (int axis = 0; axis < strides.length; axis++) {
        if (reversed[axis] && shape.dim(axis) > 1) {
          first += (shape.dim(axis) - 1) * strides[axis];
          strides[axis] = -strides[axis];
        }
      }
      to.output(0, to.view(to.input(0), shape, View.of(first, strides)));
    }

    static List<Example> examples() {
      Op op = new ReverseV2();
      return List.of(
          Example.accepts(op).with(DType.FLOAT32, 2, 3).ints(1),
          Example.accepts(op).with(DType.FLOAT64, 2, 3, 2).longs(0, -1),
          Example.accepts(op).with(DType.BOOL, 0, 3).ints(0),
          Example.accepts(op).with(DType.UINT8).ints(),
          Example.rejects(op, "axis -1 is named twice").with(DType.FLOAT32, 2, 3).ints(1, -1),
          Example.rejects(op, "axis 2 is out of range").with(DType.FLOAT32, 2, 3).ints(2));
    }
  }

  /** The first input with those axes reversed for which the second, booleans, is true. */
  record Reverse() implements Op {
    private static final Signature SIGNATURE = Signature.of("tensor: T", "dims: bool");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shape shape = in.shape(0);
      long axes = in.requireRank(1, 1).dim(0);
      in.require(
          axes < 0 || !shape.isRankKnown() || axes == shape.rank(),
          "dims are for %s, but %s has another number",
          Messages.axes(axes),
          in.type(0));
      return List.of(in.type(0).withShape(shape.isRankKnown() ? shape : in.ofRank(axes)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(
          Ops.of(call.graph()).result(new Reverse(), call.gradient(), call.input(1)));
    }

    @Override
    public void lower(Lowering to) {
      long[] dims = to.constant(1).toLongs();
      boolean[] reversed = new boolean[dims.length];
      for (int axis = 0; axis < dims.length; axis++) {
        reversed[axis] = dims[axis] != 0;
      }
      ReverseV2.lowerReversed(to, reversed);
    }

    static List<Example> examples() {
      Op op = new Reverse();
      return List.of(
          Example.accepts(op).with(DType.FLOAT32, 2, 3).with(flags(0, 1)),
          Example.accepts(op).with(DType.INT64, 3).with(flags(1)),
          Example.accepts(op).with(DType.BOOL, 2, 0).with(flags(1, 1)),
          Example.rejects(op, "dims are for 1 axis, but float32[2,3] has another number")
              .with(DType.FLOAT32, 2, 3)
              .with(flags(1)));
    }

    private static Literal flags(int... values) {
      Literal.Builder flags = new Literal.Builder(TensorType.of(DType.BOOL, values.length));
      for (int i = 0; i < values.length; i++) {
        flags.setLong(i, values[i]);
      }
      return flags.build();
    }
  }
}
