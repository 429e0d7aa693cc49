package io.millrace.ops.array;

import io.millrace.ir.BinaryFn;
import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.ir.Scalar;
import io.millrace.ir.UnaryFn;
import io.millrace.ir.Value;
import io.millrace.op.Lowering;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.IntToLongFunction;

/** The ranges that a strided slice takes of each axis, computed from begin and end in the run. */
final class FedRanges {
  private final Lowering to;
  private final Shape shape;
  private final SliceBox box;
  private final List<Value> operands;

  /**
   * Begins with inputs 1 and 2 of an operation, begin and end.
   *
   * @param shape of the tensor that is sliced, with at least one axis
   * @param box what is known of the slice
   */
  FedRanges(Lowering to, Shape shape, SliceBox box, SliceMasks masks) {
    this.to = to;
    this.shape = shape;
    this.box = box;
    operands =
        List.of(
            entries(1),
            entries(2),
            literal(shape::dim),
            literal(box::stride),
            flags(axis -> isWhole(axis) || SliceMasks.has(masks.begin(), box.entry(axis))),
            flags(axis -> isWhole(axis) || SliceMasks.has(masks.end(), box.entry(axis))),
            flags(axis -> !isWhole(axis) && SliceMasks.has(masks.shrinkAxis(), box.entry(axis))));
  }

  private boolean isWhole(int axis) {
    return box.entry(axis) < 0;
  }

  private Value literal(IntToLongFunction value) {
    long[] values = new long[shape.rank()];
    Arrays.setAll(values, value);
    return to.literal(Literal.ofLongs(values));
  }

  private Value flags(IntPredicate flag) {
    return to.map(literal(axis -> flag.test(axis) ? 1 : 0), x -> x.gt(0));
  }

  /** Returns for each axis what its entry of an input says. */
  private Value entries(int input) {
    Value all = to.input(input);
    Value rows = to.reshape(all, Shape.of(1, 1, all.type().shape().size(), 1));
    long[] numbers = new long[shape.rank()];
    Arrays.setAll(numbers, axis -> Math.max(0, box.entry(axis)));
    Value picked =
        to.emit(
            new Primitive.Gather(),
            List.of(
                rows,
                to.reshape(to.literal(Literal.ofLongs(numbers)), Shape.of(1, numbers.length))),
            all.type().withShape(Shape.of(1, 1, numbers.length, 1)));
    return to.map(to.reshape(picked, Shape.of(numbers.length)), x -> x.cast(DType.INT64));
  }

  private static Scalar fromFront(Scalar position, Scalar dim) {
    return position.lt(position.constant(0)).select(position.plus(dim), position);
  }

  private static Scalar isForward(List<Scalar> s) {
    return s.get(3).gt(0);
  }

  private static Scalar clamped(Scalar position, List<Scalar> s) {
    Scalar zero = position.constant(0);
    Scalar low = isForward(s).select(zero, zero.minus(1));
    return fromFront(position, s.get(2)).max(low).min(low.plus(s.get(2)));
  }

  private static Scalar first(List<Scalar> s) {
    Scalar dim = s.get(2);
    Scalar start = isForward(s).select(dim.constant(0), dim.minus(1));
    Scalar range = s.get(4).select(start, clamped(s.get(0), s));
    return s.get(6).select(fromFront(s.get(0), dim), range);
  }

  private static Scalar extent(List<Scalar> s) {
    Scalar dim = s.get(2);
    Scalar end = isForward(s).select(dim, dim.constant(-1));
    Scalar last = s.get(5).select(end, clamped(s.get(1), s));
    Scalar first = first(s);
    Scalar span = isForward(s).select(last.minus(first), first.minus(last));
    Scalar steps = span.minus(1).apply(BinaryFn.FLOOR_DIV, s.get(3).abs()).plus(1);
    Scalar extent = span.gt(0).select(steps, span.constant(0));
    return s.get(6).select(extent.constant(1), extent);
  }

  /** Returns how many elements are taken along each axis. */
  Value extents() {
    return to.map(operands, FedRanges::extent);
  }

  /** Returns where the slice begins along each axis. */
  Value starts() {
    return to.map(operands, FedRanges::first);
  }

  /** Makes the run fail unless so many elements are taken along each axis. */
  void requireExtents(Shape extents) {
    Value equal = to.map(extents(), literal(extents::dim), Scalar::eq);
    to.check(
        to.reduceAll(Reduction.ALL, equal, x -> x),
        new Primitive.Check(
            "the gradient has extents " + extents + ", but the slice takes others", -1),
        List.of(extents()));
  }

  /** Makes the run fail unless the axes that are dropped have the elements that begin names. */
  void requireElements() {
    Value there =
        to.map(
            operands,
            s -> {
              Scalar element = fromFront(s.get(0), s.get(2));
              Scalar within = element.ge(element.constant(0)).and(element.lt(s.get(2)));
              return s.get(6).select(within, s.get(6).apply(UnaryFn.NOT));
            });
    to.check(
        to.reduceAll(Reduction.ALL, there, x -> x),
        new Primitive.Check(
            "an index is out of range of shape " + shape + ", where the slice begins", -1),
        List.of(to.input(1)));
  }
}
