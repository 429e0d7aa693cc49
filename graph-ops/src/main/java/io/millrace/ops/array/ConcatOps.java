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
import io.millrace.ops.building.ShapeVectors;
import io.millrace.ops.math.Broadcasting;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Putting tensors together along an axis that they have. */
public interface ConcatOps extends Building {

  /**
   * Returns tensors one after another along an existing axis, a number or a scalar tensor.
   * TensorFlow: ConcatV2, or Identity for one tensor.
   */
  default Output concat(List<?> values, Object axis) {
    Arguments.require(axis, "axis");
    Arguments.requireAll(values, "values");
    return joined(operands(values.toArray()), axis(axis));
  }

  private Output joined(List<Output> values, Output axis) {
    if (values.isEmpty()) {
      throw Refusal.of("ConcatV2", "there are no tensors to put together");
    }
    if (values.size() == 1) {
      requireAxis(values.get(0), axis);
      return result(new IdentityOps.Identity(), values.get(0));
    }
    List<Object> inputs = new ArrayList<>(values);
    inputs.add(axis);
    return result(new Concat(false), inputs.toArray());
  }

  /** One tensor alone has to have the axis too, though nothing is put along it. */
  private void requireAxis(Output x, Output axis) {
    Axes.requireScalar("ConcatV2", axis);
    int rank = x.shape().isRankKnown() ? x.shape().rank() : -1;
    graph()
        .staticValue(axis)
        .map(value -> value.getLong(0))
        .filter(place -> rank >= 0 && (place < -rank || place >= rank))
        .ifPresent(
            place -> {
              throw Refusal.of(
                  "ConcatV2", "axis %d is out of range: %s has %s", place, x, Messages.axes(rank));
            });
  }

  /** Tensors one after another along the axis that the last input says, or else the first. */
  record Concat(boolean axisFirst) implements Op {
    private static final Signature FIRST =
        Signature.of("concat_dim: int32 in index", "values: N>=2 * T").told("axisFirst");
    private static final Signature LAST =
        Signature.of("values: N>=2 * T", "axis: Tidx in index").told("axisFirst");

    @Override
    public String type() {
      return axisFirst ? "Concat" : "ConcatV2";
    }

    @Override
    public Signature signature() {
      return axisFirst ? FIRST : LAST;
    }

    /** Returns the position of the axis among so many inputs. */
    private int axis(int inputs) {
      return axisFirst ? 0 : inputs - 1;
    }

    /** Returns the positions of the tensors among so many inputs. */
    private int[] tensors(int inputs) {
      return IntStream.range(0, inputs).filter(i -> i != axis(inputs)).toArray();
    }

    @Override
    public List<TensorType> infer(Inference in) {
      int[] tensors = tensors(in.count());
      Optional<Long> wished = ShapeVectors.scalar(in, axis(in.count()));
      Shape common = Shape.unknown();
      for (int i : tensors) {
        in.require(
            !common.isRankKnown()
                || !in.shape(i).isRankKnown()
                || common.rank() == in.shape(i).rank(),
            "inputs must have the same number of axes, but %s has another",
            in.type(i));
        common = common.isRankKnown() ? common : in.shape(i);
      }
      Shape result =
          !common.isRankKnown()
              ? common
              : wished.isEmpty()
                  ? Shape.unknown(common.rank())
                  : joined(in, tensors, in.axis(wished.get(), common.rank()), common.rank());
      return List.of(in.type(tensors[0]).withShape(result));
    }

    private static Shape joined(Inference in, int[] tensors, int along, int rank) {
      long total = 0;
      Shape others = Shape.unknown(rank);
      for (int i : tensors) {
        Shape shape = in.shape(i).isRankKnown() ? in.shape(i) : Shape.unknown(rank);
        long extent = shape.dim(along);
        total = total < 0 || extent < 0 ? Shape.UNKNOWN : Math.addExact(total, extent);
        Shape rest = shape.with(along, Shape.UNKNOWN);
        in.require(
            rest.isCompatibleWith(others),
            "inputs must agree but for axis %d, and %s does not",
            along,
            in.type(i));
        others = others.merge(rest);
      }
      return others.with(along, total);
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      List<Output> shapes = new ArrayList<>();
      for (int i : tensors(call.inputs())) {
        shapes.add(Broadcasting.shapeOf(call.input(i)));
      }
      int axis = axis(call.inputs());
      List<Object> inputs = new ArrayList<>(shapes);
      inputs.add(0, tf.cast(call.input(axis), DType.INT32));
      List<Output> offsets = tf.apply(new ConcatOffset(), inputs.toArray()).outputs();
      List<Optional<Output>> gradients = new ArrayList<>();
      for (int i = 0; i < shapes.size(); i++) {
        gradients.add(Optional.of(tf.slice(call.gradient(), offsets.get(i), shapes.get(i))));
      }
      gradients.add(axis, Optional.empty());
      return Gradients.of(gradients, "the axis only says how to join");
    }

    /** Copies the tensors side by side. */
    @Override
    public void lower(Lowering to) {
      Shape shape = to.outputType(0).shape();
      int along = Math.floorMod(to.constant(axis(to.inputs())).getLong(0), shape.rank());
      long[] strides = shape.strides();
      Joining joining = new Joining(to);
      long offset = 0;
      for (int i : tensors(to.inputs())) {
        joining.add(to.input(i), View.of(offset, strides));
        offset += strides[along] * to.inputType(i).shape().dim(along);
      }
      joining.finish();
    }

    static List<Example> examples() {
      Op op = new Concat(false);
      Op first = new Concat(true);
      return List.of(
          Example.accepts(op)
              .with(DType.FLOAT32, 2, 3)
              .with(DType.FLOAT32, 4, 3)
              .scalar(DType.INT32, 0),
          Example.accepts(op)
              .with(DType.FLOAT64, 2, 1)
              .with(DType.FLOAT64, 2, 0)
              .with(DType.FLOAT64, 2, 2)
              .scalar(DType.INT64, -1),
          Example.accepts(op).with(DType.BOOL, 2).with(DType.BOOL, 1).scalar(DType.INT32, 0),
          Example.rejects(op, "inputs must agree but for axis 1")
              .with(DType.FLOAT32, 2, 3)
              .with(DType.FLOAT32, 4, 3)
              .scalar(DType.INT32, 1),
          Example.rejects(op, "the same number of axes")
              .with(DType.FLOAT32, 2, 3)
              .with(DType.FLOAT32, 4)
              .scalar(DType.INT32, 0),
          Example.rejects(op, "axis 2 is out of range")
              .with(DType.FLOAT32, 2, 3)
              .with(DType.FLOAT32, 2, 3)
              .scalar(DType.INT32, 2),
          Example.accepts(first)
              .scalar(DType.INT32, -1)
              .with(DType.FLOAT32, 2, 3)
              .with(DType.FLOAT32, 2, 1),
          Example.rejects(first, "inputs must agree but for axis 1")
              .scalar(DType.INT32, 1)
              .with(DType.FLOAT32, 2, 3)
              .with(DType.FLOAT32, 4, 3));
    }
  }

  /** Where each part of a concatenation begins: inputs axis and the parts' shapes. */
  record ConcatOffset() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("concat_dim: int32 in index", "shape: N>=2 * shape_type in index");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Optional<Long> wished = ShapeVectors.scalar(in, 0);
      Shape length = Shape.unknown(1);
      for (int i = 1; i < in.count(); i++) {
        Shape own = in.requireRank(i, 1);
        in.require(
            own.isCompatibleWith(length),
            "the shapes must be alike, but shape 0 is %s and shape %d is %s",
            in.type(1),
            i - 1,
            in.type(i));
        length = length.merge(own);
      }
      List<TensorType> types = new ArrayList<>();
      Shape others = Shape.unknown();
      for (int i = 1; i < in.count(); i++) {
        Shape shape = ShapeVectors.shape(in, i);
        types.add(in.type(i).withShape(length));
        if (wished.isPresent() && shape.isRankKnown()) {
          int axis = in.axis(wished.get(), shape.rank());
          Shape rest = shape.with(axis, Shape.UNKNOWN);
          in.require(
              rest.isCompatibleWith(others),
              "the shapes must agree but for axis %d, and %s does not",
              axis,
              shape);
          others = others.merge(rest);
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
          Example.accepts(op).scalar(DType.INT32, -1).ints(2, 3).ints(2, 4).ints(2, 5),
          Example.rejects(op, "must agree but for axis 1, and [3,3] does not")
              .scalar(DType.INT32, 1)
              .ints(2, 3)
              .ints(3, 3),
          Example.rejects(op, "shape 0 is int32[2] and shape 1 is int32[1]")
              .scalar(DType.INT32, 0)
              .ints(2, 3)
              .ints(2),
          Example.rejects(op, "axis 2 is out of range")
              .scalar(DType.INT32, 2)
              .ints(2, 3)
              .ints(2, 3));
    }
  }
}
