package io.millrace.ops.array;

import io.millrace.Output;
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
import io.millrace.ops.building.Surrounding;
import io.millrace.ops.math.Broadcasting;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Putting equal elements around a tensor. */
public interface PadOps extends Building {

  /**
   * Returns the tensor with zeros before and after the elements of each axis. TensorFlow: Pad.
   *
   * @param paddings for each axis, how many before and after: an array or a tensor
   */
  default Output pad(Object x, Object paddings) {
    return result(new Pad(), each("x, paddings", x, paddings));
  }

  /**
   * Returns the tensor with a scalar before and after the elements of each axis. TensorFlow: PadV2.
   */
  default Output pad(Object x, Object paddings, Object constantValue) {
    Arguments.requireEach("x, paddings, constantValue", x, paddings, constantValue);
    Output input = operand(x);
    return result(
        new PadV2(), input, operand(paddings), operand("PadV2", constantValue, input.dtype()));
  }

  /** The first input with zeros around it, as many as the second says. */
  record Pad() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input: T", "paddings: Tpaddings in index");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(padded(in));
    }

    static TensorType padded(Inference in) {
      Shape pairs = in.requireRank(1, 2);
      in.require(
          pairs.isCompatibleWith(Shape.of(Shape.UNKNOWN, 2)),
          "the paddings must have shape [axes,2], not %s",
          pairs);
      Shape shape = in.shape(0);
      if (!shape.isRankKnown()) {
        return in.type(0).withShape(in.ofRank(pairs.dim(0)));
      }
      in.require(
          pairs.dim(0) < 0 || pairs.dim(0) == shape.rank(),
          "the paddings are for %s, but %s has %d",
          Messages.axes(pairs.dim(0)),
          in.type(0),
          shape.rank());
      Optional<Literal> known = in.constant(1);
      if (known.isEmpty()) {
        return in.type(0).withShape(Shape.unknown(shape.rank()));
      }
      long[] counts = known.get().toLongs();
      long[] dims = shape.dims();
      for (int axis = 0; axis < dims.length; axis++) {
        long before = counts[2 * axis];
        long after = counts[2 * axis + 1];
        in.require(
            before >= 0 && after >= 0,
            "paddings must be 0 or more, but those of axis %d are %d and %d",
            axis,
            before,
            after);
        dims[axis] =
            dims[axis] < 0 ? dims[axis] : Math.addExact(Math.addExact(before, after), dims[axis]);
      }
      return in.type(0).withShape(Shape.of(dims));
    }

    static Output unpadded(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output before = tf.slice(call.input(1), new long[] {0, 0}, new long[] {-1, 1});
      Output shape = Broadcasting.shapeOf(call.input(0));
      return tf.slice(call.gradient(), tf.cast(tf.reshape(before, -1), DType.INT32), shape);
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(unpadded(call));
    }

    @Override
    public void lower(Lowering to) {
      to.output(0, Surrounding.zeros(to, to.input(0), to.constant(1).toLongs()));
    }

    static List<Example> examples() {
      Op op = new Pad();
      return List.of(
          of(Example.accepts(op).with(DType.FLOAT32, 2, 3), 1, 0, 2, 1),
          of(Example.accepts(op).with(DType.INT32, 3), 0, 2),
          of(Example.accepts(op).with(DType.FLOAT64, 0), 1, 1),
          of(Example.accepts(op).with(DType.BOOL, 3), 0, 0),
          of(Example.rejects(op, "are for 1 axis, but").with(DType.FLOAT32, 2, 3), 1, 1),
          of(Example.rejects(op, "axis 0 are 1 and -1").with(DType.FLOAT32, 2), 1, -1));
    }

    static Example of(Example example, int... paddings) {
      return example.with(Literal.ofInts(paddings).reshape(Shape.of(paddings.length / 2, 2)));
    }
  }

  /** The first input with the third, a scalar, around it, as many as the second says. */
  record PadV2() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input: T", "paddings: Tpaddings in index", "constant_values: T");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireRank(2, 0);
      return List.of(Pad.padded(in));
    }

    /** TensorFlow gives the constant no gradient either. */
    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(Pad.unpadded(call));
    }

    @Override
    public void lower(Lowering to) {
      long[] counts = to.constant(1).toLongs();
      to.output(0, Surrounding.with(to, 2, (x, fill) -> Surrounding.fill(to, x, counts, fill)));
    }

    static List<Example> examples() {
      Op op = new PadV2();
      List<Example> examples = new ArrayList<>();
      examples.add(
          Pad.of(Example.accepts(op).with(DType.FLOAT32, 2, 3), 1, 0, 2, 1)
              .scalar(DType.FLOAT32, -1.5));
      examples.add(Pad.of(Example.accepts(op).with(DType.INT64, 3), 0, 2).scalar(DType.INT64, 7));
      return examples;
    }
  }
}
