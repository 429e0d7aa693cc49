package io.millrace.reference;

import io.millrace.ir.BinaryFn;
import io.millrace.ir.Primitive;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.Optional;

/** Computes Gather and Scatter. */
final class GatherAndScatter {
  private GatherAndScatter() {}

  static Literal gather(Literal data, Literal indices, TensorType output) {
    Literal.Builder builder = new Literal.Builder(output);
    long outer = data.type().shape().dim(1);
    long line = data.type().shape().dim(2) * data.type().shape().dim(3);
    long inner = data.type().shape().dim(3);
    long count = Primitive.Gather.indices(data.type().shape(), output.shape());
    long wanted = indices.type().shape().dim(1);
    long[] element = {0};
    Numbers.forEach(
        output.shape(),
        at -> {
          long index = indices.getLong(at[0] * wanted + at[2]);
          if (index >= 0 && index < count) {
            long first = (at[0] * outer + at[1]) * line + index * inner;
            Number value = Numbers.get(data, first + at[3]);
            Numbers.set(builder, output.dtype(), element[0], value);
          }
          element[0]++;
        });
    return builder.build();
  }

  static Literal scatter(
      Primitive.Scatter.Combine combine, Literal base, Literal indices, Literal updates) {
    DType dtype = base.type().dtype();
    Shape shape = base.type().shape();
    long inner = shape.dim(1);
    Number[] values = new Number[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = Numbers.get(base, i);
    }
    for (long update = 0; update < indices.size(); update++) {
      long row = indices.getLong(update);
      for (long i = 0; i < inner && row >= 0 && row < shape.dim(0); i++) {
        int at = (int) (row * inner + i);
        Number value = Numbers.get(updates, update * inner + i);
        values[at] = combine(dtype, combine.function(), values[at], value);
      }
    }
    Literal.Builder builder = new Literal.Builder(base.type());
    for (int i = 0; i < values.length; i++) {
      Numbers.set(builder, dtype, i, values[i]);
    }
    return builder.build();
  }

  private static Number combine(
      DType dtype, Optional<BinaryFn> function, Number value, Number update) {
    return function.isEmpty()
        ? update
        : ScalarInterpreter.arithmetic(function.get(), dtype, value, update);
  }
}
