package io.millrace.ops;

import io.millrace.DType;
import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.Shape;
import io.millrace.TensorType;
import io.millrace.ir.Literal;
import io.millrace.ir.View;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Putting tensors together, and taking them apart. */
public interface JoinOps extends Building {

  /** Returns tensors one after another along an existing axis. TensorFlow: ConcatV2. */
  default Output concat(List<?> values, int axis) {
    List<Object> inputs = new ArrayList<>(operands(values.toArray()));
    inputs.add(operand(axis));
    return result(new ConcatV2(), inputs.toArray());
  }

  /** Returns tensors one after another along an axis that a scalar says. TensorFlow: ConcatV2. */
  default Output concat(List<?> values, Operand axis) {
    List<Object> inputs = new ArrayList<>(operands(values.toArray()));
    inputs.add(axis);
    return result(new ConcatV2(), inputs.toArray());
  }

  /** Returns tensors of one shape one after another along a new first axis. TensorFlow: Pack. */
  default Output stack(List<?> values) {
    return stack(values, 0);
  }

  /** Returns tensors of one shape one after another along a new axis. TensorFlow: Pack. */
  default Output stack(List<?> values, int axis) {
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
    boolean known =
        shape.isRankKnown() && axis >= -shape.rank() && axis < shape.rank() && shape.dim(axis) >= 0;
    return apply(new Unpack(known ? Math.toIntExact(shape.dim(axis)) : -1, axis), input).outputs();
  }

  /** All inputs but the last one after another along the axis that the last says. */
  record ConcatV2() implements Op {
    @Override
    public String type() {
      return "ConcatV2";
    }

    @Override
    public Signature signature() {
      return Signature.of("values: N * T", "axis: Tidx");
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.require(in.count() > 1, "takes at least one tensor and an axis");
      int last = in.count() - 1;
      Optional<Long> wished = ShapeVectors.scalar(in, last);
      Shape common = Shape.unknown();
      for (int i = 0; i < last; i++) {
        in.require(
            in.dtype(i) == in.dtype(0),
            "inputs must have one type, but input 0 is %s and input %d is %s",
            in.type(0),
            i,
            in.type(i));
        in.require(
            !common.isRankKnown()
                || !in.shape(i).isRankKnown()
                || common.rank() == in.shape(i).rank(),
            "inputs must have the same number of axes, but %s has another",
            in.type(i));
        common = common.isRankKnown() ? common : in.shape(i);
      }
      if (!common.isRankKnown() || wished.isEmpty()) {
        return List.of(
            in.type(0).withShape(common.isRankKnown() ? Shape.unknown(common.rank()) : common));
      }
      int axis = in.axis(wished.get(), common.rank());
      long total = 0;
      Shape others = Shape.unknown(common.rank());
      for (int i = 0; i < last; i++) {
        Shape shape = in.shape(i).isRankKnown() ? in.shape(i) : Shape.unknown(common.rank());
        total = total < 0 || shape.dim(axis) < 0 ? Shape.UNKNOWN : total + shape.dim(axis);
        Shape rest = shape.with(axis, Shape.UNKNOWN);
        in.require(
            rest.isCompatibleWith(others),
            "inputs must agree but for axis %d, and %s does not",
            axis,
            in.type(i));
        others = others.merge(rest);
      }
      return List.of(in.type(0).withShape(others.with(axis, total)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      int last = call.inputs() - 1;
      Output axis = call.input(last);
      List<Output> shapes = new ArrayList<>();
      for (int i = 0; i < last; i++) {
        shapes.add(Broadcasting.shapeOf(call.input(i)));
      }
      List<Object> inputs = new ArrayList<>(List.of(tf.cast(axis, DType.INT32)));
      inputs.addAll(shapes);
      List<Output> offsets = tf.apply(new ConcatOffset(), inputs.toArray()).outputs();
      Output[] parts = new Output[last];
      for (int i = 0; i < last; i++) {
        parts[i] = tf.slice(call.gradient(), offsets.get(i), shapes.get(i));
      }
      return Gradients.of(parts);
    }

    @Override
    public void lower(Lowering to) {
      int last = to.inputs() - 1;
      Shape shape = to.outputType(0).shape();
      int axis = (int) to.constant(last).getLong(0);
      int from = axis < 0 ? axis + shape.rank() : axis;
      Joining.lower(to, last, shape.strides(), shape.strides()[from], from);
    }

    static List<Example> examples() {
      Op op = new ConcatV2();
      return List.of(
          Example.accepts(op)
              .with(DType.FLOAT32, 2, 3)
              .with(DType.FLOAT32, 4, 3)
              .with(Literal.scalar(DType.INT32, 0)),
          Example.accepts(op)
              .with(DType.FLOAT64, 2, 1)
              .with(DType.FLOAT64, 2, 0)
              .with(DType.FLOAT64, 2, 2)
              .with(Literal.scalar(DType.INT64, -1)),
          Example.accepts(op).with(DType.BOOL, 2).with(Literal.scalar(DType.INT32, 0)),
          Example.rejects(op, "inputs must agree but for axis 1")
              .with(DType.FLOAT32, 2, 3)
              .with(DType.FLOAT32, 4, 3)
              .with(Literal.scalar(DType.INT32, 1)),
          Example.rejects(op, "the same number of axes")
              .with(DType.FLOAT32, 2, 3)
              .with(DType.FLOAT32, 4)
              .with(Literal.scalar(DType.INT32, 0)),
          Example.rejects(op, "axis 2 is out of range")
              .with(DType.FLOAT32, 2, 3)
              .with(Literal.scalar(DType.INT32, 2)),
          Example.rejects(op, "inputs must have one type")
              .with(DType.FLOAT32, 2)
              .with(DType.INT32, 2)
              .with(Literal.scalar(DType.INT32, 0)));
    }
  }

  /** Where each part of a concatenation begins: inputs axis and the parts' shapes. */
  record ConcatOffset() implements Op {
    @Override
    public String type() {
      return "ConcatOffset";
    }

    @Override
    public Signature signature() {
      return Signature.of("concat_dim: int32", "shape: N * shape_type");
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.require(in.count() > 1, "takes an axis and at least one shape");
      Optional<Long> axis = ShapeVectors.scalar(in, 0);
      List<TensorType> types = new ArrayList<>();
      for (int i = 1; i < in.count(); i++) {
        ShapeVectors.vector(in, i);
        types.add(in.type(i).withShape(in.requireRank(i, 1)));
        long rank = in.requireRank(i, 1).dim(0);
        if (axis.isPresent() && rank >= 0) {
          in.axis(axis.get(), (int) rank);
        }
      }
      return types;
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its results are positions");
    }

    @Override
    public void lower(Lowering to) {
      int rank = (int) to.inputType(1).shape().dim(0);
      int wished = (int) to.constant(0).getLong(0);
      int axis = wished < 0 ? wished + rank : wished;
      long offset = 0;
      for (int part = 0; part < to.inputs() - 1; part++) {
        Literal.Builder begin = new Literal.Builder(to.outputType(part));
        begin.setLong(axis, offset);
        to.output(part, to.literal(begin.build()));
        offset += to.constant(part + 1).getLong(axis);
      }
    }

    static List<Example> examples() {
      Op op = new ConcatOffset();
      return List.of(
          Example.accepts(op)
              .with(Literal.scalar(DType.INT32, -1))
              .with(Literal.ofInts(2, 3))
              .with(Literal.ofInts(2, 4))
              .with(Literal.ofInts(2, 5)),
          Example.rejects(op, "axis 2 is out of range")
              .with(Literal.scalar(DType.INT32, 2))
              .with(Literal.ofInts(2, 3)));
    }
  }

  /** Tensors of one shape one after another along a new axis. */
  record Pack(int axis) implements Op {
    @Override
    public String type() {
      return "Pack";
    }

    @Override
    public Signature signature() {
      return Signature.of("values: N * T").optional("axis", 0);
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.require(in.count() > 0, "takes at least one input");
      in.requireSameDType();
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
      int at = in.axis(axis, shape.rank() + 1);
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
      Joining.lower(to, to.inputs(), Joining.without(strides, at), strides[at], -1);
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new Pack(0)).with(DType.FLOAT32, 2, 3).with(DType.FLOAT32, 2, 3),
          Example.accepts(new Pack(-1)).with(DType.FLOAT64, 2).with(DType.FLOAT64, 2),
          Example.accepts(new Pack(0)).with(DType.INT32).with(DType.INT32).with(DType.INT32),
          Example.rejects(new Pack(0), "inputs must have one shape")
              .with(DType.FLOAT32, 2)
              .with(DType.FLOAT32, 3),
          Example.rejects(new Pack(2), "axis 2 is out of range").with(DType.FLOAT32, 2),
          Example.rejects(new Pack(0), "takes at least one input"));
    }
  }

  /** The {@code num} parts of a tensor along an axis, without it. */
  record Unpack(int num, int axis) implements Op {
    @Override
    public String type() {
      return "Unpack";
    }

    @Override
    public Signature signature() {
      return Signature.of("value: T").optional("axis", 0);
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireCount(1);
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
      List<TensorType> types = new ArrayList<>();
      for (int i = 0; i < num; i++) {
        types.add(in.type(0).withShape(part));
      }
      return types;
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
