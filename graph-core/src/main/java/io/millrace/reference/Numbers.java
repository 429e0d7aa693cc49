package io.millrace.reference;

import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Reads and writes elements as numbers: a {@link Double} for floating types, a {@link Long} for
 * integers and booleans (0 or 1).
 */
final class Numbers {
  private Numbers() {}

  static Number get(Literal literal, long element) {
    return of(literal.type().dtype(), literal.bits(element));
  }

  /** Returns the element that bits of a type say. */
  static Number of(DType dtype, long bits) {
    return dtype.isFloating() ? (Number) dtype.toDouble(bits) : (Number) bits;
  }

  static void set(Literal.Builder builder, DType dtype, long element, Number value) {
    if (dtype.isFloating()) {
      builder.setDouble(element, value.doubleValue());
    } else {
      builder.setLong(element, value.longValue());
    }
  }

  /** Returns the elements, for those who read each many times. */
  static double[] doubles(Literal literal) {
    double[] values = new double[Math.toIntExact(literal.size())];
    Arrays.setAll(values, literal::getDouble);
    return values;
  }

  /** Returns the elements as integers. */
  static long[] longs(Literal literal) {
    long[] values = new long[Math.toIntExact(literal.size())];
    Arrays.setAll(values, literal::getLong);
    return values;
  }

  /** Returns a literal of these values, each rounded once. */
  static Literal ofDoubles(TensorType type, double[] values) {
    Literal.Builder builder = new Literal.Builder(type);
    for (int i = 0; i < values.length; i++) {
      builder.setDouble(i, values[i]);
    }
    return builder.build();
  }

  /**
   * Calls the action with every coordinate of a shape in row-major order; the array is reused and
   * must not be changed.
   */
  static void forEach(Shape shape, Consumer<long[]> action) {
    long[] coordinates = new long[shape.rank()];
    long size = shape.size();
    for (long i = 0; i < size; i++) {
      action.accept(coordinates);
      for (int axis = coordinates.length - 1; axis >= 0; axis--) {
        if (++coordinates[axis] < shape.dim(axis)) {
          break;
        }
        coordinates[axis] = 0;
      }
    }
  }
}
