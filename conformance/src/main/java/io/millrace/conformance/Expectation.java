package io.millrace.conformance;

import io.millrace.type.Literal;
import io.millrace.type.Shape;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongPredicate;

/**
 * What TensorFlow recorded of a tensor.
 *
 * @param tensor which tensor, and when, in words
 * @param value its value
 * @param tolerance how far an element may be from it
 */
record Expectation(String tensor, Literal value, Tolerance tolerance) {

  /**
   * Returns how a value differs from this one, if it does.
   *
   * <p>Type and shape must be equal. So must NaN and infinities; -0 equals 0. Everything else may
   * be as far off as the tolerance says.
   */
  Optional<Difference> difference(Literal actual) {
    return difference(actual, i -> true);
  }

  /** Returns how the elements of a value that count differ from those of this one, if they do. */
  Optional<Difference> difference(Literal actual, LongPredicate counts) {
    if (!actual.type().equals(value.type())) {
      return Optional.of(
          new Difference(
              tensor,
              "is " + actual.type() + ", expected " + value.type(),
              Double.POSITIVE_INFINITY));
    }
    double worst = 0;
    long position = 0;
    long count = 0;
    for (long i = 0; i < value.size(); i++) {
      double distance = counts.test(i) ? distance(actual, i) : 0;
      if (distance > 0) {
        count++;
      }
      if (distance > worst) {
        worst = distance;
        position = i;
      }
    }
    return count == 0
        ? Optional.empty()
        : Optional.of(new Difference(tensor, describe(actual, position, count), worst));
  }

  /** Returns 0 if an element is near enough, otherwise a measure of how far off it is. */
  private double distance(Literal actual, long i) {
    if (!value.type().dtype().isFloating() && value.getLong(i) == actual.getLong(i)) {
      return 0;
    }
    double e = value.getDouble(i);
    double a = actual.getDouble(i);
    if (value.type().dtype().isFloating() && (e == a || (Double.isNaN(e) && Double.isNaN(a)))) {
      return 0;
    }
    if (!Double.isFinite(e) || !Double.isFinite(a)) {
      return Double.POSITIVE_INFINITY;
    }
    double allowed = tolerance.at(e);
    double off = Math.abs(a - e);
    if (allowed > 0) {
      return off <= allowed ? 0 : off / allowed;
    }
    // Longs beyond 2^53 may differ though their doubles do not.
    return Math.max(off, Double.MIN_VALUE);
  }

  private String describe(Literal actual, long i, long count) {
    double allowed = tolerance.at(value.getDouble(i));
    return "differs"
        + (value.size() == 1 ? "" : " most at " + index(value.type().shape(), i))
        + ": expected "
        + value.text(i)
        + ", got "
        + actual.text(i)
        + (allowed > 0 && Double.isFinite(allowed)
            ? String.format(Locale.ROOT, ", tolerance %.3g", allowed)
            : ", to be equal")
        + (value.size() == 1 ? "" : "; " + count + " of " + value.size() + " elements differ");
  }

  private static String index(Shape shape, long position) {
    long[] strides = shape.strides();
    long[] index = new long[strides.length];
    long rest = position;
    for (int axis = 0; axis < index.length; axis++) {
      index[axis] = rest / strides[axis];
      rest %= strides[axis];
    }
    return Arrays.toString(index).replace(" ", "");
  }
}
