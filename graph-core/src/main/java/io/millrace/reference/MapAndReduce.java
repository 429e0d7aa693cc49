package io.millrace.reference;

import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Computes Map and Reduce. */
final class MapAndReduce {
  private MapAndReduce() {}

  static List<Literal> map(Primitive.Map map, List<Literal> inputs, List<TensorType> outputs) {
    ScalarInterpreter scalar = new ScalarInterpreter(map.function(), inputs, map.views());
    List<Literal.Builder> builders = new ArrayList<>();
    outputs.forEach(type -> builders.add(new Literal.Builder(type)));
    long[] element = {0};
    Numbers.forEach(
        map.domain(),
        at -> {
          scalar.compute(at);
          for (int i = 0; i < builders.size(); i++) {
            DType dtype = outputs.get(i).dtype();
            Numbers.set(builders.get(i), dtype, element[0], scalar.result(i));
          }
          element[0]++;
        });
    return builders.stream().map(Literal.Builder::build).toList();
  }

  static Literal reduce(Primitive.Reduce reduce, List<Literal> inputs, TensorType output) {
    Reduction reduction = reduce.reduction();
    DType dtype = reduce.function().resultType(0);
    Shape domain = reduce.domain();
    long count = domain.slice(reduce.kept(), domain.rank()).size();
    if (reduction.isPosition() && count == 0 && output.shape().size() > 0) {
      throw new IllegalArgumentException(reduction + " of no elements");
    }
    Number[] best = new Number[Math.toIntExact(output.shape().size())];
    long[] position = new long[best.length];
    Arrays.fill(best, start(reduction, dtype));
    ScalarInterpreter scalar = new ScalarInterpreter(reduce.function(), inputs, reduce.views());
    long[] element = {0};
    Numbers.forEach(
        domain,
        at -> {
          scalar.compute(at);
          Number value = scalar.result(0);
          int group = (int) (element[0] / count);
          long place = element[0] % count;
          element[0]++;
          if (!reduction.isPosition()) {
            best[group] = combine(reduction, dtype, best[group], value);
          } else if (isBetter(reduction, dtype, value, best[group])) {
            best[group] = value;
            position[group] = place;
          }
        });
    Literal.Builder builder = new Literal.Builder(output);
    for (int i = 0; i < best.length; i++) {
      Numbers.set(
          builder, output.dtype(), i, reduction.isPosition() ? (Number) position[i] : best[i]);
    }
    return builder.build();
  }

  /** Returns the result for no elements. */
  static Number start(Reduction reduction, DType dtype) {
    return switch (reduction) {
      case SUM, ANY -> Numbers.of(dtype, dtype.ofLong(0));
      case PROD, ALL -> Numbers.of(dtype, dtype.ofLong(1));
      case MAX, ARG_MAX -> Numbers.of(dtype, dtype.lowest());
      case MIN, ARG_MIN -> Numbers.of(dtype, dtype.highest());
    };
  }

  private static Number combine(Reduction reduction, DType dtype, Number so, Number value) {
    if (dtype.isFloating()) {
      double x = so.doubleValue();
      double y = value.doubleValue();
      return switch (reduction) {
        case SUM -> x + y;
        case PROD -> x * y;
        case MAX -> Math.max(x, y);
        case MIN -> Math.min(x, y);
        default -> throw new IllegalArgumentException(reduction + " of " + dtype);
      };
    }
    long x = so.longValue();
    long y = value.longValue();
    return switch (reduction) {
      case SUM -> x + y;
      case PROD -> x * y;
      case MAX -> Math.max(x, y);
      case MIN -> Math.min(x, y);
      case ALL -> x & y;
      case ANY -> x | y;
      default -> throw new IllegalArgumentException(reduction + " of " + dtype);
    };
  }

  /** Strictly better only, so that the first of equals stays; NaN is better than any number. */
  private static boolean isBetter(Reduction reduction, DType dtype, Number value, Number best) {
    boolean greatest = reduction == Reduction.ARG_MAX;
    if (dtype.isFloating()) {
      double x = value.doubleValue();
      double y = best.doubleValue();
      return Double.isNaN(x) ? !Double.isNaN(y) : greatest ? x > y : x < y;
    }
    long x = value.longValue();
    long y = best.longValue();
    return greatest ? x > y : x < y;
  }
}
