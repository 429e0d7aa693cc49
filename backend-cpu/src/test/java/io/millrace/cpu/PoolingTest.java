package io.millrace.cpu;

import io.millrace.DType;
import io.millrace.Shape;
import io.millrace.TensorType;
import io.millrace.ir.Literal;
import io.millrace.ir.Primitive;
import io.millrace.ir.WindowAxis;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolingTest {
  /** Axes are {@code size/stride/dilation/padBefore/padAfter}, divided by spaces. */
  @ParameterizedTest
  @CsvSource({
    "3,28 28,6,2/2/1/0/0 2/2/1/0/0",
    "3,10 10,16,2/2/1/0/0 2/2/1/0/0",
    "2,9 11,3,2/2/1/0/1 2/2/1/0/1",
    "2,9 11,3,2/2/1/1/0 2/2/1/1/1",
    "2,9 11,3,3/2/1/0/0 3/2/1/1/1",
    "2,9 11,3,3/1/1/1/1 3/1/1/1/1",
    "2,9 11,3,2/3/1/0/0 2/4/1/0/0",
    "1,12 11,5,3/2/2/2/2 2/1/3/0/1",
    "2,17,4,3/2/1/1/1",
    "2,17,4,2/2/1/0/1",
    "2,6 5 7,2,2/2/1/0/0 2/2/1/0/1 3/2/1/1/1",
    "2,4 4,2,4/4/1/0/0 4/4/1/0/0",
    "0,4 4,2,2/2/1/0/0 2/2/1/0/0",
    "2,1 4,2,2/2/1/0/0 2/2/1/0/0",
    "2,3 3,2,1/1/1/2/2 1/1/1/0/3"
  })
  void everyKind(long n, String spatial, long channels, String windows) {
    List<WindowAxis> axes = StepRunner.axes(windows);
    Shape data = Shape.of(n);
    Shape result = Shape.of(n);
    long[] extents = StepRunner.numbers(spatial, " ");
    for (int i = 0; i < extents.length; i++) {
      long extent = extents[i];
      WindowAxis axis = axes.get(i);
      data = data.concat(Shape.of(extent));
      result = result.concat(Shape.of(axis.windows(extent)));
    }
    data = data.concat(Shape.of(channels));
    result = result.concat(Shape.of(channels));
    for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
      TensorType x = new TensorType(dtype, data);
      TensorType y = new TensorType(dtype, result);
      // Small whole numbers repeat, so that ties occur; NaN, infinities and both zeros too.
      for (Literal values : List.of(StepRunner.numbers(x, 1), special(x))) {
        check(Primitive.Pool.Kind.MAX, axes, y, values);
        check(Primitive.Pool.Kind.MAX_GRADIENT, axes, x, values, StepRunner.normal(y, 3));
        check(Primitive.Pool.Kind.MAX_GATHER, axes, y, values, StepRunner.normal(x, 4));
      }
      check(Primitive.Pool.Kind.AVERAGE, axes, y, StepRunner.normal(x, 5));
      check(Primitive.Pool.Kind.AVERAGE_GRADIENT, axes, x, StepRunner.normal(y, 6));
    }
  }

  private static Literal special(TensorType type) {
    double[] values = {
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
    Literal.Builder builder = new Literal.Builder(type);
    for (long i = 0; i < type.shape().size(); i++) {
      builder.setDouble(i, values[(int) (i * i * 7 / 5 % values.length)]);
    }
    return builder.build();
  }

  private static void check(
      Primitive.Pool.Kind kind, List<WindowAxis> axes, TensorType output, Literal... inputs) {
    StepRunner.check(new Primitive.Pool(kind, axes), List.of(inputs), output);
  }
}
