package io.millrace.reference;

import io.millrace.ir.BinaryFn;
import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Computes Sort and Scan. */
final class SortAndScan {
  private SortAndScan() {}

  static List<Literal> sort(Primitive.Sort sort, Literal input, List<TensorType> outputs) {
    DType dtype = input.type().dtype();
    Shape result = outputs.get(0).shape();
    long length = input.type().shape().dim(1);
    Literal.Builder values = new Literal.Builder(outputs.get(0));
    Literal.Builder positions = new Literal.Builder(outputs.get(1));
    for (long row = 0; row < result.dim(0); row++) {
      long start = row * length;
      List<Long> order = new ArrayList<>();
      for (long i = 0; i < length; i++) {
        order.add(i);
      }
      order.sort(
          (a, b) ->
              compare(
                  sort.descending(), Numbers.get(input, start + a), Numbers.get(input, start + b)));
      for (int i = 0; i < result.dim(1); i++) {
        long at = row * result.dim(1) + i;
        Numbers.set(values, dtype, at, Numbers.get(input, start + order.get(i)));
        positions.setLong(at, order.get(i));
      }
    }
    return List.of(values.build(), positions.build());
  }

  /**
   * Compares two elements of one type; numbers that are equal are so, whatever their sign, and NaN
   * is greater than any.
   */
  private static int compare(boolean descending, Number x, Number y) {
    if (!(x instanceof Double)) {
      int order = Long.compare(x.longValue(), y.longValue());
      return descending ? -order : order;
    }
    double a = x.doubleValue();
    double b = y.doubleValue();
    int order =
        Double.isNaN(a) || Double.isNaN(b)
            ? Boolean.compare(Double.isNaN(a), Double.isNaN(b))
            : a < b ? -1 : a > b ? 1 : 0;
    return descending ? -order : order;
  }

  static Literal scan(Primitive.Scan scan, Literal input) {
    DType dtype = input.type().dtype();
    Shape shape = input.type().shape();
    long length = shape.dim(1);
    long inner = shape.dim(2);
    BinaryFn function = scan.reduction() == Reduction.SUM ? BinaryFn.ADD : BinaryFn.MUL;
    Literal.Builder builder = new Literal.Builder(input.type());
    for (long row = 0; row < shape.dim(0) * inner; row++) {
      long start = row / inner * length * inner + row % inner;
      Number so = MapAndReduce.start(scan.reduction(), dtype);
      for (long step = 0; step < length; step++) {
        long at = start + (scan.reverse() ? length - 1 - step : step) * inner;
        Number next = ScalarInterpreter.arithmetic(function, dtype, so, Numbers.get(input, at));
        Numbers.set(builder, dtype, at, scan.exclusive() ? so : next);
        so = next;
      }
    }
    return builder.build();
  }
}
