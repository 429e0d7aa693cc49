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
import io.millrace.ops.building.Refusal;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.Collections;
import java.util.List;

/** Putting tensors together along a new axis, and taking them apart again. */
public interface StackOps extends Building {

  /** Returns tensors of one shape one after another along a new first axis. TensorFlow: Pack. */
  default Output stack(List<?> values) {
    return stack(values, 0);
  }

  /** Returns tensors of one shape one after another along a new axis. TensorFlow: Pack. */
  default Output stack(List<?> values, int axis) {
    Arguments.requireAll(values, "values");
    return result(new Pack(axis), values.toArray());
  }

  /** Returns the parts of a tensor along its first axis, without it. TensorFlow: Unpack. */
  default List<Output> unstack(Object x) {
    return unstack(x, 0);
  }

  /**
   * Returns the parts of a tensor along an axis of known extent, without it. TensorFlow: Unpack.
   */
  default List<Output> unstack(Object x, int axis) {
    Output input = operand(x);
    Shape shape = input.shape();
    if (shape.isRankKnown() && (axis < -shape.rank() || axis >= shape.rank())) {
      throw Refusal.of(
          "Unpack",
          "axis %d is out of range: the input %s has %s",
          axis,
          input,
          Messages.axes(shape.rank()));
    }
    boolean known = shape.isRankKnown() && shape.dim(axis) >= 0;
    return apply(new Unpack(known ? Math.toIntExact(shape.dim(axis)) : -1, axis), input).outputs();
  }

  /** Tensors of one shape one after another along a new axis. */
  record Pack(int axis) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("values: N>=1 * T").sharing().optional("axis", 0);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shape shape = Shape.unknown();
      for (int i = 0; i < in.count(); i++) {
        in.require(
            shape.isCompatibleWith(in.shape(i)),
            "inputs must have one shape, but input %d is %s and not %s",
            i,
            in.shape(i),
            shape);
        shape = shape.merge(in.shape(i));
      }
      if (!shape.isRankKnown()) {
        return List.of(in.type(0).withShape(shape));
      }
      int at = in.newAxis(axis, shape.rank() + 1);
      return List.of(
          in.type(0)
              .withShape(
                  shape
                      .slice(0, at)
                      .concat(Shape.of(in.count()))
                      .concat(shape.slice(at, shape.rank()))));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      List<Output> parts = tf.apply(new Unpack(call.inputs(), axis), call.gradient()).outputs();
      return Gradients.of(parts.toArray(new Output[0]));
    }

    @Override
    public void lower(Lowering to) {
      Shape shape = to.outputType(0).shape();
      int at = axis < 0 ? axis + shape.rank() : axis;
      long[] strides = shape.strides();
      Joining joining = new Joining(to);
      for (int i = 0; i < to.inputs(); i++) {
        joining.add(to.input(i), View.of(i * strides[at], Joining.without(strides, at)));
      }
      joining.finish();
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new Pack(0)).with(DType.FLOAT32, 2, 3).with(DType.FLOAT32, 2, 3),
          Example.accepts(new Pack(-1)).with(DType.FLOAT64, 2).with(DType.FLOAT64, 2),
          Example.accepts(new Pack(0)).with(DType.INT32).with(DType.INT32).with(DType.INT32),
          Example.rejects(new Pack(0), "inputs must have one shape")
              .with(DType.FLOAT32, 2)
              .with(DType.FLOAT32, 3),
          Example.rejects(new Pack(2), "axis 2 is out of range").with(DType.FLOAT32, 2));
    }
  }

  /** The {@code num} parts of a tensor along an axis, without it. */
  record Unpack(int num, int axis) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("value: T").sharing().optional("axis", 0);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.require(num >= 0, "the extent of axis %d of %s must be known", axis, in.type(0));
      Shape part = in.shape(0);
      if (part.isRankKnown()) {
        int at = in.axis(axis, part.rank());
        in.require(
            part.dim(at) < 0 || part.dim(at) == num,
            "axis %d has extent %d, not %d",
            axis,
            part.dim(at),
            num);
        part = part.slice(0, at).concat(part.slice(at + 1, part.rank()));
      }
      return Collections.nCopies(num, in.type(0).withShape(part));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(Ops.of(call.graph()).stack(Joining.gradients(call), axis));
    }

    @Override
    public void lower(Lowering to) {
      Shape shape = to.inputType(0).shape();
      int at = axis < 0 ? axis + shape.rank() : axis;
      long[] strides = shape.strides();
      for (int i = 0; i < num; i++) {
        View part = View.of(i * strides[at], Joining.without(strides, at));
        to.output(i, to.view(to.input(0), to.outputType(i).shape(), part));
      }
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new Unpack(2, 0)).with(DType.FLOAT32, 2, 3),
          Example.accepts(new Unpack(3, -1)).with(DType.FLOAT64, 2, 3),
          Example.accepts(new Unpack(1, 0)).with(DType.INT32, 1),
          Example.rejects(new Unpack(-1, 0), "must be known").with(DType.FLOAT32, -1, 3),
          Example.rejects(new Unpack(3, 0), "axis 0 has extent 2, not 3").with(DType.FLOAT32, 2),
          Example.rejects(new Unpack(1, 1), "axis 1 is out of range").with(DType.FLOAT32, 2));
    }
  }
}
