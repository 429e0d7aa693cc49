package io.millrace.cpu;

import io.millrace.DType;
import io.millrace.Shape;
import io.millrace.TensorType;
import io.millrace.ir.Primitive;
import io.millrace.ir.WindowAxis;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvolutionTest {
  /** Axes are {@code size/stride/dilation/padBefore/padAfter}, divided by spaces. */
  @ParameterizedTest
  @CsvSource({
    "2,32 32,1,6,1,5/1/1/0/0 5/1/1/0/0",
    "3,14 14,6,16,1,5/1/1/0/0 5/1/1/0/0",
    "2,9 11,3,4,1,3/1/1/1/1 3/1/1/1/1",
    "2,9 11,3,4,1,3/2/1/1/1 3/2/1/0/1",
    "2,9 11,3,4,1,3/1/2/2/2 3/1/2/2/1",
    "1,10 12,2,5,1,3/3/2/1/2 2/2/3/0/3",
    "2,5 4,3,2,1,2/3/1/0/0 1/4/1/0/0",
    "2,7 7,4,6,2,3/1/1/1/1 3/2/1/1/1",
    "2,7 6,4,4,4,3/1/1/1/1 3/1/1/1/1",
    "2,7 6,4,8,4,3/2/2/1/1 3/2/1/0/1",
    "2,7 6,4,12,4,3/2/1/1/1 3/1/2/2/1",
    "3,9,5,5,5,3/2/1/1/1",
    "2,5 4 6,3,3,3,2/1/1/0/1 3/2/1/1/1 2/3/1/0/0",
    "2,40 40,16,16,16,3/1/1/1/1 3/1/1/1/1",
    "2,6 5,8,16,1,1/1/1/0/0 1/1/1/0/0",
    "2,6 5,8,16,2,1/1/1/0/0 1/1/1/0/0",
    "2,6 5,8,16,1,1/2/1/0/0 1/2/1/0/0",
    "3,40,3,5,1,7/1/1/3/3",
    "1,41,3,5,1,4/3/2/2/1",
    "2,6 5 7,2,3,1,3/1/1/1/1 2/1/1/0/1 3/1/1/1/1",
    "2,6 5 7,2,4,2,3/2/1/1/1 2/1/2/0/1 3/2/1/1/0",
    "0,6 5,2,4,1,3/1/1/1/1 3/1/1/1/1",
    "2,2 5,2,4,1,5/1/1/0/0 3/1/1/1/1",
    "2,6 5,2,0,1,3/1/1/1/1 3/1/1/1/1",
    "2,6 5,0,3,1,3/1/1/1/1 3/1/1/1/1",
    "1,4 4,2,3,1,3/1/1/5/5 3/1/1/4/6",
    "4,24 24,16,32,1,3/1/1/1/1 3/1/1/1/1",
    "4,24 24,16,32,1,3/2/1/0/1 3/2/1/0/1"
  })
  void everyKind(long n, String spatial, long cIn, long cOut, int groups, String windows) {
    List<WindowAxis> axes = StepRunner.axes(windows);
    Shape data = Shape.of(n);
    Shape result = Shape.of(n);
    Shape filter = Shape.of();
    long[] extents = StepRunner.numbers(spatial, " ");
    for (int i = 0; i < extents.length; i++) {
      long extent = extents[i];
      WindowAxis axis = axes.get(i);
      data = data.concat(Shape.of(extent));
      result = result.concat(Shape.of(axis.windows(extent)));
      filter = filter.concat(Shape.of(axis.size()));
    }
    data = data.concat(Shape.of(cIn));
    result = result.concat(Shape.of(cOut));
    filter = filter.concat(Shape.of(cIn / groups, cOut));
    for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
      TensorType x = new TensorType(dtype, data);
      TensorType w = new TensorType(dtype, filter);
      TensorType y = new TensorType(dtype, result);
      check(Primitive.Convolve.Kind.FORWARD, axes, groups, x, w, y);
      check(Primitive.Convolve.Kind.DATA_GRADIENT, axes, groups, w, y, x);
      check(Primitive.Convolve.Kind.FILTER_GRADIENT, axes, groups, x, y, w);
    }
  }

  private static void check(
      Primitive.Convolve.Kind kind,
      List<WindowAxis> axes,
      int groups,
      TensorType first,
      TensorType second,
      TensorType output) {
    StepRunner.check(
        new Primitive.Convolve(kind, axes, groups),
        List.of(StepRunner.numbers(first, 1), StepRunner.numbers(second, 2)),
        output);
  }
}
