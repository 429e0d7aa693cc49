package io.millrace.reference;

import io.millrace.ir.Primitive;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * Computes Pool.
 *
 * <p>A window that lies in the padding entirely has the maximum negative infinity, the average 0,
 * and gathers 0; its gradient goes nowhere.
 */
final class Pooling {
  private Pooling() {}

  static Literal pool(Primitive.Pool pool, List<Literal> inputs, TensorType output) {
    List<Shape> shapes = inputs.stream().map(i -> i.type().shape()).toList();
    Shape data = pool.kind().data(shapes, output.shape());
    Shape result = pool.kind().result(shapes, output.shape());
    Windows windows = new Windows(pool.axes(), data);
    double[] values = new double[Math.toIntExact(output.shape().size())];
    int[] next = {0};
    Numbers.forEach(
        result,
        at -> {
          int place = next[0]++;
          List<Long> elements = new ArrayList<>();
          Numbers.forEach(
              windows.window(),
              inside -> {
                long element = windows.element(at, inside, 0, at[at.length - 1]);
                if (element >= 0) {
                  elements.add(element);
                }
              });
          pool(pool.kind(), inputs, elements, place, values);
        });
    return Numbers.ofDoubles(output, values);
  }

  private static void pool(
      Primitive.Pool.Kind kind,
      List<Literal> inputs,
      List<Long> elements,
      int place,
      double[] values) {
    if (elements.isEmpty()) {
      if (kind == Primitive.Pool.Kind.MAX) {
        values[place] = Double.NEGATIVE_INFINITY;
      }
      return;
    }
    Literal first = inputs.get(0);
    switch (kind) {
      case MAX -> values[place] = first.getDouble(greatest(first, elements));
      case AVERAGE -> {
        double sum = 0;
        for (long element : elements) {
          sum += first.getDouble(element);
        }
        values[place] = sum / elements.size();
      }
      case MAX_GRADIENT ->
          values[(int) greatest(first, elements)] += inputs.get(1).getDouble(place);
      case AVERAGE_GRADIENT -> {
        double share = first.getDouble(place) / elements.size();
        elements.forEach(element -> values[element.intValue()] += share);
      }
      case MAX_GATHER -> values[place] = inputs.get(1).getDouble(greatest(first, elements));
    }
  }

  /** Returns the first greatest element; NaN is greater than any number. */
  private static long greatest(Literal data, List<Long> elements) {
    long best = elements.get(0);
    double so = Double.NEGATIVE_INFINITY;
    for (long element : elements) {
      double value = data.getDouble(element);
      if (value > so || (Double.isNaN(value) && !Double.isNaN(so))) {
        so = value;
        best = element;
      }
    }
    return best;
  }
}
