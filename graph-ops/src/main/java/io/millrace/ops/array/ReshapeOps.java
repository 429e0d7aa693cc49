package io.millrace.ops.array;

import io.millrace.Output;
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
import io.millrace.ops.math.Broadcasting;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The same elements in other shapes. */
public interface ReshapeOps extends Building {

  /** Returns the same elements in this shape; one extent may be -1. TensorFlow: Reshape. */
  default Output reshape(Object x, long... dims) {
    Arguments.requireEach("x, dims", x, dims);
    return result(new Reshape(), operand(x), indices(dims));
  }

  /**
   * Returns the same elements in this shape: a Shape, an array or a list of numbers, or a tensor.
   * TensorFlow: Reshape.
   */
  default Output reshape(Object x, Object shape) {
    Arguments.requireEach("x, shape", x, shape);
    return result(new Reshape(), operand(x), sizes(shape));
  }

  /** Returns the tensor with a new axis of extent 1 at this place. TensorFlow: ExpandDims. */
  default Output expandDims(Object x, Object axis) {
    Arguments.requireEach("x, axis", x, axis);
    return result(new ExpandDims(), operand(x), axis(axis));
  }

  /** Returns the tensor without its axes of extent 1. TensorFlow: Squeeze. */
  default Output squeeze(Object x) {
    return result(new Squeeze(List.of()), x);
  }

  /** Returns the tensor without these axes, all of extent 1. TensorFlow: Squeeze. */
  default Output squeeze(Object x, int... axes) {
    Arguments.requireEach("x, axes", x, axes);
    List<Integer> list = new ArrayList<>();
    for (int axis : axes) {
      list.add(axis);
    }
    return result(new Squeeze(list), x);
  }

  /** An operation whose result has the elements of its first input. */
  interface Reshaping extends Op {
    @Override
    default Gradients gradient(Gradient call) {
      return Gradients.of(Broadcasting.reshapeLike(call.gradient(), call.input(0)));
    }

    @Override
    default void lower(Lowering to) {
      to.output(0, to.reshape(to.input(0), to.outputType(0).shape()));
    }
  }

  /** The first input in the shape that the second says. */
  record Reshape() implements Reshaping {
    private static final Signature SIGNATURE =
        Signature.of("tensor: T", "shape: Tshape in index").sharing();

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Optional<long[]> wished = ShapeVectors.vector(in, 1);
      if (wished.isEmpty()) {
        return List.of(in.type(0).withShape(ShapeVectors.shape(in, 1)));
      }
      long[] dims = wished.get();
      int open = -1;
      for (int axis = 0; axis < dims.length; axis++) {
        in.require(
            dims[axis] >= -1,
            "extents must be 0 or more, or -1 for what is left: element [%d] is %d",
            axis,
            dims[axis]);
        if (dims[axis] == -1) {
          in.require(
              open < 0, "only one extent may be -1, but elements [%d] and [%d] are", open, axis);
          open = axis;
        }
      }
      Shape from = in.shape(0);
      if (from.isFullyDefined()) {
        Shape filled = open < 0 ? Shape.of(dims) : Shape.of(dims).with(open, rest(from, dims));
        in.require(
            filled.size() == from.size(),
            "%s has %d elements, which do not fill %s",
            in.type(0),
            from.size(),
            Shape.of(dims));
        return List.of(in.type(0).withShape(filled));
      }
      return List.of(in.type(0).withShape(Shape.of(dims)));
    }

    /** Returns the open extent. Where zeros are asked for, those of the input do not count. */
    private static long rest(Shape from, long[] dims) {
      boolean zero = Arrays.stream(dims).anyMatch(d -> d == 0);
      long elements =
          Arrays.stream(from.dims()).filter(d -> d > 0 || !zero).reduce(1, Math::multiplyExact);
      return elements / Arrays.stream(dims).filter(d -> d > 0).reduce(1, Math::multiplyExact);
    }

    static List<Example> examples() {
      Op op = new Reshape();
      return List.of(
          Example.accepts(op).with(DType.FLOAT32, 2, 3).ints(3, 2),
          Example.accepts(op).with(DType.FLOAT32, 2, 3).longs(-1),
          Example.accepts(op).with(DType.BOOL, 1, 1).ints(),
          Example.accepts(op).with(DType.FLOAT64, 0, 3).ints(3, -1),
          Example.accepts(op).with(DType.FLOAT32, 3, 0).ints(-1, 0),
          Example.rejects(op, "has 6 elements, which do not fill [4,?]")
              .with(DType.FLOAT32, 2, 3)
              .ints(4, -1),
          Example.rejects(op, "has 6 elements, which do not fill [7]")
              .with(DType.FLOAT32, 2, 3)
              .ints(7),
          Example.rejects(op, "only one extent may be -1, but elements [0] and [1] are")
              .with(DType.FLOAT32, 2, 3)
              .ints(-1, -1));
    }
  }

  /** The first input with a new axis where the second, a scalar, says. */
  record ExpandDims() implements Reshaping {
    private static final Signature SIGNATURE =
        Signature.of("input: T", "dim: Tdim in index").sharing();

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      long places = in.shape(1).isFullyDefined() ? in.shape(1).size() : 1;
      in.require(places == 1, "the axis must be one number, not %s", in.type(1));
      Optional<Long> wished = in.constant(1).map(c -> c.getLong(0));
      Shape shape = in.shape(0);
      if (!shape.isRankKnown()) {
        return List.of(in.type(0).withShape(Shape.unknown()));
      }
      if (wished.isEmpty()) {
        return List.of(in.type(0).withShape(Shape.unknown(shape.rank() + 1)));
      }
      int axis = in.newAxis(wished.get(), shape.rank() + 1);
      return List.of(
          in.type(0)
              .withShape(
                  shape
                      .slice(0, axis)
                      .concat(Shape.of(1))
                      .concat(shape.slice(axis, shape.rank()))));
    }

    static List<Example> examples() {
      Op op = new ExpandDims();
      return List.of(
          Example.accepts(op).with(DType.FLOAT32, 2, 3).scalar(DType.INT32, 0),
          Example.accepts(op).with(DType.FLOAT32, 2, 3).scalar(DType.INT64, -1),
          Example.accepts(op).with(DType.INT32).ints(0),
          Example.rejects(op, "axis 3 is out of range")
              .with(DType.FLOAT32, 2, 3)
              .scalar(DType.INT32, 3));
    }
  }

  /** The input without some axes of extent 1, without all of them if none are named. */
  record Squeeze(List<Integer> axes) implements Reshaping {
    private static final Signature SIGNATURE =
        Signature.of("input: T")
            .sharing()
            .rename("axes", "squeeze_dims")
            .optional("squeeze_dims", List.of());

    public Squeeze {
      axes = List.copyOf(axes);
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shape shape = in.shape(0);
      if (!shape.isRankKnown()) {
        return List.of(in.type(0));
      }
      TreeSet<Integer> dropped = new TreeSet<>();
      axes.forEach(axis -> dropped.add(in.axis(axis, shape.rank())));
      Shape left = Shape.scalar();
      for (int axis = 0; axis < shape.rank(); axis++) {
        long dim = shape.dim(axis);
        if (axes.isEmpty() && dim < 0) {
          return List.of(in.type(0).withShape(Shape.unknown()));
        }
        if (dropped.contains(axis)) {
          in.require(dim == 1 || dim < 0, "axis %d has extent %d, not 1", axis, dim);
        } else if (!axes.isEmpty() || dim != 1) {
          left = left.concat(Shape.of(dim));
        }
      }
      return List.of(in.type(0).withShape(left));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new Squeeze(List.of())).with(DType.FLOAT32, 1, 2, 1, 3),
          Example.accepts(new Squeeze(List.of(-2))).with(DType.FLOAT32, 1, 2, 1, 3),
          Example.accepts(new Squeeze(List.of(0, 1))).with(DType.INT64, 1, 1),
          Example.rejects(new Squeeze(List.of(1)), "axis 1 has extent 2, not 1")
              .with(DType.FLOAT32, 1, 2),
          Example.rejects(new Squeeze(List.of(2)), "axis 2 is out of range")
              .with(DType.FLOAT32, 1, 2));
    }
  }
}
