package io.millrace.reference;

import io.millrace.ir.Primitive;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;

/**
 * Computes Convolve.
 *
 * <p>Forward and both gradients are one sum over (window, element of the window, input channel,
 * output channel): each term ties one element of the data to one of the filter and one of the
 * result, and the kind says which of the three gathers the products of the other two.
 */
final class Convolution {
  private Convolution() {}

  static Literal convolve(Primitive.Convolve convolve, List<Literal> inputs, TensorType output) {
    double[] first = Numbers.doubles(inputs.get(0));
    double[] second = Numbers.doubles(inputs.get(1));
    double[] sums = new double[Math.toIntExact(output.shape().size())];
    Term term =
        switch (convolve.kind()) {
          case FORWARD ->
              (data, filter, result) ->
                  sums[(int) result] += first[(int) data] * second[(int) filter];
          case DATA_GRADIENT ->
              (data, filter, result) ->
                  sums[(int) data] += first[(int) filter] * second[(int) result];
          case FILTER_GRADIENT ->
              (data, filter, result) ->
                  sums[(int) filter] += first[(int) data] * second[(int) result];
        };
    List<Shape> shapes = inputs.stream().map(input -> input.type().shape()).toList();
    forEachTerm(
        convolve,
        convolve.kind().data(shapes, output.shape()),
        convolve.kind().filter(shapes, output.shape()),
        convolve.kind().result(shapes, output.shape()),
        term);
    return Numbers.ofDoubles(output, sums);
  }

  private interface Term {
    void add(long data, long filter, long result);
  }

  private static void forEachTerm(
      Primitive.Convolve convolve, Shape data, Shape filter, Shape result, Term term) {
    int spatial = convolve.axes().size();
    Windows windows = new Windows(convolve.axes(), data);
    long perGroup = filter.dim(-2);
    long outputs = filter.dim(-1);
    // The filter's axes are [window..., input channel, output channel].
    Numbers.forEach(
        result.slice(0, spatial + 1).concat(filter),
        at -> {
          long out = at[at.length - 1];
          long in = at[at.length - 2];
          long channel = out / (outputs / convolve.groups()) * perGroup + in;
          long element = windows.element(at, at, spatial + 1, channel);
          if (element >= 0) {
            term.add(
                element,
                position(filter, at, spatial + 1, spatial + 2),
                position(result, at, 0, spatial + 1) + out);
          }
        });
  }

  /** Returns the row-major position of {@code count} coordinates; axes beyond them are 0. */
  private static long position(Shape shape, long[] at, int first, int count) {
    long position = 0;
    for (int axis = 0; axis < shape.rank(); axis++) {
      position = position * shape.dim(axis) + (axis < count ? at[first + axis] : 0);
    }
    return position;
  }
}
