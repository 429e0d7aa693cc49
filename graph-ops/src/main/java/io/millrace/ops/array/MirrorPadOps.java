package io.millrace.ops.array;

import io.millrace.Output;
import io.millrace.ir.Scalar;
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
import io.millrace.ops.building.Segments;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Putting a tensor's mirror image around it. */
public interface MirrorPadOps extends Building {

  /** Where the mirror stands. */
  enum Mode {
    /** On the outermost element: 1 2 3 continues with 2 1. */
    REFLECT,
    /** Beyond the outermost element: 1 2 3 continues with 3 2 1. */
    SYMMETRIC;

    /** Returns how many elements at the border the mirror leaves out. */
    long skipped() {
      return this == REFLECT ? 1 : 0;
    }
  }

  /**
   * Returns the tensor with its mirror image before and after each axis. TensorFlow: MirrorPad.
   *
   * @param paddings for each axis, how many before and after, no more than the mirror shows: an
   *     array or a tensor
   */
  default Output pad(Object x, Object paddings, Mode mode) {
    Arguments.requireEach("x, paddings, mode", x, paddings, mode);
    return result(new MirrorPad(mode), operand(x), operand(paddings));
  }

  /** The first input with its mirror image around it, as much as the second says. */
  record MirrorPad(Mode mode) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input: T", "paddings: Tpaddings in index");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      TensorType padded = PadOps.Pad.padded(in);
      in.constant(1).ifPresent(counts -> requireShown(in, mode, in.shape(0), counts));
      return List.of(padded);
    }

    /** Requires the mirror to show as much of a tensor as is to be put around it. */
    static void requireShown(Inference in, Mode mode, Shape shape, Literal counts) {
      for (int i = 0; i < counts.size() && shape.isRankKnown(); i++) {
        long dim = shape.dim(i / 2);
        in.require(
            dim < 0 || counts.getLong(i) <= dim - mode.skipped(),
            "axis %d has %d elements, so its mirror image has %d, not %d",
            i / 2,
            dim,
            dim - mode.skipped(),
            counts.getLong(i));
      }
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(
          Ops.of(call.graph()).result(new MirrorPadGrad(mode), call.gradient(), call.input(1)));
    }

    @Override
    public void lower(Lowering to) {
      Shape shape = to.inputType(0).shape();
      long[] counts = to.constant(1).toLongs();
      long skipped = mode.skipped();
      Segments pieces = Segments.of(shape, to.outputType(0).shape());
      for (int axis = 0; axis < shape.rank(); axis++) {
        long before = counts[2 * axis];
        long after = counts[2 * axis + 1];
        long dim = shape.dim(axis);
        pieces =
            pieces.cut(
                axis,
                List.of(
                    new Segments.Segment(skipped + before - 1, 0, before, -1),
                    new Segments.Segment(0, before, dim, 1),
                    new Segments.Segment(dim - 1 - skipped, before + dim, after, -1)));
      }
      to.output(0, pieces.move(to, to.input(0), to.outputType(0).shape(), Optional.empty()));
    }

    static List<Example> examples() {
      Op reflect = new MirrorPad(Mode.REFLECT);
      Op symmetric = new MirrorPad(Mode.SYMMETRIC);
      return List.of(
          PadOps.Pad.of(Example.accepts(reflect).with(DType.FLOAT32, 2, 3), 1, 0, 2, 1),
          PadOps.Pad.of(Example.accepts(symmetric).with(DType.FLOAT64, 2, 3), 1, 2, 0, 3),
          PadOps.Pad.of(Example.accepts(symmetric).with(DType.BOOL, 2), 0, 0),
          PadOps.Pad.of(Example.accepts(symmetric).with(DType.UINT8, 0, 1), 0, 0, 1, 1),
          PadOps.Pad.of(
              Example.rejects(reflect, "axis 0 has 3 elements, so its mirror image has 2, not 3")
                  .with(DType.FLOAT32, 3),
              3,
              0),
          PadOps.Pad.of(
              Example.rejects(symmetric, "axis 0 has 3 elements, so its mirror image has 3, not 4")
                  .with(DType.FLOAT32, 3),
              0,
              4),
          PadOps.Pad.of(
              Example.rejects(symmetric, "axis 0 are -1 and 0").with(DType.FLOAT32, 3), -1, 0));
    }
  }

  /** The first input folded at its mirrors and added up; the second says how much is mirrored. */
  record MirrorPadGrad(Mode mode) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input: T in numeric", "paddings: Tpaddings in index");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shape around = PadOps.Pad.padded(in).shape();
      Optional<Literal> counts = in.constant(1);
      if (!in.shape(0).isRankKnown() || counts.isEmpty()) {
        return List.of(in.type(0).withShape(around));
      }
      long[] dims = in.shape(0).dims();
      for (int axis = 0; axis < dims.length; axis++) {
        long mirrored = counts.get().getLong(2L * axis) + counts.get().getLong(2L * axis + 1);
        in.require(
            dims[axis] < 0 || dims[axis] >= mirrored,
            "axis %d has %d elements, but %d are mirrored",
            axis,
            dims[axis],
            mirrored);
        dims[axis] = dims[axis] < 0 ? Shape.UNKNOWN : dims[axis] - mirrored;
      }
      MirrorPad.requireShown(in, mode, Shape.of(dims), counts.get());
      return List.of(in.type(0).withShape(Shape.of(dims)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(
          Ops.of(call.graph()).result(new MirrorPad(mode), call.gradient(), call.input(1)));
    }

    @Override
    public void lower(Lowering to) {
      Value folded = to.input(0);
      long[] counts = to.constant(1).toLongs();
      for (int axis = 0; axis < counts.length / 2; axis++) {
        folded = folded(to, folded, axis, counts[2 * axis], counts[2 * axis + 1]);
      }
      to.output(0, folded);
    }

    private Value folded(Lowering to, Value x, int axis, long before, long after) {
      if (before + after == 0) {
        return x;
      }
      Shape from = x.type().shape();
      long dim = from.dim(axis) - before - after;
      Shape shape = from.with(axis, dim);
      long skipped = mode.skipped();
      List<Value> operands = new ArrayList<>(List.of(x));
      View middle = View.of(before * from.strides()[axis], from.strides());
      List<View> views = new ArrayList<>(List.of(middle));
      for (Segments.Segment image :
          List.of(
              new Segments.Segment(before - 1, skipped, before, -1),
              new Segments.Segment(from.dim(axis) - 1, dim - after - skipped, after, -1))) {
        if (image.extent() > 0) {
          operands.add(placed(to, x, shape, axis, image));
          views.add(View.dense(shape));
        }
      }
      return to.mapViews(
          shape, operands, views, (b, s) -> s.stream().reduce(Scalar::plus).orElseThrow());
    }

    /** Returns one mirror image at its place among zeros. */
    private static Value placed(
        Lowering to, Value x, Shape shape, int axis, Segments.Segment image) {
      Segments pieces = Segments.of(x.type().shape(), shape).cut(axis, List.of(image));
      ScalarFunction.Constant zero = new ScalarFunction.Constant(x.type().dtype(), 0);
      return pieces.move(to, x, shape, Optional.of(zero));
    }

    static List<Example> examples() {
      Op reflect = new MirrorPadGrad(Mode.REFLECT);
      Op symmetric = new MirrorPadGrad(Mode.SYMMETRIC);
      return List.of(
          PadOps.Pad.of(Example.accepts(reflect).with(DType.FLOAT32, 4, 6), 1, 1, 2, 0),
          PadOps.Pad.of(Example.accepts(symmetric).with(DType.FLOAT64, 5, 1), 2, 1, 0, 0),
          PadOps.Pad.of(Example.accepts(symmetric).with(DType.INT32, 6), 2, 2),
          PadOps.Pad.of(
              Example.rejects(reflect, "so its mirror image has 1, not 2").with(DType.FLOAT32, 4),
              2,
              0),
          PadOps.Pad.of(
              Example.rejects(symmetric, "axis 0 has 2 elements, but 3 are mirrored")
                  .with(DType.FLOAT32, 2),
              2,
              1));
    }
  }
}
