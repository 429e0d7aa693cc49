package io.millrace.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.millrace.ir.Primitive.Convolve;
import io.millrace.ir.WindowAxis;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConvolutionTest {
  static List<Arguments> recorded() {
    List<String> lines = Tables.lines("convolution.txt");
    List<Arguments> cases = new ArrayList<>();
    for (int i = 0; i < lines.size(); i += 4) {
      for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
        cases.add(Arguments.of(lines.get(i), dtype, lines.subList(i + 1, i + 4)));
      }
    }
    return cases;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("recorded")
  void forwardAndBothGradientsEqualPyTorch(String head, DType dtype, List<String> expected) {
    String[] fields = head.split("; ", -1);
    Literal data = Tables.pattern(dtype, Tables.shape(fields[1]), 7, 11, 5);
    Literal filter = Tables.pattern(dtype, Tables.shape(fields[2]), 5, 9, 4);
    Shape result = Tables.shape(fields[3]);
    Literal gradient = Tables.pattern(dtype, result, 3, 7, 3);
    int groups = Integer.parseInt(fields[4]);
    List<WindowAxis> axes = Tables.axes(fields[5]);

    check(Convolve.Kind.FORWARD, axes, groups, List.of(data, filter), result, expected.get(0));
    check(
        Convolve.Kind.DATA_GRADIENT,
        axes,
        groups,
        List.of(filter, gradient),
        data.type().shape(),
        expected.get(1));
    check(
        Convolve.Kind.FILTER_GRADIENT,
        axes,
        groups,
        List.of(data, gradient),
        filter.type().shape(),
        expected.get(2));
  }

  private static void check(
      Convolve.Kind kind,
      List<WindowAxis> axes,
      int groups,
      List<Literal> inputs,
      Shape output,
      String expected) {
    Literal actual =
        ReferenceInterpreter.evaluate(
                new Convolve(kind, axes, groups),
                inputs,
                List.of(inputs.get(0).type().withShape(output)))
            .get(0);
    assertArrayEquals(Tables.doubles(expected), Tables.values(actual), kind.toString());
  }
}
