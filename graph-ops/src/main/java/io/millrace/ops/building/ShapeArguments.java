package io.millrace.ops.building;

import io.millrace.op.Messages;
import io.millrace.type.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Reads what users give for a shape: a {@link Shape}, a number, an array or a list of numbers. */
public final class ShapeArguments {
  private ShapeArguments() {}

  /** Returns the extents that a value says, -1 for unknown ones; none if it is something else. */
  public static Optional<long[]> dims(Object value) {
    if (value instanceof Shape shape) {
      return shape.isRankKnown() ? Optional.of(shape.dims()) : Optional.empty();
    }
    if (value instanceof long[] dims) {
      return Optional.of(dims);
    }
    if (value instanceof int[] dims) {
      return Optional.of(IntStream.of(dims).asLongStream().toArray());
    }
    if (value instanceof short[] dims) {
      return Optional.of(IntStream.range(0, dims.length).mapToLong(i -> dims[i]).toArray());
    }
    Optional<Long> number = whole(value);
    if (number.isPresent()) {
      return Optional.of(new long[] {number.get()});
    }
    return value instanceof List<?> list
        ? dims(list)
        : value instanceof Object[] array ? dims(Arrays.asList(array)) : Optional.empty();
  }

  private static Optional<long[]> dims(List<?> list) {
    return list.stream().allMatch(e -> e == null || isWhole(e))
        ? Optional.of(list.stream().flatMapToLong(ShapeArguments::dim).toArray())
        : Optional.empty();
  }

  /** Unknown extents are null in TensorFlow's lists. */
  private static LongStream dim(@Nullable Object element) {
    return LongStream.of(element == null ? Shape.UNKNOWN : ((Number) element).longValue());
  }

  private static boolean isWhole(Object value) {
    return value instanceof Integer
        || value instanceof Long
        || value instanceof Short
        || value instanceof Byte;
  }

  /** Returns a whole number; none if a value is something else. */
  public static Optional<Long> whole(Object value) {
    return isWhole(value) ? Optional.of(((Number) value).longValue()) : Optional.empty();
  }

  /** Returns the shape that a value says. */
  public static Shape shape(String operation, Object value) {
    if (value instanceof Shape shape) {
      return shape;
    }
    long[] dims =
        dims(value)
            .orElseThrow(
                () ->
                    Refusal.of(
                        operation,
                        "a shape is a Shape, whole numbers, an array or a list of them, not %s",
                        Messages.described(value)));
    for (long dim : dims) {
      if (dim < Shape.UNKNOWN) {
        throw Refusal.of(operation, "extents are 0 or more, or -1 for unknown, not %d", dim);
      }
    }
    return Shape.of(dims);
  }
}
