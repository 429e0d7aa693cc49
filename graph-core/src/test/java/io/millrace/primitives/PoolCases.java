package io.millrace.primitives;

import io.millrace.ir.Primitive;
import io.millrace.ir.WindowAxis;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Poolings of every kind. */
public final class PoolCases implements Cases {
  /** Batch, extents, channels, and axes as {@link Inputs#axes} reads them. */
  private static final List<String> CASES =
      List.of(
          "3,28 28,6,2/2/1/0/0 2/2/1/0/0",
          "3,10 10,16,2/2/1/0/0 2/2/1/0/0",
          "2,9 11,3,2/2/1/0/1 2/2/1/0/1",
          "2,9 11,3,2/2/1/1/0 2/2/1/1/1",
          "2,9 11,3,3/2/1/0/0 3/2/1/1/1",
          "2,9 11,4,3/2/1/0/0 3/2/1/1/1",
          "2,9 11,3,3/1/1/1/1 3/1/1/1/1",
          "2,9 11,3,2/3/1/0/0 2/4/1/0/0",
          "1,12 11,5,3/2/2/2/2 2/1/3/0/1",
          "2,17,4,3/2/1/1/1",
          "2,17,4,2/2/1/0/1",
          "2,17,3,2/2/1/0/1",
          "2,6 5 7,2,2/2/1/0/0 2/2/1/0/1 3/2/1/1/1",
          "1,3 4 3 5,4,2/1/1/0/1 2/2/1/0/0 1/1/1/0/0 3/2/1/1/1",
          "2,4 4,2,4/4/1/0/0 4/4/1/0/0",
          // Such a distance, though nothing is that far away, calls for positions of 64 bits.
          "2,6 5,3,3/2/1/1/1 1/1/1073741824/0/0",
          "2,3 5,4,2/1/1/0/0 2/3000000000/1/0/0",
          "0,4 4,2,2/2/1/0/0 2/2/1/0/0",
          "2,1 4,2,2/2/1/0/0 2/2/1/0/0",
          "2,3 3,2,1/1/1/2/2 1/1/1/0/3",
          "1,20 19,4,17/2/1/0/0 16/2/1/2/2");

  private static final double[] SPECIAL = {
    0.0,
    -0.0,
    1,
    Double.NaN,
    -1,
    0.0,
    -0.0,
    Double.POSITIVE_INFINITY,
    -2,
    0.0,
    -0.0,
    Double.NEGATIVE_INFINITY,
    -0.0,
    0.0,
    2,
    0.0,
    -0.0,
    0.0
  };

  @Override
  public List<StepCase> telling() {
    List<StepCase> cases = new ArrayList<>(every(DType.FLOAT32));
    for (int i = 0; i < CASES.size(); i += 4) {
      cases.addAll(of(DType.FLOAT64, CASES.get(i)));
    }
    return cases;
  }

  @Override
  public List<StepCase> every(DType type) {
    return type.isFloating()
        ? CASES.stream().flatMap(text -> of(type, text).stream()).toList()
        : List.of();
  }

  private static List<StepCase> of(DType dtype, String text) {
    String[] parts = text.split(",", -1);
    List<WindowAxis> axes = Inputs.axes(parts[3]);
    Shape data = Shape.of(Long.parseLong(parts[0]));
    Shape result = data;
    long[] extents = Inputs.numbers(parts[1], " ");
    for (int i = 0; i < extents.length; i++) {
      data = data.concat(Shape.of(extents[i]));
      result = result.concat(Shape.of(axes.get(i).windows(extents[i])));
    }
    Shape channels = Shape.of(Long.parseLong(parts[2]));
    TensorType x = new TensorType(dtype, data.concat(channels));
    TensorType y = new TensorType(dtype, result.concat(channels));
    List<StepCase> cases = new ArrayList<>();
    // Small whole numbers repeat, so that ties occur; NaN, infinities and both zeros too.
    for (Literal values : List.of(Inputs.numbers(x, 1), special(x))) {
      cases.add(of(Primitive.Pool.Kind.MAX, axes, y, values));
      cases.add(of(Primitive.Pool.Kind.MAX_GRADIENT, axes, x, values, Inputs.normal(y, 3)));
      cases.add(of(Primitive.Pool.Kind.MAX_GATHER, axes, y, values, Inputs.normal(x, 4)));
    }
    cases.add(of(Primitive.Pool.Kind.AVERAGE, axes, y, Inputs.normal(x, 5)));
    cases.add(of(Primitive.Pool.Kind.AVERAGE_GRADIENT, axes, x, Inputs.normal(y, 6)));
    return cases;
  }

  private static Literal special(TensorType type) {
    Literal.Builder builder = new Literal.Builder(type);
    for (long i = 0; i < type.shape().size(); i++) {
      builder.setDouble(i, SPECIAL[(int) (i * i * 7 / 5 % SPECIAL.length)]);
    }
    return builder.build();
  }

  private static StepCase of(
      Primitive.Pool.Kind kind, List<WindowAxis> axes, TensorType output, Literal... inputs) {
    return StepCase.of(new Primitive.Pool(kind, axes), List.of(inputs), output)
        .within(Tolerance.ROUNDED);
  }
}
