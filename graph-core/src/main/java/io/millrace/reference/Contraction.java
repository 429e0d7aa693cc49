package io.millrace.reference;

import io.millrace.ir.Primitive;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;

/** Computes Contract; floating products are summed in double precision. */
final class Contraction {
  private Contraction() {}

  static Literal contract(Primitive.Contract contract, List<Literal> inputs, TensorType output) {
    Shape a = inputs.get(0).type().shape();
    Shape b = inputs.get(1).type().shape();
    long depth = a.dim(contract.transposeA() ? 1 : 2);
    long stepA = contract.transposeA() ? a.dim(2) : 1;
    long stepB = contract.transposeB() ? 1 : b.dim(2);
    DType dtype = output.dtype();
    Products products = dtype.isFloating() ? doubles(inputs) : longs(inputs);
    Literal.Builder builder = new Literal.Builder(output);
    long[] element = {0};
    Numbers.forEach(
        output.shape(),
        at -> {
          int x = (int) position(a, contract.transposeA(), at[0], at[1], 0);
          int y = (int) position(b, contract.transposeB(), at[0], 0, at[2]);
          Number value = products.sum(x, (int) stepA, y, (int) stepB, depth);
          Numbers.set(builder, dtype, element[0]++, value);
        });
    return builder.build();
  }

  /** Sums products of elements of both inputs, which begin somewhere and lie so far apart. */
  private interface Products {
    Number sum(int x, int stepX, int y, int stepY, long count);
  }

  private static Products doubles(List<Literal> inputs) {
    double[] a = Numbers.doubles(inputs.get(0));
    double[] b = Numbers.doubles(inputs.get(1));
    return (x, stepX, y, stepY, count) -> {
      double sum = 0;
      for (int k = 0; k < count; k++) {
        sum += a[x + k * stepX] * b[y + k * stepY];
      }
      return sum;
    };
  }

  private static Products longs(List<Literal> inputs) {
    long[] a = Numbers.longs(inputs.get(0));
    long[] b = Numbers.longs(inputs.get(1));
    return (x, stepX, y, stepY, count) -> {
      long sum = 0;
      for (int k = 0; k < count; k++) {
        sum += a[x + k * stepX] * b[y + k * stepY];
      }
      return sum;
    };
  }

  private static long position(Shape shape, boolean transposed, long batch, long row, long column) {
    long matrix = shape.dim(0) == 1 ? 0 : batch;
    long first = transposed ? column : row;
    long second = transposed ? row : column;
    return (matrix * shape.dim(1) + first) * shape.dim(2) + second;
  }
}
