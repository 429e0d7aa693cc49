package io.millrace.ops.index;

import io.millrace.ir.BinaryFn;
import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.Lowering;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * Lowers finding equal things: those that are get one number, those that are not get different
 * ones. Zeros are equal whatever their sign, and NaN equals nothing, not even itself.
 */
final class Groups {
  private Groups() {}

  /**
   * Returns a number from 0 to n, excluded, for each column of a matrix, int64.
   *
   * <p>Equal elements of each row are numbered by sorting it; then rows of numbers are combined two
   * by two, until one is left.
   *
   * @param matrix {@code [rows, n]}, any type
   */
  static Value ofColumns(Lowering to, Value matrix) {
    long rows = matrix.type().shape().dim(0);
    long n = matrix.type().shape().dim(1);
    if (rows == 0 || n == 0) {
      return Indexing.filled(to, TensorType.of(DType.INT64, n), 0);
    }
    Value numbers = ofElements(to, matrix);
    while (rows > 1) {
      long half = (rows + 1) / 2;
      Value pairs =
          to.mapViews(
              Shape.of(half, n),
              List.of(numbers, numbers),
              List.of(View.of(0, n, 1), View.of((rows - half) * n, n, 1)),
              (b, s) -> s.get(0).times((double) n).plus(s.get(1)));
      numbers = ofElements(to, pairs);
      rows = half;
    }
    return to.reshape(numbers, Shape.of(n));
  }

  /** Returns a number from 0 to n, excluded, for each element among those of its row. */
  private static Value ofElements(Lowering to, Value matrix) {
    boolean bool = matrix.type().dtype() == DType.BOOL;
    Value keys = bool ? to.map(matrix, x -> x.cast(DType.UINT8)) : matrix;
    Shape shape = keys.type().shape();
    long n = shape.dim(1);
    List<Value> sorted =
        to.emit(
            new Primitive.Sort(false),
            List.of(keys),
            List.of(keys.type(), new TensorType(DType.INT64, shape)));
    Value starts =
        to.mapViews(
            shape,
            List.of(sorted.get(0), shifted(to, sorted.get(0))),
            List.of(View.dense(shape), View.dense(shape)),
            (b, s) ->
                b.index(1)
                    .eq(b.constant(DType.INT64, 0))
                    .apply(BinaryFn.OR, s.get(0).apply(BinaryFn.NE, s.get(1)))
                    .cast(DType.INT64));
    Value column = to.reshape(starts, Shape.of(shape.dim(0), n, 1));
    Value numbers =
        to.emit(new Primitive.Scan(Reduction.SUM, false, false), List.of(column), column.type());
    Value places =
        to.mapViews(
            shape,
            List.of(sorted.get(1)),
            List.of(View.dense(shape)),
            (b, s) -> b.index(0).times((double) n).plus(s.get(0)));
    Value unordered = Indexing.filled(to, TensorType.of(DType.INT64, shape.size()), 0);
    Value ordered =
        Indexing.scatter(
            to,
            Primitive.Scatter.Combine.SET,
            unordered,
            1,
            Indexing.flat(to, places),
            to.map(numbers, number -> number.minus(1)));
    return to.reshape(ordered, shape);
  }

  /** Returns each row moved on by one place. */
  private static Value shifted(Lowering to, Value matrix) {
    Shape shape = matrix.type().shape();
    long n = shape.dim(1);
    Primitive.Move.Piece piece =
        new Primitive.Move.Piece(
            0, Shape.of(shape.dim(0), n - 1), View.of(0, n, 1), View.of(1, n, 1));
    return to.emit(
        new Primitive.Move(
            List.of(piece), Optional.of(new ScalarFunction.Constant(matrix.type().dtype(), 0))),
        List.of(matrix),
        matrix.type());
  }

  /**
   * Returns where the first thing with the same number stands, for each.
   *
   * @param numbers a vector that {@link #ofColumns} gave
   */
  static Value firsts(Lowering to, Value numbers) {
    long n = numbers.type().shape().size();
    Value none = Indexing.filled(to, numbers.type(), (double) n);
    Value heads =
        Indexing.scatter(
            to, Primitive.Scatter.Combine.MIN, none, 1, numbers, Flags.positions(to, n));
    return Indexing.gather(to, heads, 1, numbers);
  }
}
