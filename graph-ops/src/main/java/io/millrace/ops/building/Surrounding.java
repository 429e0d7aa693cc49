package io.millrace.ops.building;

import io.millrace.ir.Primitive;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.Lowering;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Optional;

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

  /** Returns a tensor with zeros before and after each axis. */
  public static Value zeros(Lowering to, Value x, long[] counts) {
    return fill(to, x, counts, new ScalarFunction.Constant(x.type().dtype(), 0));
  }
}
