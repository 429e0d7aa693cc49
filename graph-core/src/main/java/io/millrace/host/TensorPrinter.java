package io.millrace.host;

import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.LongToDoubleFunction;
import java.util.function.LongUnaryOperator;

/**
 * Writes a tensor as NumPy 2 does with its standard settings: lines of 75 characters, and beyond
 * 1000 elements only the first and last three along each axis.
 */
public final class TensorPrinter {
  private static final int LINE = 75;
  private static final int THRESHOLD = 1000;
  private static final int EDGE = 3;
  private static final String ELLIPSIS = "...";

  private final TensorType type;
  private final LongUnaryOperator longs;
  private final LongToDoubleFunction doubles;
  private final boolean summary;
  private final long[] strides;
  private final LongFunction<String> format;

  private TensorPrinter(TensorType type, LongUnaryOperator longs, LongToDoubleFunction doubles) {
    this.type = type;
    this.longs = longs;
    this.doubles = doubles;
    summary = type.shape().size() > THRESHOLD;
    strides = type.shape().strides();
    List<Long> shown = new ArrayList<>();
    collect(0, 0, shown);
    format = format(shown);
  }

  /**
   * Prints a tensor.
   *
   * @param longs gives the element at a position, if the type is not floating
   * @param doubles likewise, if it is
   */
  public static String print(
      TensorType type, LongUnaryOperator longs, LongToDoubleFunction doubles) {
    TensorPrinter printer = new TensorPrinter(type, longs, doubles);
    if (type.shape().rank() == 0) {
      return printer.scalar();
    }
    return type.shape().size() == 0 ? "[]" : printer.array(0, 0, " ", LINE);
  }

  private boolean isSingle() {
    return type.dtype().bytes() == Float.BYTES;
  }

  private String scalar() {
    if (type.dtype().isBoolean()) {
      return longs.applyAsLong(0) != 0 ? "True" : "False";
    }
    return type.dtype().isFloating()
        ? FloatFormat.single(doubles.applyAsDouble(0), isSingle())
        : Long.toString(longs.applyAsLong(0));
  }

  /** Lists the positions of the elements that are printed. */
  private void collect(int axis, long start, List<Long> positions) {
    if (axis == strides.length) {
      positions.add(start);
      return;
    }
    long length = type.shape().dim(axis);
    for (long i = 0; i < length; i++) {
      if (shortened(length) && i == EDGE) {
        i = length - EDGE;
      }
      collect(axis + 1, start + i * strides[axis], positions);
    }
  }

  private boolean shortened(long length) {
    return summary && length > 2 * EDGE;
  }

  private LongFunction<String> format(List<Long> shown) {
    if (type.dtype().isBoolean()) {
      return at -> longs.applyAsLong(at) != 0 ? " True" : "False";
    }
    if (type.dtype().isFloating()) {
      double[] values = shown.stream().mapToDouble(doubles::applyAsDouble).toArray();
      FloatFormat floats = new FloatFormat(values, isSingle());
      return at -> floats.format(doubles.applyAsDouble(at));
    }
    int width =
        shown.stream()
            .mapToInt(at -> Long.toString(longs.applyAsLong(at)).length())
            .max()
            .orElse(0);
    return at -> FloatFormat.padLeft(Long.toString(longs.applyAsLong(at)), width);
  }

  private String array(int axis, long start, String indent, int width) {
    long length = type.shape().dim(axis);
    String body =
        axis == strides.length - 1
            ? row(start, length, indent, width - 1)
            : rows(axis, start, length, indent, width - 1);
    return "[" + body.substring(indent.length()) + "]";
  }

  /** Writes the last axis, wrapped into lines. */
  private String row(long start, long length, String indent, int width) {
    StringBuilder text = new StringBuilder();
    StringBuilder line = new StringBuilder(indent);
    for (long i = 0; i < length; i++) {
      if (shortened(length) && i == EDGE) {
        extend(text, line, ELLIPSIS, width, indent);
        line.append(' ');
        i = length - EDGE;
      }
      extend(text, line, format.apply(start + i), width, indent);
      if (i < length - 1) {
        line.append(' ');
      }
    }
    return text.append(line).toString();
  }

  private static void extend(
      StringBuilder text, StringBuilder line, String word, int width, String indent) {
    if (line.length() + word.length() > width && line.length() > indent.length()) {
      text.append(line.toString().stripTrailing()).append('\n');
      line.setLength(0);
      line.append(indent);
    }
    line.append(word);
  }

  private String rows(int axis, long start, long length, String indent, int width) {
    StringBuilder text = new StringBuilder();
    String separator = "\n".repeat(strides.length - axis - 1);
    for (long i = 0; i < length; i++) {
      if (shortened(length) && i == EDGE) {
        text.append(indent).append(ELLIPSIS).append(separator);
        i = length - EDGE;
      }
      text.append(indent).append(array(axis + 1, start + i * strides[axis], indent + " ", width));
      if (i < length - 1) {
        text.append(separator);
      }
    }
    return text.toString();
  }
}
