package io.millrace.reference;

import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.function.Consumer;

/**
 * Reads and writes elements as numbers: a {@link Double} for floating types, a {@link Long} for
 * integers and booleans (0 or 1).
 */
final class Elements {
  private Elements() {}

  static Number get(Literal literal, long element) {
    return literal.type().dtype().isFloating()
        ? (Number) literal.getDouble(element)
        : (Number) literal.getLong(element);
  }

  static void set(Literal.Builder builder, DType dtype, long element, Number value) {
    if (dtype.isFloating()) {
      builder.setDouble(element, value.doubleValue());
    } else {
      builder.setLong(element, value.longValue());
    }
  }

  /** Returns the value rounded to a floating type. */
  static double round(DType dtype, double value) {
    return dtype == DType.FLOAT32 ? (float) value : value;
  }

  /** Returns the value wrapped to an integer type. */
  static long wrap(DType dtype, long value) {
    return switch (dtype) {
      case INT32 -> (int) value;
      case UINT8 -> value & 0xFF;
      case BOOL -> value != 0 ? 1 : 0;
      default -> value;
    };
  }

  /** Returns the least value of a numeric type. */
  static Number lowest(DType dtype) {
    return switch (dtype) {
      case FLOAT32, FLOAT64 -> (Number) Double.NEGATIVE_INFINITY;
      case INT32 -> (Number) (long) Integer.MIN_VALUE;
      case INT64 -> (Number) Long.MIN_VALUE;
      default -> (Number) 0L;
    };
  }

  /** Returns the greatest value of a numeric type. */
  static Number highest(DType dtype) {
    return switch (dtype) {
      case FLOAT32, FLOAT64 -> (Number) Double.POSITIVE_INFINITY;
      case INT32 -> (Number) (long) Integer.MAX_VALUE;
      case INT64 -> (Number) Long.MAX_VALUE;
      case UINT8 -> (Number) 255L;
      case BOOL -> (Number) 1L;
    };
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
