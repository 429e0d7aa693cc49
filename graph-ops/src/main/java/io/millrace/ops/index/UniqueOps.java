package io.millrace.ops.index;

import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ir.Primitive;
import io.millrace.ir.UnaryFn;
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
import io.millrace.ops.UniqueValues;
import io.millrace.ops.ValuesAndIndices;
import io.millrace.ops.building.ShapeVectors;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What tensors hold, each thing once, in the order of first occurrence. Zeros are equal whatever
 * their sign; each NaN is a thing of its own.
 */
public interface UniqueOps extends Building {

  /**
   * Returns the elements of a vector, each once, and for each element its place among them, int32.
   * TensorFlow: Unique.
   */
  default ValuesAndIndices unique(Object x) {
    Operation unique = apply(new Unique(false, DType.INT32), operand(x));
    return new ValuesAndIndices(unique.output(0), unique.output(1));
  }

  /**
   * Returns the slices along an axis, each once, and for each slice its place among them, int32.
   * TensorFlow: UniqueV2.
   */
  default ValuesAndIndices unique(Object x, Object axis) {
    Arguments.requireEach("x, axis", x, axis);
    Output along = tf().reshape(axis(axis), 1);
    Operation unique = apply(new UniqueV2(false, DType.INT32), operand(x), along);
    return new ValuesAndIndices(unique.output(0), unique.output(1));
  }

  /**
   * Returns the elements of a vector, each once, for each element its place among them, and how
   * often each is there, int32. TensorFlow: UniqueWithCounts.
   */
  default UniqueValues uniqueWithCounts(Object x) {
    Operation unique = apply(new Unique(true, DType.INT32), operand(x));
    return new UniqueValues(unique.output(0), unique.output(1), unique.output(2));
  }

  /**
   * Returns the elements of the vector x that are not in the vector y, in order and as often as
   * they are there, and their places in x, int32. TensorFlow: ListDiff (tf.setdiff1d).
   */
  default ValuesAndIndices setdiff1d(Object x, Object y) {
    Arguments.requireEach("x, y", x, y);
    Output first = operand(x);
    Operation left = apply(new ListDiff(DType.INT32), first, operand(y, first.dtype()));
    return new ValuesAndIndices(left.output(0), left.output(1));
  }

  /** The elements of a vector, each once, and where they went. */
  record Unique(boolean counts, DType outIdx) implements Distinct {
    private static final Signature SIGNATURE =
        Signature.of("x: T").told("counts").optional("out_idx", DType.INT32);

    @Override
    public String type() {
      return counts ? "UniqueWithCounts" : "Unique";
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public int axis(Lowering to) {
      return 0;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireRank(0, 1);
      return infer(in, Optional.of(0L));
    }

    static List<Example> examples() {
      Op op = new Unique(false, DType.INT32);
      Op counting = new Unique(true, DType.INT64);
      return List.of(
          Example.accepts(op).within(0, 4, DType.INT32, 9),
          Example.accepts(op).with(DType.BOOL, 5),
          Example.accepts(new Unique(false, DType.INT64)).with(DType.FLOAT64, 4),
          Example.accepts(op).with(Literal.fill(TensorType.of(DType.FLOAT32, 3), Double.NaN)),
          Example.accepts(op).with(DType.INT64, 0),
          Example.accepts(counting).within(0, 3, DType.UINT8, 8),
          Example.accepts(new Unique(true, DType.INT32)).with(DType.FLOAT32, 0),
          Example.rejects(op, "must have 1 axis").with(DType.FLOAT32, 2, 2),
          Example.rejects(new Unique(false, DType.UINT8), "places must be int32 or int64")
              .with(DType.FLOAT32, 2));
    }
  }

  /** The slices of the first input along the axis that the second says, each once. */
  record UniqueV2(boolean counts, DType outIdx) implements Distinct {
    private static final Signature SIGNATURE =
        Signature.of("x: T", "axis: Taxis in index")
            .told("counts")
            .optional("out_idx", DType.INT32);

    @Override
    public String type() {
      return counts ? "UniqueWithCountsV2" : "UniqueV2";
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public int axis(Lowering to) {
      Literal axis = to.constant(1);
      return axis.size() == 0
          ? 0
          : Math.floorMod((int) axis.getLong(0), to.inputType(0).shape().rank());
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Optional<long[]> axis = ShapeVectors.vector(in, 1);
      axis.ifPresent(
          a -> {
            in.require(a.length < 2, "takes one axis at most, not %d", a.length);
            if (a.length == 0) {
              in.requireRank(0, 1);
            }
          });
      return infer(in, axis.map(a -> a.length == 0 ? 0 : a[0]));
    }

    static List<Example> examples() {
      Op op = new UniqueV2(false, DType.INT32);
      Op counting = new UniqueV2(true, DType.INT64);
      return List.of(
          Example.accepts(op).within(0, 2, DType.INT32, 6, 3).ints(0),
          Example.accepts(op).with(DType.BOOL, 2, 7, 2).longs(1),
          Example.accepts(op).with(DType.FLOAT32, 2, 3).ints(-1),
          Example.accepts(op).within(0, 3, DType.UINT8, 6).ints(),
          Example.accepts(op).with(DType.FLOAT64, 3, 0).ints(0),
          Example.accepts(op).with(DType.FLOAT64, 0, 3).ints(0),
          Example.accepts(counting).within(0, 2, DType.INT64, 5, 2).ints(0),
          Example.rejects(op, "takes one axis at most, not 2").with(DType.FLOAT32, 2, 2).ints(0, 1),
          Example.rejects(op, "must have 1 axis").with(DType.FLOAT32, 2, 2).ints(),
          Example.rejects(op, "axis 2 is out of range").with(DType.FLOAT32, 2, 2).ints(2));
    }
  }

  /** The elements of the first input that are not in the second, and their places. */
  record ListDiff(DType outIdx) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("x: T", "y: T").optional("out_idx", DType.INT32);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public int sizes() {
      return 1;
    }

    @Override
    public void lowerSizes(Lowering to) {
      Value left = left(to);
      to.output(0, Flags.count(to, left));
      to.output(1, left);
    }

    /** Returns for each element of x whether it is not in y. */
    private static Value left(Lowering to) {
      long n = to.inputType(0).shape().dim(0);
      long all = n + to.inputType(1).shape().dim(0);
      Value joined = Indexing.joined(to, to.input(0), to.input(1));
      Value numbers = Groups.ofColumns(to, to.reshape(joined, Shape.of(1, all)));
      Value none = Indexing.filled(to, TensorType.of(DType.BOOL, all), 0);
      Value second = Indexing.part(to, numbers, n, all - n);
      Value present =
          Indexing.scatter(
              to,
              Primitive.Scatter.Combine.SET,
              none,
              1,
              second,
              Indexing.filled(to, TensorType.of(DType.BOOL, all - n), 1));
      Value found = Indexing.gather(to, present, 1, Indexing.part(to, numbers, 0, n));
      return to.map(found, x -> x.apply(UnaryFn.NOT));
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireRank(0, 1);
      in.requireRank(1, 1);
      Distinct.requirePlaces(in, outIdx);
      Shape left = Shape.of(in.size());
      return List.of(in.type(0).withShape(left), new TensorType(outIdx, left));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("which elements are equal changes abruptly");
    }

    @Override
    public void lower(Lowering to) {
      Value places = Flags.positions(to, to.found(1), to.outputType(0).shape().dim(0));
      to.output(0, Indexing.gather(to, to.input(0), 1, places));
      to.output(1, to.map(places, place -> place.cast(outIdx)));
    }

    static List<Example> examples() {
      Op op = new ListDiff(DType.INT32);
      List<Example> examples = new ArrayList<>();
      examples.add(Example.accepts(op).within(0, 6, DType.INT32, 8).within(0, 4, DType.INT32, 3));
      examples.add(
          Example.accepts(new ListDiff(DType.INT64))
              .with(Literal.fill(TensorType.of(DType.FLOAT32, 2), Double.NaN))
              .with(Literal.fill(TensorType.of(DType.FLOAT32, 1), Double.NaN)));
      examples.add(Example.accepts(op).with(DType.UINT8, 3).with(DType.UINT8, 0));
      examples.add(Example.accepts(op).with(DType.INT64, 0).with(DType.INT64, 2));
      examples.add(
          Example.rejects(op, "must have 1 axis").with(DType.FLOAT32, 2, 2).with(DType.FLOAT32, 2));
      return examples;
    }
  }
}
