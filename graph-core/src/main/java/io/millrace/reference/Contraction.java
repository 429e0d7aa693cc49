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
    Literal a = inputs.get(0);
    Literal b = inputs.get(1);
    Shape shapeA = a.type().shape();
    long depth = shapeA.dim(contract.transposeA() ? 1 : 2);
    DType dtype = output.dtype();
    Literal.Builder builder = new Literal.Builder(output);
    long[] element = {0};
    Numbers.forEach(
        output.shape(),
        at -> {
          double sum = 0;
          long wrapped = 0;
          for (long k = 0; k < depth; k++) {
            long x = position(a.type().shape(), contract.transposeA(), at[0], at[1], k);
            long y = position(b.type().shape(), contract.transposeB(), at[0], k, at[2]);
            if (dtype.isFloating()) {
              sum += a.getDouble(x) * b.getDouble(y);
            } else {
              wrapped += a.getLong(x) * b.getLong(y);
            }
          }
          Number value = dtype.isFloating() ? (Number) sum : (Number) wrapped;
          Numbers.set(builder, dtype, element[0]++, value);
        });
    return builder.build();
  }

  private static long position(Shape shape, boolean transposed, long batch, long row, long column) {
    long matrix = shape.dim(0) == 1 ? 0 : batch;
    long first = transposed ? column : row;
    long second = transposed ? row : column;
    return (matrix * shape.dim(1) + first) * shape.dim(2) + second;
  }
}
