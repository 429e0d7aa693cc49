package io.millrace.ops.array;

import io.millrace.Output;
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
import io.millrace.ops.building.Refusal;
import io.millrace.ops.building.ShapeVectors;
import io.millrace.ops.index.Indexing;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/** Making tensors from little: equal elements, one-hot vectors. */
public interface CreationOps extends Building {

  /** Returns float32 zeros of this shape. TensorFlow: Fill. */
  default Output zeros(long... dims) {
    return zeros(DType.FLOAT32, dims);
  }

  /** Returns zeros (false for booleans) of this type and shape. TensorFlow: Fill. */
  default Output zeros(DType dtype, long... dims) {
    Arguments.requireEach("dtype, dims", dtype, dims);
    return filled(dtype, 0, dims);
  }

  /**
   * Returns float32 zeros of this shape: a Shape, an array or a list of numbers, or a tensor.
   * TensorFlow: Fill.
   */
  default Output zeros(Object shape) {
    return zeros(shape, DType.FLOAT32);
  }

  /** Returns zeros of this shape and type. TensorFlow: Fill. */
  default Output zeros(Object shape, DType dtype) {
    return filled(dtype, 0, shape);
  }

  /** Returns zeros of this type and shape. TensorFlow: Fill. */
  default Output zeros(DType dtype, Object shape) {
    return filled(dtype, 0, shape);
  }

  /** Returns a scalar of this type that is 0. */
  default Output zeros(DType dtype) {
    return filled(dtype, 0, Shape.scalar());
  }

  /** Returns float32 ones of this shape. TensorFlow: Fill. */
  default Output ones(long... dims) {
    return ones(DType.FLOAT32, dims);
  }

  /** Returns ones (true for booleans) of this type and shape. TensorFlow: Fill. */
  default Output ones(DType dtype, long... dims) {
    Arguments.requireEach("dtype, dims", dtype, dims);
    return filled(dtype, 1, dims);
  }

  /**
   * Returns float32 ones of this shape: a Shape, an array or a list of numbers, or a tensor.
   * TensorFlow: Fill.
   */
  default Output ones(Object shape) {
    return ones(shape, DType.FLOAT32);
  }

  /** Returns ones of this shape and type. TensorFlow: Fill. */
  default Output ones(Object shape, DType dtype) {
    return filled(dtype, 1, shape);
  }

  /** Returns ones of this type and shape. TensorFlow: Fill. */
  default Output ones(DType dtype, Object shape) {
    return filled(dtype, 1, shape);
  }

  /** Returns a scalar of this type that is 1. */
  default Output ones(DType dtype) {
    return filled(dtype, 1, Shape.scalar());
  }

  private Output filled(DType dtype, int value, Object shape) {
    Arguments.requireEach("shape, dtype", shape, dtype);
    if (dtype.isHandle()) {
      throw Refusal.of("Fill", "a tensor cannot be %s: handles have no elements", dtype);
    }
    Output element = tf().result(new CoreOps.Constant(Literal.scalar(dtype, value)));
    return result(new Fill(), tf().sizes(shape), element);
  }

  /**
   * Returns zeros of this type and shape, as TensorFlow does where it initialises them. TensorFlow:
   * Empty.
   */
  default Output empty(Object shape, DType dtype) {
    Arguments.requireEach("shape, dtype", shape, dtype);
    return result(new Empty(dtype, true), sizes(shape));
  }

  /** Returns zeros of the type and shape of a tensor. TensorFlow: ZerosLike. */
  default Output zerosLike(Object x) {
    return result(Like.ZEROS, x);
  }

  /** Returns ones of the type and shape of a tensor. TensorFlow: OnesLike. */
  default Output onesLike(Object x) {
    return result(Like.ONES, x);
  }

  /**
   * Returns a tensor with every element equal to a scalar. TensorFlow: Fill.
   *
   * @param dims the shape, a vector of int32 or int64
   */
  default Output fill(Object dims, Object value) {
    Arguments.requireEach("dims, value", dims, value);
    return result(new Fill(), sizes(dims), operand(value));
  }

  /**
   * Returns vectors of float32 with a one at the place that each index names. TensorFlow: OneHot.
   */
  default Output oneHot(Object indices, Object depth) {
    return oneHot(indices, depth, 1f, 0f, -1);
  }

  /**
   * Returns vectors with {@code on} at the place that each index names and {@code off} elsewhere.
   * TensorFlow: OneHot.
   *
   * @param axis where the new axis of extent {@code depth} goes, -1 for the end
   */
  default Output oneHot(Object indices, Object depth, Object on, Object off, int axis) {
    Arguments.requireEach("indices, depth, on, off", indices, depth, on, off);
    List<Output> values = operands(on, off);
    return result(new OneHot(axis), operand(indices), axis(depth), values.get(0), values.get(1));
  }

  /** A scalar repeated: inputs shape and value. */
  record Fill() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("dims: index_type in index", "value: T");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireRank(1, 0);
      return List.of(new TensorType(in.dtype(1), ShapeVectors.shape(in, 0)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(
          List.of(Optional.empty(), Optional.of(Ops.of(call.graph()).reduceSum(call.gradient()))),
          "the shape only sizes the result");
    }

    @Override
    public void lower(Lowering to) {
      to.output(0, to.map(to.outputType(0).shape(), List.of(to.input(1)), s -> s.get(0)));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new Fill()).ints(2, 3).with(DType.FLOAT32),
          Example.accepts(new Fill()).longs(3).with(DType.BOOL),
          Example.accepts(new Fill()).ints().with(DType.INT64),
          Example.accepts(new Fill()).ints(0, 2).with(DType.FLOAT64),
          Example.rejects(new Fill(), "no negative extents: element [0] is -1")
              .ints(-1)
              .with(DType.FLOAT32),
          Example.rejects(new Fill(), "input 1 must be a scalar").ints(2).with(DType.FLOAT32, 2));
    }
  }

  /** Zeros, or ones, of the input's type and shape. */
  enum Like implements Op {
    ZEROS("ZerosLike", 0, Signature.of("x: T in valued")),
    ONES("OnesLike", 1, Signature.of("x: T"));

    private final String type;
    private final double value;
    private final Signature signature;

    Like(String type, double value, Signature signature) {
      this.type = type;
      this.value = value;
      this.signature = signature;
    }

    @Override
    public String type() {
      return type;
    }

    @Override
    public Signature signature() {
      return signature;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(in.type(0));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its result does not depend on the values of its input");
    }

    @Override
    public void lower(Lowering to) {
      if (to.inputType(0).isList()) {
        to.output(0, Indexing.zerosLike(to, to.input(0)));
      } else {
        lowerEqual(to, value);
      }
    }

    static void lowerEqual(Lowering to, double value) {
      TensorType type = to.outputType(0);
      to.output(0, to.map(type.shape(), List.of(to.scalar(type.dtype(), value)), s -> s.get(0)));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(ZEROS).with(DType.FLOAT32, 2, 3),
          Example.accepts(ZEROS).with(DType.BOOL, 2),
          Example.accepts(ZEROS).with(DType.INT32),
          Example.accepts(ZEROS).withList(DType.FLOAT32, 3, 2),
          Example.accepts(ONES).with(DType.FLOAT32, 2, 3),
          Example.accepts(ONES).with(DType.UINT8, 2));
    }
  }

  /** Zeros of the shape that the input says; TensorFlow leaves them uninitialised unless init. */
  record Empty(DType dtype, boolean init) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("shape: int32 in index").optional("init", false);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(new TensorType(dtype, ShapeVectors.shape(in, 0)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its input only sizes the result");
    }

    @Override
    public void lower(Lowering to) {
      Like.lowerEqual(to, 0);
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new Empty(DType.FLOAT32, true)).ints(2, 3),
          Example.accepts(new Empty(DType.BOOL, false)).ints(),
          Example.rejects(new Empty(DType.FLOAT32, true), "no negative extents: element [0] is -2")
              .ints(-2));
    }
  }

  /** One-hot vectors: inputs indices, depth, on and off; an index out of range gives only off. */
  record OneHot(int axis) implements Op {
    private static final Signature SIGNATURE =
        Signature.of(
                "indices: TI in integer", "depth: int32 in index", "on_value: T", "off_value: T")
            .optional("axis", -1);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireRank(2, 0);
      in.requireRank(3, 0);
      long depth = ShapeVectors.scalar(in, 1).orElse(Shape.UNKNOWN);
      in.require(depth >= 0 || in.constant(1).isEmpty(), "depth must be 0 or more, not %d", depth);
      if (!in.shape(0).isRankKnown()) {
        return List.of(new TensorType(in.dtype(2), Shape.unknown()));
      }
      Shape indices = in.shape(0);
      int at = in.newAxis(axis, indices.rank() + 1);
      return List.of(
          new TensorType(
              in.dtype(2),
              indices
                  .slice(0, at)
                  .concat(Shape.of(depth))
                  .concat(indices.slice(at, indices.rank()))));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its indices only select");
    }

    @Override
    public void lower(Lowering to) {
      Shape domain = to.outputType(0).shape();
      int at = axis < 0 ? axis + domain.rank() : axis;
      long[] dense = to.inputType(0).shape().strides();
      long[] strides = new long[domain.rank()];
      for (int i = 0; i < strides.length; i++) {
        strides[i] = i == at ? 0 : dense[i < at ? i : i - 1];
      }
      View scalar = View.of(0, new long[domain.rank()]);
      to.output(
          0,
          to.mapViews(
              domain,
              List.of(to.input(0), to.input(2), to.input(3)),
              List.of(View.of(0, strides), scalar, scalar),
              (b, s) -> s.get(0).cast(DType.INT64).eq(b.index(at)).select(s.get(1), s.get(2))));
    }

    static List<Example> examples() {
      return List.of(
          of(Example.accepts(new OneHot(-1)).within(-1, 4, DType.INT32, 3), 3),
          of(Example.accepts(new OneHot(0)).within(0, 4, DType.INT64, 2, 2), 4),
          of(Example.accepts(new OneHot(1)).within(0, 4, DType.UINT8, 2, 2), 5),
          of(Example.accepts(new OneHot(-1)).within(0, 4, DType.INT32), 0),
          of(Example.rejects(new OneHot(3), "axis 3 is out of range").with(DType.INT32, 2, 2), 2),
          of(Example.rejects(new OneHot(-1), "depth must be 0 or more").with(DType.INT32, 2), -2));
    }

    private static Example of(Example indices, int depth) {
      return indices.scalar(DType.INT32, depth).with(DType.FLOAT32).with(DType.FLOAT32);
    }
  }
}
