package io.millrace.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.millrace.ir.Primitive.Pool;
import io.millrace.ir.WindowAxis;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PoolingTest {
  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;

  static List<Arguments> recorded() {
    List<String> lines = Tables.lines("pooling.txt");
    List<Arguments> cases = new ArrayList<>();
    for (int i = 0; i < lines.size(); i += 5) {
      cases.add(Arguments.of(lines.get(i), lines.subList(i + 1, i + 5)));
    }
    return cases;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("recorded")
  void poolsAndTheirGradientsEqualTensorFlow(String head, List<String> expected) {
    String[] fields = head.split("; ", -1);
    Literal data =
        Tables.pattern(DType.FLOAT32, Tables.shape(fields[1]), 7, Integer.parseInt(fields[4]), 2);
    Shape result = Tables.shape(fields[2]);
    Literal gradient = Tables.pattern(DType.FLOAT32, result, 3, 7, 3);
    List<WindowAxis> axes = Tables.axes(fields[3]);
    Shape full = data.type().shape();

    check(expected.get(0), pool(Pool.Kind.MAX, axes, result, data));
    check(expected.get(1), pool(Pool.Kind.MAX_GRADIENT, axes, full, data, gradient));
    check(expected.get(2), pool(Pool.Kind.AVERAGE, axes, result, data));
    check(expected.get(3), pool(Pool.Kind.AVERAGE_GRADIENT, axes, full, gradient));
    check(expected.get(0), pool(Pool.Kind.MAX_GATHER, axes, result, data, data));
  }

  private static void check(String expected, Literal actual) {
    // TensorFlow adds up shares of averages in float32.
    assertArrayEquals(Tables.doubles(expected), Tables.values(actual), 1e-6);
  }

  @Test
  void tiesGoToTheFirstInRowMajorOrder() {
    Literal data = Tables.of(DType.FLOAT64, Shape.of(1, 2, 2, 1), 1, 3, 3, 3);
    List<WindowAxis> axes = Tables.axes("2,1,1,0,0 2,1,1,0,0");
    Literal one = Tables.of(DType.FLOAT64, Shape.of(1, 1, 1, 1), 5);
    assertArrayEquals(
        new double[] {0, 5, 0, 0},
        Tables.values(pool(Pool.Kind.MAX_GRADIENT, axes, data.type().shape(), data, one)));
    Literal other = Tables.of(DType.FLOAT64, data.type().shape(), 10, 20, 30, 40);
    assertArrayEquals(
        new double[] {20},
        Tables.values(pool(Pool.Kind.MAX_GATHER, axes, Shape.of(1, 1, 1, 1), data, other)));
  }

  @Test
  void maximumIsNaNIfAnyIs() {
    assertWholeWindow(NAN, 0, NAN, 1, 2);
    assertWholeWindow(NAN, 2, 1, 2, NAN);
    assertWholeWindow(NAN, 1, 3, NAN, NAN, 1);
    assertWholeWindow(NAN, 1, INF, NAN, INF);
    assertWholeWindow(NAN, 0, NAN, NAN);
    assertWholeWindow(NAN, 1, -INF, NAN);
    assertWholeWindow(-INF, 0, -INF, -INF);
  }

  private static void assertWholeWindow(double maximum, int place, double... values) {
    Literal data = Tables.of(DType.FLOAT32, Shape.of(1, values.length, 1), values);
    List<WindowAxis> axes = List.of(new WindowAxis(values.length, 1, 1, 0, 0));
    Shape single = Shape.of(1, 1, 1);
    assertArrayEquals(
        new double[] {maximum}, Tables.values(pool(Pool.Kind.MAX, axes, single, data)));
    double[] expected = new double[values.length];
    expected[place] = 7;
    Literal seven = Tables.of(DType.FLOAT32, single, 7);
    assertArrayEquals(
        expected,
        Tables.values(pool(Pool.Kind.MAX_GRADIENT, axes, data.type().shape(), data, seven)));
  }

  @Test
  void windowInThePaddingHasNoElements() {
    Literal data = Tables.of(DType.FLOAT64, Shape.of(1, 1, 1), 4);
    List<WindowAxis> axes = List.of(new WindowAxis(1, 1, 1, 1, 0));
    Shape two = Shape.of(1, 2, 1);
    Literal gradient = Tables.of(DType.FLOAT64, two, 5, 6);
    assertArrayEquals(new double[] {-INF, 4}, Tables.values(pool(Pool.Kind.MAX, axes, two, data)));
    assertArrayEquals(new double[] {0, 4}, Tables.values(pool(Pool.Kind.AVERAGE, axes, two, data)));
    assertArrayEquals(
        new double[] {0, 4}, Tables.values(pool(Pool.Kind.MAX_GATHER, axes, two, data, data)));
    Shape one = data.type().shape();
    assertArrayEquals(
        new double[] {6}, Tables.values(pool(Pool.Kind.MAX_GRADIENT, axes, one, data, gradient)));
    assertArrayEquals(
        new double[] {6}, Tables.values(pool(Pool.Kind.AVERAGE_GRADIENT, axes, one, gradient)));
  }

  @Test
  void dilatedWindowSkipsElements() {
    Literal data = Tables.of(DType.FLOAT64, Shape.of(1, 4, 1), 1, 9, 3, 5);
    List<WindowAxis> axes = List.of(new WindowAxis(2, 1, 2, 0, 0));
    assertArrayEquals(
        new double[] {3, 9}, Tables.values(pool(Pool.Kind.MAX, axes, Shape.of(1, 2, 1), data)));
  }

  private static Literal pool(
      Pool.Kind kind, List<WindowAxis> axes, Shape output, Literal... inputs) {
    return ReferenceInterpreter.evaluate(
            new Pool(kind, axes), List.of(inputs), List.of(inputs[0].type().withShape(output)))
        .get(0);
  }
}
