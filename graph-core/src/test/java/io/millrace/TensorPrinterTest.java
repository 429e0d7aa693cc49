package io.millrace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.type.Shape;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The expected texts are those that NumPy 2.4 prints. */
class TensorPrinterTest {
  private static float[] ramp(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = i / 8f;
    }
    return values;
  }

  static Stream<Arguments> arrays() {
    return Stream.of(
        Arguments.of(new float[] {1, 2.5f, -3}, "[ 1.   2.5 -3. ]"),
        Arguments.of(new float[] {0.1f, 1e-5f, 1}, "[1.e-01 1.e-05 1.e+00]"),
        Arguments.of(new float[] {1e6f, 1}, "[1.e+06 1.e+00]"),
        Arguments.of(new float[] {123456.7f, 3}, "[1.234567e+05 3.000000e+00]"),
        Arguments.of(new float[] {Float.NaN, 1, Float.NEGATIVE_INFINITY}, "[ nan   1. -inf]"),
        Arguments.of(new float[] {Float.NaN, Float.POSITIVE_INFINITY}, "[nan inf]"),
        Arguments.of(new float[] {1 / 3f, 2 / 3f}, "[0.33333334 0.6666667 ]"),
        Arguments.of(new double[] {1 / 3.0, 1e10}, "[3.33333333e-01 1.00000000e+10]"),
        Arguments.of(new double[] {1 / 3.0, -100.25}, "[   0.33333333 -100.25      ]"),
        Arguments.of(new double[] {1e-10, 1e100, Double.NaN}, "[1.e-010 1.e+100     nan]"),
        Arguments.of(
            new float[][] {{1, 10}, {-100, 0.5f}},
            """
        [[   1.    10. ]
         [-100.     0.5]]"""),
        Arguments.of(
            new int[][][] {{{1, 2}, {3, 4}}, {{-5, 6}, {7, 100}}},
            """
        [[[  1   2]
          [  3   4]]

         [[ -5   6]
          [  7 100]]]"""),
        Arguments.of(new boolean[] {true, false}, "[ True False]"),
        Arguments.of(new byte[] {1, (byte) 200}, "[  1 200]"),
        Arguments.of(new float[0], "[]"),
        Arguments.of(new long[][][] {{{1}}}, "[[[1]]]"),
        Arguments.of(new float[] {0, -0.0f}, "[ 0. -0.]"),
        Arguments.of(
            ramp(40),
            """
        [0.    0.125 0.25  0.375 0.5   0.625 0.75  0.875 1.    1.125 1.25  1.375
         1.5   1.625 1.75  1.875 2.    2.125 2.25  2.375 2.5   2.625 2.75  2.875
         3.    3.125 3.25  3.375 3.5   3.625 3.75  3.875 4.    4.125 4.25  4.375
         4.5   4.625 4.75  4.875]"""),
        Arguments.of(ramp(1001), "[  0.      0.125   0.25  ... 124.75  124.875 125.   ]"));
  }

  @ParameterizedTest
  @MethodSource("arrays")
  void printsArraysAsNumPyDoes(Object array, String expected) {
    assertEquals(expected, Tensor.of(array).toString());
  }

  @Test
  void shortensLargeMatrices() {
    assertEquals(
        """
        [[0.00000e+00 1.25000e-01 2.50000e-01 ... 3.37500e+00 3.50000e+00
          3.62500e+00]
         [3.75000e+00 3.87500e+00 4.00000e+00 ... 7.12500e+00 7.25000e+00
          7.37500e+00]
         [7.50000e+00 7.62500e+00 7.75000e+00 ... 1.08750e+01 1.10000e+01
          1.11250e+01]
         ...
         [1.38750e+02 1.38875e+02 1.39000e+02 ... 1.42125e+02 1.42250e+02
          1.42375e+02]
         [1.42500e+02 1.42625e+02 1.42750e+02 ... 1.45875e+02 1.46000e+02
          1.46125e+02]
         [1.46250e+02 1.46375e+02 1.46500e+02 ... 1.49625e+02 1.49750e+02
          1.49875e+02]]""",
        Tensor.of(ramp(1200), Shape.of(40, 30)).toString());
  }

  @Test
  void shortensLargeCubes() {
    long[] values = new long[1800];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    assertEquals(
        """
        [[[   0    1    2 ...   97   98   99]
          [ 100  101  102 ...  197  198  199]
          [ 200  201  202 ...  297  298  299]
          ...
          [ 600  601  602 ...  697  698  699]
          [ 700  701  702 ...  797  798  799]
          [ 800  801  802 ...  897  898  899]]

         [[ 900  901  902 ...  997  998  999]
          [1000 1001 1002 ... 1097 1098 1099]
          [1100 1101 1102 ... 1197 1198 1199]
          ...
          [1500 1501 1502 ... 1597 1598 1599]
          [1600 1601 1602 ... 1697 1698 1699]
          [1700 1701 1702 ... 1797 1798 1799]]]""",
        Tensor.of(values, Shape.of(2, 9, 100)).toString());
  }

  static Stream<Arguments> scalars() {
    return Stream.of(
        Arguments.of(0.1f, "0.1"),
        Arguments.of(1e-5f, "1e-05"),
        Arguments.of(1f, "1.0"),
        Arguments.of((float) 1e16, "1e+16"),
        Arguments.of(-2.5f, "-2.5"),
        Arguments.of(Float.NaN, "nan"),
        Arguments.of(1 / 3.0, "0.3333333333333333"),
        Arguments.of(1e22, "1e+22"),
        Arguments.of(16777216f, "1.6777216e+07"),
        Arguments.of(1e-4f, "1e-04"),
        Arguments.of(1234567f, "1.234567e+06"),
        Arguments.of(999999f, "999999.0"),
        Arguments.of(7, "7"),
        Arguments.of(true, "True"));
  }

  @ParameterizedTest
  @MethodSource("scalars")
  void printsScalarsAsNumPyDoes(Object scalar, String expected) {
    assertEquals(expected, Tensor.of(scalar).toString());
  }

  @Test
  void saysThatATensorIsClosed() {
    Tensor tensor = Tensor.of(new float[2]);
    tensor.close();
    assertEquals("closed tensor of type float32[2]", tensor.toString());
  }
}
