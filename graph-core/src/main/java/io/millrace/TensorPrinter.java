package io.millrace;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * Writes a tensor as NumPy 2 does with its standard settings: lines of 75 characters, and beyond
 * 1000 elements only the first and last three along each axis.
 */
final class TensorPrinter {
  private static final int LINE = 75;
  private static final int THRESHOLD = 1000;
  private static final int EDGE = 3;
  private static final String ELLIPSIS = "...";

  private final Tensor tensor;
  private final boolean summary;
  private final long[] strides;
  private final LongFunction<String> format;

  private TensorPrinter(Tensor tensor) {
    this.tensor = tensor;
    summary = tensor.size() > THRESHOLD;
    strides = tensor.shape().strides();
    List<Long> shown = new ArrayList<>();
    collect(0, 0, shown);
    format = format(shown);
  }

  static String print(Tensor tensor) {
    if (tensor.shape().rank() == 0) {
      return printScalar(tensor);
    }
    if (tensor.size() == 0) {
      return "[]";
    }
    return new TensorPrinter(tensor).array(0, 0, " ", LINE);
  }

  private static String printScalar(Tensor tensor) {
    if (tensor.dtype() == DType.BOOL) {
      return tensor.booleanValue() ? "True" : "False";
    }
    return tensor.dtype().isFloating()
        ? FloatFormat.single(tensor.doubleValue(), tensor.dtype() == DType.FLOAT32)
        : Long.toString(tensor.longValue());
  }

  /** Lists the positions of the elements that are printed. */
  private void collect(int axis, long start, List<Long> positions) {
    if (axis == strides.length) {
      positions.add(start);
      return;
    }
    long length = tensor.shape().dim(axis);
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
    if (tensor.dtype() == DType.BOOL) {
      return at -> tensor.longAt(at) != 0 ? " True" : "False";
    }
    if (tensor.dtype().isFloating()) {
      double[] values = shown.stream().mapToDouble(tensor::doubleAt).toArray();
      FloatFormat floats = new FloatFormat(values, tensor.dtype() == DType.FLOAT32);
      return at -> floats.format(tensor.doubleAt(at));
    }
    int width =
        shown.stream().mapToInt(at -> Long.toString(tensor.longAt(at)).length()).max().orElse(0);
    return at -> FloatFormat.padLeft(Long.toString(tensor.longAt(at)), width);
  }

  private String array(int axis, long start, String indent, int width) {
    long length = tensor.shape().dim(axis);
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
