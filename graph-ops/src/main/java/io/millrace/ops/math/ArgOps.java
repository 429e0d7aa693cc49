package io.millrace.ops.math;

import io.millrace.Output;
import io.millrace.ir.Reduction;
import io.millrace.ir.Value;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.building.ShapeVectors;
import io.millrace.ops.building.Sizes;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Positions of extreme elements. */
public interface ArgOps extends Building {

  /**
   * Returns the int64 positions of the first greatest elements along axis 0, or of the first NaN.
   * TensorFlow: ArgMax.
   */
  default Output argmax(Object x) {
    return argmax(x, 0);
  }

  /**
   * Returns the int64 positions of the first least elements along axis 0, or of the first NaN.
   * TensorFlow: ArgMin.
   */
  default Output argmin(Object x) {
    return argmin(x, 0);
  }

  /**
   * Returns the int64 positions of the first greatest elements along an axis, or of the first NaN.
   * TensorFlow: ArgMax.
   */
  default Output argmax(Object x, Object axis) {
    return argmax(x, axis, DType.INT64);
  }

  /** Returns the positions of the first greatest elements along an axis. TensorFlow: ArgMax. */
  default Output argmax(Object x, Object axis, DType outputType) {
    Arguments.requireEach("x, axis, outputType", x, axis, outputType);
    return result(new Arg(false, outputType), operand(x), axis(axis));
  }

  /**
   * Returns the int64 positions of the first least elements along an axis, or of the first NaN.
   * TensorFlow: ArgMin.
   */
  default Output argmin(Object x, Object axis) {
    return argmin(x, axis, DType.INT64);
  }

  /** Returns the positions of the first least elements along an axis. TensorFlow: ArgMin. */
  default Output argmin(Object x, Object axis, DType outputType) {
    Arguments.requireEach("x, axis, outputType", x, axis, outputType);
    return result(new Arg(true, outputType), operand(x), axis(axis));
  }

  /** The positions of the first input's extremes along the axis that the second says. */
  record Arg(boolean least, DType outputType) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input: T", "dimension: Tidx in index")
            .told("least")
            .optional("output_type", DType.INT64);

    @Override
    public String type() {
      return least ? "ArgMin" : "ArgMax";
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.require(outputType.isIndex(), "positions must be int32 or int64, not %s", outputType);
      Optional<Long> wished = ShapeVectors.scalar(in, 1);
      Shape shape = in.shape(0);
      if (!shape.isRankKnown()) {
        return List.of(new TensorType(outputType, shape));
      }
      in.require(shape.rank() > 0, "a scalar has no axis to search");
      if (wished.isEmpty()) {
        return List.of(new TensorType(outputType, Shape.unknown(shape.rank() - 1)));
      }
      int axis = in.axis(wished.get(), shape.rank());
      in.require(shape.dim(axis) != 0, "axis %d of %s is empty", axis, in.type(0));
      Sizes.requireFits(in, outputType, shape.dim(axis) - 1, "the last position");
      return List.of(
          new TensorType(
              outputType, shape.slice(0, axis).concat(shape.slice(axis + 1, shape.rank()))));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its result is an integer position");
    }

    @Override
    public void lower(Lowering to) {
      int axis = (int) to.constant(1).getLong(0);
      int rank = to.inputType(0).shape().rank();
      Reduction reduction = least ? Reduction.ARG_MIN : Reduction.ARG_MAX;
      Value position =
          to.reduce(
              reduction,
              List.of(to.input(0)),
              List.of(axis < 0 ? axis + rank : axis),
              false,
              (b, s) -> s.get(0).type() == DType.BOOL ? s.get(0).cast(DType.UINT8) : s.get(0));
      to.output(0, to.map(position, x -> x.cast(outputType)));
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (boolean least : new boolean[] {false, true}) {
        Arg op = new Arg(least, DType.INT64);
        Literal last = Literal.scalar(DType.INT32, -1);
        examples.add(Example.accepts(op).with(DType.FLOAT32, 2, 3).with(last));
        examples.add(
            Example.accepts(new Arg(least, DType.INT32))
                .with(DType.INT32, 4, 2)
                .scalar(DType.INT64, 0));
        examples.add(Example.accepts(op).with(DType.UINT8, 5).with(last));
        examples.add(Example.accepts(op).with(DType.BOOL, 3, 4).with(last));
        examples.add(
            Example.rejects(op, "a scalar has no axis to search").with(DType.FLOAT32).with(last));
        examples.add(Example.rejects(op, "is empty").with(DType.FLOAT32, 2, 0).with(last));
        examples.add(
            Example.rejects(op, "axis 2 is out of range")
                .with(DType.FLOAT32, 2, 3)
                .scalar(DType.INT32, 2));
      }
      return examples;
    }
  }
}
