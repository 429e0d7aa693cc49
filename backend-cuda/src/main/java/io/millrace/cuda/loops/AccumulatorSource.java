package io.millrace.cuda.loops;

import io.millrace.cuda.command.CudaTypes;
import io.millrace.ir.Reduction;
import io.millrace.type.DType;
import java.util.function.IntFunction;

/**
 * Writes how a reduction combines elements, in CUDA C++.
 *
 * <p>What a thread has so far is the variable {@code total} or, where a position is asked for,
 * {@code best} and {@code place}. Sums of float32 are taken of 8 numbers at most, in pairs, and
 * from there on in float64, as are products: so they are as close as the result can be.
 */
public final class AccumulatorSource {
  private static final String IS_NUMBER = " && best == best";
  private static final String IS_NAN = " && best != best";

  private final Reduction reduction;
  private final DType element;

  public AccumulatorSource(Reduction reduction, DType element) {
    this.reduction = reduction;
    this.element = element;
  }

  public boolean isPosition() {
    return reduction.isPosition();
  }

  /** Returns the type of what a thread has so far, or of its best element. */
  public DType held() {
    if (element.isFloating()) {
      boolean rounds = reduction == Reduction.SUM || reduction == Reduction.PROD;
      return rounds ? DType.FLOAT64 : element;
    }
    return element.bytes() < Integer.BYTES ? DType.INT32 : element;
  }

  /** Returns the C++ type of what a thread has so far. */
  public String type() {
    return CudaTypes.of(held());
  }

  /** Returns the C++ type in which elements are computed. */
  public String elementType() {
    return reduction == Reduction.SUM && element.isFloating() ? CudaTypes.of(element) : type();
  }

  /** Returns the declarations of a thread that has nothing yet. */
  public String start() {
    return isPosition()
        ? String.format("  %s best = %s;\n  index_t place = 0;\n", type(), extreme())
        : String.format("  %s total = %s;\n", type(), neutral());
  }

  /** Returns the result for no elements. */
  public String neutral() {
    return switch (reduction) {
      case SUM, ANY, ARG_MAX, ARG_MIN -> "0";
      case PROD, ALL -> "1";
      case MAX, MIN -> extreme();
    };
  }

  /** Returns the type's lowest or highest value, which any other is better than. */
  private String extreme() {
    boolean low = reduction == Reduction.MAX || reduction == Reduction.ARG_MAX;
    return ScalarSource.constant(held(), low ? element.lowest() : element.highest());
  }

  private String combined(String x, String y) {
    return switch (reduction) {
      case SUM -> String.format("add(%s, %s)", x, y);
      case PROD -> String.format("mul(%s, %s)", x, y);
      case MAX -> String.format("maximum(%s, %s)", x, y);
      case MIN -> String.format("minimum(%s, %s)", x, y);
      case ALL -> x + " & " + y;
      case ANY -> x + " | " + y;
      case ARG_MAX, ARG_MIN -> throw new IllegalArgumentException(reduction + " has positions");
    };
  }

  /**
   * Returns statements that take in the elements {@code v[0]} to {@code v[count - 1]}.
   *
   * @param count a power of two
   * @param places of these elements, in order
   */
  public String take(int count, String indentation, IntFunction<String> places) {
    StringBuilder text = new StringBuilder();
    if (isPosition()) {
      for (int i = 0; i < count; i++) {
        text.append(
            String.format(
                "%sif (%s) {\n%s  best = v[%d];\n%s  place = %s;\n%s}\n",
                indentation,
                better("v[" + i + "]"),
                indentation,
                i,
                indentation,
                places.apply(i),
                indentation));
      }
      return text.toString();
    }
    for (int half = count / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        String x = "v[" + i + "]";
        text.append(
            String.format("%s%s = %s;\n", indentation, x, combined(x, "v[" + (i + half) + "]")));
      }
    }
    String first = elementType().equals(type()) ? "v[0]" : "(" + type() + ")v[0]";
    return text.append(indentation)
        .append(String.format("total = %s;\n", combined("total", first)))
        .toString();
  }

  /** Returns whether a value is better than the best; of floating ones, NaN is the best of all. */
  private String better(String value) {
    String than = value + (reduction == Reduction.ARG_MAX ? " > " : " < ") + "best";
    return element.isFloating() ? than + " || (" + value + " != " + value + IS_NUMBER + ")" : than;
  }

  private String asGood(String value) {
    String equal = value + " == best";
    return element.isFloating()
        ? "(" + equal + " || (" + value + " != " + value + IS_NAN + "))"
        : equal;
  }

  /**
   * Returns statements that take in what another thread has, whose elements may lie before or
   * after.
   *
   * @param value an expression of the other's total or best element
   * @param position an expression of the other's place
   */
  public String merge(String indentation, String value, String position) {
    if (!isPosition()) {
      return String.format("%stotal = %s;\n", indentation, combined("total", value));
    }
    return String.format(
        """
        %1$sconst %2$s other = %3$s;
        %1$sconst index_t there = %4$s;
        %1$sif (%5$s || (%6$s && there < place)) {
        %1$s  best = other;
        %1$s  place = there;
        %1$s}
        """,
        indentation, type(), value, position, better("other"), asGood("other"));
  }

  /** Returns statements after which each of so many neighbouring lanes has what all had. */
  public String mergeLanes(int lanes) {
    String shuffle = "__shfl_xor_sync(0xffffffffu, %s, by)";
    return lanes == 1
        ? ""
        : String.format("#pragma unroll\n  for (int by = %d; by > 0; by /= 2) {\n", lanes / 2)
            + merge("    ", String.format(shuffle, value()), String.format(shuffle, "place"))
            + "  }\n";
  }

  /** Returns the name of the variable that holds the total or the best element. */
  public String value() {
    return isPosition() ? "best" : "total";
  }

  /** Returns the result, to be stored as this type. */
  public String result(DType to) {
    return "(" + CudaTypes.of(to) + ")" + (isPosition() ? "place" : "total");
  }
}
