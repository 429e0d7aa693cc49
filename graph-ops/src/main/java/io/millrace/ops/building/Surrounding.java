package io.millrace.ops.building;

import io.millrace.ir.Primitive;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.Lowering;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** Puts equal elements around a tensor. */
public final class Surrounding {
  private Surrounding() {}

  /**
   * Returns a tensor with equal elements before and after each axis.
   *
   * @param counts for each axis in turn, how many before and how many after
   */
  public static Value fill(Lowering to, Value x, long[] counts, ScalarFunction.Constant fill) {
    Shape from = x.type().shape();
    long[] dims = from.dims();
    for (int axis = 0; axis < dims.length; axis++) {
      dims[axis] += counts[2 * axis] + counts[2 * axis + 1];
    }
    Shape shape = Shape.of(dims);
    if (shape.equals(from)) {
      return x;
    }
    long[] strides = shape.strides();
    long first = 0;
    for (int axis = 0; axis < strides.length; axis++) {
      first += counts[2 * axis] * strides[axis];
    }
    Primitive.Move.Piece piece =
        new Primitive.Move.Piece(0, from, View.dense(from), View.of(first, strides));
    return to.emit(
        new Primitive.Move(from.size() == 0 ? List.of() : List.of(piece), Optional.of(fill)),
        List.of(x),
        x.type().withShape(shape));
  }

  /**
   * Returns what is made of the first input with a scalar around its elements: one that is known
   * ahead is part of the plan, another one takes its places when the plan runs.
   *
   * @param scalar the input that is around
   * @param making puts elements around a tensor of any type
   */
  public static Value with(
      Lowering to, int scalar, BiFunction<Value, ScalarFunction.Constant, Value> making) {
    Value x = to.input(0);
    Optional<Literal> known = to.known(scalar);
    if (known.isPresent()) {
      Literal fill = known.get();
      return making.apply(x, new ScalarFunction.Constant(fill.type().dtype(), fill.bits(0)));
    }
    Value everywhere = to.map(x.type().shape(), List.of(to.scalar(DType.BOOL, 1)), s -> s.get(0));
    Value inside = making.apply(everywhere, new ScalarFunction.Constant(DType.BOOL, 0));
    Value zeros = making.apply(x, new ScalarFunction.Constant(x.type().dtype(), 0));
    return to.map(
        List.of(inside, zeros, to.input(scalar)), s -> s.get(0).select(s.get(1), s.get(2)));
  }

  /** Returns a tensor with zeros before and after each axis. */
  public static Value zeros(Lowering to, Value x, long[] counts) {
    return fill(to, x, counts, new ScalarFunction.Constant(x.type().dtype(), 0));
  }
}
