package io.millrace.ir;

import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * Says which element of a tensor is told of when a {@link Primitive.Check} fails: the first that
 * breaks a rule, with those beside it that belong to it.
 */
public sealed interface Suspect {

  /**
   * The first element that is not in range. There may be several ends: then the last axis holds
   * coordinates, an end each, which are told together.
   *
   * @param least the least number in range
   * @param ends for each coordinate the number after the greatest in range
   */
  record Outside(long least, List<Long> ends) implements Suspect {
    public Outside {
      ends = List.copyOf(ends);
    }

    @Override
    public boolean fits(DType dtype) {
      return dtype.isInteger();
    }

    @Override
    public boolean breaks(DType dtype, LongUnaryOperator elements, long position) {
      long element = elements.applyAsLong(position);
      return element < least || element >= ends.get((int) (position % ends.size()));
    }

    @Override
    public int told() {
      return ends.size();
    }

    @Override
    public long from(long position) {
      return position - position % ends.size();
    }

    @Override
    public String describe(Shape shape, long position, List<String> told) {
      if (ends.size() == 1) {
        return element(shape, position, told.get(0));
      }
      Shape places = shape.slice(0, shape.rank() - 1);
      String what = " are [" + String.join(" ", told) + "]";
      return places.rank() == 0
          ? "they" + what
          : "the coordinates at " + coordinates(places, position / ends.size()) + what;
    }
  }

  /** The first element of a vector that is less than the one before it, which is told too. */
  record Descending() implements Suspect {
    @Override
    public boolean fits(DType dtype) {
      return dtype.isInteger();
    }

    @Override
    public boolean breaks(DType dtype, LongUnaryOperator elements, long position) {
      return position > 0 && elements.applyAsLong(position) < elements.applyAsLong(position - 1);
    }

    @Override
    public int told() {
      return 2;
    }

    @Override
    public long from(long position) {
      return position - 1;
    }

    @Override
    public String describe(Shape shape, long position, List<String> told) {
      return "element [" + position + "] is " + told.get(1) + " after " + told.get(0);
    }
  }

  /** One element that breaks a rule which each has to keep by itself. */
  sealed interface Single extends Suspect {
    @Override
    default int told() {
      return 1;
    }

    @Override
    default long from(long position) {
      return position;
    }

    @Override
    default String describe(Shape shape, long position, List<String> told) {
      return element(shape, position, told.get(0));
    }
  }

  /** The first element of integers that is zero. */
  record Zero() implements Single {
    @Override
    public boolean fits(DType dtype) {
      return dtype.isInteger();
    }

    @Override
    public boolean breaks(DType dtype, LongUnaryOperator elements, long position) {
      return elements.applyAsLong(position) == 0;
    }
  }

  /** The first element of floating type that is no finite number of a kind. */
  enum NotFinite implements Single {
    NAN,
    INFINITE;

    @Override
    public boolean fits(DType dtype) {
      return dtype.isFloating();
    }

    @Override
    public boolean breaks(DType dtype, LongUnaryOperator elements, long position) {
      double element = dtype.toDouble(elements.applyAsLong(position));
      return this == NAN ? Double.isNaN(element) : Double.isInfinite(element);
    }
  }

  /** Returns whether elements of this type can break the rule. */
  boolean fits(DType dtype);

  /** Returns whether the element at a row-major position, of those whose bits these are, does. */
  boolean breaks(DType dtype, LongUnaryOperator elements, long position);

  /** Returns how many elements are told. */
  int told();

  /** Returns the position of the first element that is told, for that of the one found. */
  long from(long position);

  /**
   * Returns what is told, such as {@code element [0,2] is 7}.
   *
   * @param position of the element found
   * @param told the elements told, as Java writes them
   */
  String describe(Shape shape, long position, List<String> told);

  private static String element(Shape shape, long position, String told) {
    return shape.rank() == 0
        ? "it is " + told
        : "element " + coordinates(shape, position) + " is " + told;
  }

  private static String coordinates(Shape shape, long position) {
    List<String> coordinates = new ArrayList<>();
    long[] strides = shape.strides();
    for (int axis = 0; axis < strides.length; axis++) {
      coordinates.add(Long.toString(position / strides[axis] % shape.dim(axis)));
    }
    return "[" + String.join(",", coordinates) + "]";
  }
}
