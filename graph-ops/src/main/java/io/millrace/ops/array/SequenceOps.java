package io.millrace.ops.array;

import io.millrace.Output;
import io.millrace.ir.BinaryFn;
import io.millrace.ir.Primitive;
import io.millrace.ir.Scalar;
import io.millrace.ir.UnaryFn;
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
import io.millrace.ops.building.ShapeVectors;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/** Numbers at equal distances. */
public interface SequenceOps extends Building {

  /** Returns the numbers from 0, {@code limit} excluded. TensorFlow: Range. */
  default Output range(Object limit) {
    return range(0, limit, 1);
  }

  /** Returns the numbers from {@code start}, {@code limit} excluded. TensorFlow: Range. */
  default Output range(Object start, Object limit) {
    return range(start, limit, 1);
  }

  /**
   * Returns the numbers {@code start, start + delta, ...} up to {@code limit}, which is excluded.
   * TensorFlow: Range.
   */
  default Output range(Object start, Object limit, Object delta) {
    return result(new Range(), start, limit, delta);
  }

  /**
   * Returns {@code num} floating numbers at equal distances, the first and last of which are given;
   * if it is one, that is the first. Whole Java numbers mean float32. TensorFlow: LinSpace.
   */
  default Output linspace(Object start, Object stop, Object num) {
    Arguments.requireEach("start, stop, num", start, stop, num);
    List<Output> ends = floating(start, stop);
    return result(new LinSpace(), ends.get(0), ends.get(1), operand(num));
  }

  /** Numbers at equal distances: inputs start, limit and delta, scalars of one numeric type. */
  record Range() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("start: Tidx in signed", "limit: Tidx", "delta: Tidx");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      DType dtype = in.dtype(0);
      for (int i = 0; i < 3; i++) {
        in.requireRank(i, 0);
      }
      Optional<Literal> start = in.known(0);
      Optional<Literal> limit = in.known(1);
      Optional<Literal> delta = in.known(2);
      if (start.isEmpty() || limit.isEmpty() || delta.isEmpty()) {
        return List.of(TensorType.of(dtype, in.size()));
      }
      double step = delta.get().getDouble(0);
      in.require(step != 0, "delta must not be 0");
      double span = limit.get().getDouble(0) - start.get().getDouble(0);
      in.require(
          step > 0 ? span >= 0 : span <= 0,
          "start %s and limit %s are in the wrong order for delta %s",
          start.get().text(0),
          limit.get().text(0),
          delta.get().text(0));
      return List.of(TensorType.of(dtype, count(start.get(), limit.get(), delta.get())));
    }

    /** The arithmetic is that of the type, whose rounding may decide the number. */
    private static long count(Literal start, Literal limit, Literal delta) {
      double from = start.getDouble(0);
      double to = limit.getDouble(0);
      double step = delta.getDouble(0);
      DType dtype = start.type().dtype();
      if (dtype.isFloating()) {
        return (long) Math.ceil(dtype.round(dtype.round(to - from) / step));
      }
      long span = Math.subtractExact(limit.getLong(0), start.getLong(0));
      return -Math.floorDiv(-span, delta.getLong(0));
    }

    @Override
    public int sizes() {
      return 1;
    }

    @Override
    public void lowerSizes(Lowering to) {
      List<Value> inputs = List.of(to.input(0), to.input(1), to.input(2));
      to.check(
          to.map(inputs, s -> isOrdered(wide(s))),
          new Primitive.Check("start, limit and delta give no range", 1),
          inputs);
      Value count = to.map(inputs, s -> count(wide(s)).cast(DType.INT64).max(0));
      to.output(0, to.reshape(count, Shape.of(1)));
    }

    /** Returns the numbers in a type in which 32-bit integers do not overflow. */
    private static List<Scalar> wide(List<Scalar> s) {
      return s.get(0).type().isFloating() ? s : s.stream().map(x -> x.cast(DType.INT64)).toList();
    }

    private static Scalar isOrdered(List<Scalar> s) {
      Scalar zero = s.get(0).constant(0);
      Scalar span = s.get(1).minus(s.get(0));
      Scalar up = s.get(1).ge(s.get(0)).and(span.ge(zero));
      Scalar down = s.get(1).le(s.get(0)).and(span.le(zero));
      Scalar none = zero.lt(zero);
      return s.get(2).gt(zero).select(up, s.get(2).lt(zero).select(down, none));
    }

    private static Scalar count(List<Scalar> s) {
      Scalar span = s.get(1).minus(s.get(0));
      if (span.type().isFloating()) {
        return span.dividedBy(s.get(2)).apply(UnaryFn.CEIL);
      }
      Scalar zero = span.constant(0);
      Scalar delta = s.get(2).eq(zero).select(span.constant(1), s.get(2));
      return span.negate().apply(BinaryFn.FLOOR_DIV, delta).negate();
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its inputs size the result");
    }

    @Override
    public void lower(Lowering to) {
      TensorType type = to.outputType(0);
      to.output(
          0,
          to.mapViews(
              type.shape(),
              List.of(to.input(0), to.input(2)),
              List.of(View.of(0, 0), View.of(0, 0)),
              (b, s) -> s.get(0).plus(s.get(1).times(b.index(0).cast(type.dtype())))));
    }

    static List<Example> examples() {
      return List.of(
          of(0, 5, 1),
          of(5, 0, -2),
          of(3, 3, 1),
          of(3, 3, -1),
          Example.accepts(new Range())
              .scalar(DType.FLOAT32, 0.5)
              .scalar(DType.FLOAT32, 2)
              .scalar(DType.FLOAT32, 0.25),
          Example.rejects(new Range(), "delta must not be 0")
              .scalar(DType.INT32, 0)
              .scalar(DType.INT32, 1)
              .scalar(DType.INT32, 0),
          Example.rejects(new Range(), "start 4 and limit 3 are in the wrong order")
              .scalar(DType.INT32, 4)
              .scalar(DType.INT32, 3)
              .scalar(DType.INT32, 1),
          Example.rejects(new Range(), "must be a scalar")
              .with(DType.INT32, 1)
              .with(DType.INT32)
              .with(DType.INT32));
    }

    private static Example of(int start, int limit, int delta) {
      return Example.accepts(new Range())
          .scalar(DType.INT32, start)
          .scalar(DType.INT32, limit)
          .scalar(DType.INT32, delta);
    }
  }

  /** Numbers from one to another: inputs start and stop, floating scalars, and how many. */
  record LinSpace() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("start: T in floating", "stop: T", "num: Tidx in index");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireRank(0, 0);
      in.requireRank(1, 0);
      Optional<Long> count = ShapeVectors.scalar(in, 2);
      count.ifPresent(n -> in.require(n > 0, "the number must be 1 or more, not %d", n));
      return List.of(TensorType.of(in.dtype(0), count.orElse(Shape.UNKNOWN)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("TensorFlow has none");
    }

    @Override
    public void lower(Lowering to) {
      Shape shape = to.outputType(0).shape();
      long last = shape.dim(0) - 1;
      View scalar = View.of(0, 0);
      to.output(
          0,
          to.mapViews(
              shape,
              List.of(to.input(0), to.input(1)),
              List.of(scalar, scalar),
              (b, s) -> {
                Scalar index = b.index(0);
                Scalar start = s.get(0);
                Scalar stop = s.get(1);
                Scalar step =
                    stop.minus(start).dividedBy(start.constant((double) Math.max(1, last)));
                Scalar inner = start.plus(step.times(index.cast(start.type())));
                return last == 0
                    ? start
                    : index.eq(index.constant((double) last)).select(stop, inner);
              }));
    }

    static List<Example> examples() {
      Literal five = Literal.scalar(DType.INT32, 5);
      return List.of(
          Example.accepts(new LinSpace()).with(DType.FLOAT32).with(DType.FLOAT32).with(five),
          Example.accepts(new LinSpace())
              .with(DType.FLOAT64)
              .with(DType.FLOAT64)
              .scalar(DType.INT64, 1),
          Example.rejects(new LinSpace(), "the number must be 1 or more, not 0")
              .with(DType.FLOAT32)
              .with(DType.FLOAT32)
              .scalar(DType.INT32, 0),
          Example.rejects(new LinSpace(), "must be a scalar")
              .with(DType.FLOAT32, 1)
              .with(DType.FLOAT32)
              .with(five));
    }
  }
}
