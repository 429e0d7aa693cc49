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
import io.millrace.ops.building.Permutations;
import io.millrace.ops.building.ShapeVectors;
import io.millrace.ops.building.Sizes;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Shapes as tensors. They are known when a run is compiled, and cost nothing when it runs. */
public interface ShapeOps extends Building {

  /** Returns the shape of a tensor as a vector of int32. TensorFlow: Shape. */
  default Output shape(Object x) {
    return shape(x, DType.INT32);
  }

  /** Returns the shape of a tensor as a vector of int32 or int64. TensorFlow: Shape. */
  default Output shape(Object x, DType outType) {
    return result(new Extent(Extent.Kind.SHAPE, outType), x);
  }

  /** Returns the shapes of tensors of one type as vectors of int32. TensorFlow: ShapeN. */
  default List<Output> shapeN(List<?> tensors) {
    Arguments.requireAll(tensors, "tensors");
    return apply(new ShapeN(DType.INT32), tensors.toArray()).outputs();
  }

  /** Returns the shapes of tensors of one type as vectors of int32 or int64. TensorFlow: ShapeN. */
  default List<Output> shapeN(List<?> tensors, DType outType) {
    Arguments.require(outType, "outType");
    Arguments.requireAll(tensors, "tensors");
    return apply(new ShapeN(outType), tensors.toArray()).outputs();
  }

  /** Returns the number of elements of a tensor as an int32 scalar. TensorFlow: Size. */
  default Output size(Object x) {
    return result(new Extent(Extent.Kind.SIZE, DType.INT32), x);
  }

  /** Returns the number of elements of a tensor as an int32 or int64 scalar. TensorFlow: Size. */
  default Output size(Object x, DType outType) {
    return result(new Extent(Extent.Kind.SIZE, outType), x);
  }

  /** Returns the number of axes of a tensor as an int32 scalar. TensorFlow: Rank. */
  default Output rank(Object x) {
    return result(new Extent(Extent.Kind.RANK, DType.INT32), x);
  }

  /** Returns the shape that two shapes, vectors, broadcast to. TensorFlow: BroadcastArgs. */
  default Output broadcastDynamicShape(Object shapeX, Object shapeY) {
    return result(new BroadcastArgs(), shapeX, shapeY);
  }

  /**
   * Returns, for two shapes that broadcast together, the axes of the result along which the first
   * is repeated, and those for the second: gradients are summed along them. TensorFlow:
   * BroadcastGradientArgs.
   */
  default List<Output> broadcastGradientArgs(Object shapeX, Object shapeY) {
    return apply(new BroadcastGradientArgs(), shapeX, shapeY).outputs();
  }

  /** Returns the permutation that undoes one, both vectors. TensorFlow: InvertPermutation. */
  default Output invertPermutation(Object permutation) {
    return result(new InvertPermutation(), permutation);
  }

  /** The shape, size or rank of the input. */
  record Extent(Kind kind, DType outType) implements Op {
    /** What is asked for. */
    public enum Kind {
      SHAPE("Shape", UnaryOperator.identity()),
      SIZE("Size", UnaryOperator.identity()),
      RANK("Rank", signature -> signature.told("outType"));

      private final String type;
      private final Signature signature;

      Kind(String type, UnaryOperator<Signature> written) {
        this.type = type;
        this.signature =
            written.apply(Signature.of("input: T").told("kind").optional("out_type", DType.INT32));
      }
    }

    @Override
    public String type() {
      return kind.type;
    }

    @Override
    public Signature signature() {
      return kind.signature;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      requireOutType(in, outType);
      in.require(kind != Kind.RANK || outType == DType.INT32, "a rank is int32, not %s", outType);
      Shape shape = in.shape(0);
      if (kind == Kind.SIZE && shape.isFullyDefined()) {
        Sizes.requireFits(in, outType, shape.size(), "the size of " + in.type(0));
      }
      if (kind != Kind.SHAPE) {
        return List.of(TensorType.of(outType));
      }
      requireDims(in, outType, shape);
      return List.of(TensorType.of(outType, shape.isRankKnown() ? shape.rank() : Shape.UNKNOWN));
    }

    @Override
    public Optional<Literal> value(Inference in) {
      Shape shape = in.shape(0);
      return (kind == Kind.RANK ? shape.isRankKnown() : shape.isFullyDefined())
          ? Optional.of(literal(shape))
          : Optional.empty();
    }

    static void requireOutType(Inference in, DType outType) {
      in.require(outType.isIndex(), "the result must be int32 or int64, not %s", outType);
    }

    static void requireDims(Inference in, DType outType, Shape shape) {
      for (int axis = 0; shape.isRankKnown() && axis < shape.rank(); axis++) {
        Sizes.requireFits(in, outType, shape.dim(axis), "extent " + axis + " of shape " + shape);
      }
    }

    private Literal literal(Shape shape) {
      if (kind == Kind.RANK) {
        return Literal.scalar(outType, shape.rank());
      }
      if (kind == Kind.SIZE) {
        Literal.Builder size = new Literal.Builder(TensorType.of(outType));
        size.setLong(0, shape.size());
        return size.build();
      }
      return dims(outType, shape);
    }

    static Literal dims(DType outType, Shape shape) {
      Literal.Builder dims = new Literal.Builder(TensorType.of(outType, shape.rank()));
      for (int axis = 0; axis < shape.rank(); axis++) {
        dims.setLong(axis, shape.dim(axis));
      }
      return dims.build();
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its result depends on the shape of its input only");
    }

    @Override
    public void lower(Lowering to) {
      to.output(0, to.literal(literal(to.inputType(0).shape())));
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (Kind kind : Kind.values()) {
        examples.add(Example.accepts(new Extent(kind, DType.INT32)).with(DType.FLOAT32, 2, 3));
        Extent wide = new Extent(kind, DType.INT64);
        examples.add(
            (kind == Kind.RANK
                    ? Example.rejects(wide, "a rank is int32, not int64")
                    : Example.accepts(wide))
                .with(DType.BOOL, 0, 3));
        examples.add(Example.accepts(new Extent(kind, DType.INT32)).with(DType.FLOAT64));
        examples.add(
            Example.rejects(new Extent(kind, DType.FLOAT32), "must be int32 or int64")
                .with(DType.FLOAT32, 2));
      }
      return examples;
    }
  }

  /** The shapes of all inputs. */
  record ShapeN(DType outType) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input: N>=1 * T").optional("out_type", DType.INT32);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Extent.requireOutType(in, outType);
      List<TensorType> types = new ArrayList<>();
      for (int i = 0; i < in.count(); i++) {
        Shape shape = in.shape(i);
        Extent.requireDims(in, outType, shape);
        types.add(TensorType.of(outType, shape.isRankKnown() ? shape.rank() : Shape.UNKNOWN));
      }
      return types;
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its results depend on the shapes of its inputs only");
    }

    @Override
    public void lower(Lowering to) {
      for (int i = 0; i < to.inputs(); i++) {
        to.output(i, to.literal(Extent.dims(outType, to.inputType(i).shape())));
      }
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new ShapeN(DType.INT32)).with(DType.FLOAT32, 2, 3).with(DType.FLOAT32),
          Example.accepts(new ShapeN(DType.INT64)).with(DType.BOOL, 0),
          Example.rejects(new ShapeN(DType.UINT8), "must be int32 or int64")
              .with(DType.FLOAT32, 2));
    }
  }

  /** The shape that two shapes broadcast to. */
  record BroadcastArgs() implements Op {
    private static final Signature SIGNATURE = Signature.of("s0: T in index", "s1: T");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      DType dtype = in.dtype(0);
      ShapeVectors.vector(in, 0);
      ShapeVectors.vector(in, 1);
      in.broadcast(ShapeVectors.shape(in, 0), ShapeVectors.shape(in, 1));
      long x = in.requireRank(0, 1).dim(0);
      long y = in.requireRank(1, 1).dim(0);
      return List.of(TensorType.of(dtype, x < 0 || y < 0 ? Shape.UNKNOWN : Math.max(x, y)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its result is a shape");
    }

    @Override
    public void lower(Lowering to) {
      long[] x = to.constant(0).toLongs();
      long[] y = to.constant(1).toLongs();
      Literal.Builder shape = new Literal.Builder(to.outputType(0));
      int rank = Math.max(x.length, y.length);
      for (int axis = 0; axis < rank; axis++) {
        int inX = axis - rank + x.length;
        int inY = axis - rank + y.length;
        shape.setLong(axis, inX < 0 || (inY >= 0 && x[inX] == 1) ? y[inY] : x[inX]);
      }
      to.output(0, to.literal(shape.build()));
    }

    static List<Example> examples() {
      Op op = new BroadcastArgs();
      return List.of(
          Example.accepts(op).ints(2, 1).ints(3),
          Example.accepts(op).longs(1).longs(4, 1, 0),
          Example.rejects(op, "do not broadcast").ints(2, 3).ints(4),
          Example.rejects(op, "no negative extents: element [0] is -1").ints(-1).ints(1));
    }
  }

  /** The axes along which each of two shapes is repeated in what they broadcast to. */
  record BroadcastGradientArgs() implements Op {
    private static final Signature SIGNATURE = Signature.of("s0: T in index", "s1: T");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      DType dtype = in.dtype(0);
      Optional<long[]> x = ShapeVectors.vector(in, 0);
      Optional<long[]> y = ShapeVectors.vector(in, 1);
      if (x.isEmpty() || y.isEmpty()) {
        TensorType unknown = TensorType.of(dtype, Shape.UNKNOWN);
        return List.of(unknown, unknown);
      }
      in.broadcast(ShapeVectors.shape(in, 0), ShapeVectors.shape(in, 1));
      return List.of(
          TensorType.of(dtype, axes(x.get(), y.get()).size()),
          TensorType.of(dtype, axes(y.get(), x.get()).size()));
    }

    /** Returns the axes where the first is 1 or has none; none at all if the shapes are equal. */
    private static List<Long> axes(long[] x, long[] y) {
      List<Long> axes = new ArrayList<>();
      int rank = Math.max(x.length, y.length);
      for (int axis = 0; axis < rank && !Arrays.equals(x, y); axis++) {
        int own = axis - rank + x.length;
        if (own < 0 || x[own] == 1) {
          axes.add((long) axis);
        }
      }
      return axes;
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its results are axes");
    }

    @Override
    public void lower(Lowering to) {
      long[] x = to.constant(0).toLongs();
      long[] y = to.constant(1).toLongs();
      emit(to, 0, axes(x, y));
      emit(to, 1, axes(y, x));
    }

    private static void emit(Lowering to, int output, List<Long> axes) {
      Literal.Builder literal = new Literal.Builder(to.outputType(output));
      for (int i = 0; i < axes.size(); i++) {
        literal.setLong(i, axes.get(i));
      }
      to.output(output, to.literal(literal.build()));
    }

    static List<Example> examples() {
      Op op = new BroadcastGradientArgs();
      return List.of(
          Example.accepts(op).ints(2, 3).ints(3),
          Example.accepts(op).ints(2, 1, 1).ints(4, 1),
          Example.accepts(op).longs(2, 3).longs(2, 3),
          Example.rejects(op, "do not broadcast").ints(2, 3).ints(4));
    }
  }

  /** The permutation that undoes the input. */
  record InvertPermutation() implements Op {
    private static final Signature SIGNATURE = Signature.of("x: T in index");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      ShapeVectors.vector(in, 0).ifPresent(order -> Permutations.require(in, order));
      return List.of(in.type(0).withShape(in.requireRank(0, 1)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its result is made of positions");
    }

    @Override
    public void lower(Lowering to) {
      Literal order = to.constant(0);
      Literal.Builder inverse = new Literal.Builder(order.type());
      for (int i = 0; i < order.size(); i++) {
        inverse.setLong(order.getLong(i), i);
      }
      to.output(0, to.literal(inverse.build()));
    }

    static List<Example> examples() {
      Op op = new InvertPermutation();
      return List.of(
          Example.accepts(op).ints(2, 0, 1),
          Example.accepts(op).longs(),
          Example.rejects(op, "[0, 2] must hold each number in [0, 2) once: element [1] is 2")
              .ints(0, 2),
          Example.rejects(op, "elements [0] and [2] are both 1").longs(1, 0, 1));
    }
  }
}
