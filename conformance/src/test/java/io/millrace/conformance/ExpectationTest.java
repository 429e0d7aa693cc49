package io.millrace.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import org.junit.jupiter.api.Test;

/** The rule of comparison: |actual - expected| <= atol + rtol * |expected|. */
class ExpectationTest {
  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final Tolerance EXACT = new Tolerance(0, 0);
  private static final String SAME = "same";

  @Test
  void theBoundItselfIsNearEnough() {
    Tolerance tolerance = new Tolerance(0.25, 0.5);
    assertEquals(SAME, compare(tolerance, doubles(4), doubles(5.5)));
    assertEquals(SAME, compare(tolerance, doubles(-4), doubles(-2.5)));
    assertEquals(
        "x differs: expected 4.0, got 5.5000001, tolerance 1.50",
        compare(tolerance, doubles(4), doubles(5.5000001)));
  }

  @Test
  void theToleranceGoesByWhatIsExpected() {
    Tolerance relative = new Tolerance(0.5, 0);
    assertEquals(SAME, compare(relative, doubles(2), doubles(1)));
    assertEquals(
        "x differs: expected 1.0, got 2.0, tolerance 0.500",
        compare(relative, doubles(1), doubles(2)));
  }

  @Test
  void withoutTolerancesEverythingIsExact() {
    assertEquals(SAME, compare(EXACT, doubles(0.1), doubles(0.1)));
    assertEquals(
        "x differs: expected 0.1, got 0.10000000000000002, to be equal",
        compare(EXACT, doubles(0.1), doubles(Math.nextUp(0.1))));
  }

  @Test
  void nanEqualsNanOnly() {
    Tolerance wide = new Tolerance(1, 1e9);
    assertEquals(SAME, compare(wide, doubles(NAN), doubles(NAN)));
    assertEquals(
        "x differs: expected NaN, got 0.0, to be equal", compare(wide, doubles(NAN), doubles(0)));
    assertEquals(
        "x differs: expected 0.0, got NaN, tolerance 1.00e+09",
        compare(wide, doubles(0), doubles(NAN)));
  }

  @Test
  void infinitiesAreEqualOrNot() {
    Tolerance wide = new Tolerance(1, 1e9);
    assertEquals(SAME, compare(wide, doubles(INF, -INF), doubles(INF, -INF)));
    assertEquals(
        "x differs: expected Infinity, got -Infinity, to be equal",
        compare(wide, doubles(INF), doubles(-INF)));
    assertEquals(
        "x differs: expected Infinity, got 1.0E300, to be equal",
        compare(wide, doubles(INF), doubles(1e300)));
    assertEquals(
        "x differs: expected 1.0, got Infinity, tolerance 1.00e+09",
        compare(wide, doubles(1), doubles(INF)));
  }

  @Test
  void negativeZeroEqualsZero() {
    assertEquals(SAME, compare(EXACT, doubles(-0.0, 0.0), doubles(0.0, -0.0)));
  }

  @Test
  void typeAndShapeMustBeEqual() {
    Tolerance wide = new Tolerance(1, 1e9);
    assertEquals(
        "x is int64[2], expected float64[2]", compare(wide, doubles(1, 2), Literal.ofLongs(1, 2)));
    assertEquals(
        "x is float64[1,2], expected float64[2]",
        compare(wide, doubles(1, 2), Literal.fill(TensorType.of(DType.FLOAT64, 1, 2), 1)));
    assertEquals(
        "x is int64[0], expected int64[1]", compare(wide, Literal.ofLongs(1), Literal.ofLongs()));
  }

  @Test
  void emptyTensorsAreEqual() {
    assertEquals(SAME, compare(EXACT, doubles(), doubles()));
  }

  @Test
  void longsAreComparedBeyondWhatDoublesHold() {
    long large = (1L << 53) + 1;
    assertEquals(SAME, compare(EXACT, Literal.ofLongs(large), Literal.ofLongs(large)));
    assertEquals(
        "x differs: expected 9007199254740993, got 9007199254740992, to be equal",
        compare(EXACT, Literal.ofLongs(large), Literal.ofLongs(large - 1)));
  }

  @Test
  void namesTheElementThatIsFurthestFromItsOwnTolerance() {
    Tolerance relative = new Tolerance(0.5, 0);
    Literal expected = matrix(100, 1, 100, 1);
    assertEquals(
        "x differs most at [1,1]: expected 1.0, got 3.0, tolerance 0.500; 2 of 4 elements differ",
        compare(relative, expected, matrix(100, 1.2, 201, 3)));
  }

  @Test
  void namesNanBeforeAnyNumber() {
    assertEquals(
        "x differs most at [1]: expected 1.0, got NaN, to be equal; 2 of 2 elements differ",
        compare(EXACT, doubles(1, 1), doubles(1e300, NAN)));
  }

  @Test
  void showsBooleansAndFloatsAsSuch() {
    assertEquals(
        "x differs: expected true, got false, to be equal",
        compare(EXACT, Literal.scalar(DType.BOOL, 1), Literal.scalar(DType.BOOL, 0)));
    assertEquals(
        "x differs: expected 0.1, got 0.2, tolerance 0.0100",
        compare(
            new Tolerance(0.1, 0),
            Literal.scalar(DType.FLOAT32, 0.1),
            Literal.scalar(DType.FLOAT32, 0.2)));
  }

  private static String compare(Tolerance tolerance, Literal expected, Literal actual) {
    return new Expectation("x", expected, tolerance)
        .difference(actual)
        .map(Difference::toString)
        .orElse(SAME);
  }

  private static Literal doubles(double... values) {
    Literal.Builder builder = new Literal.Builder(TensorType.of(DType.FLOAT64, values.length));
    for (int i = 0; i < values.length; i++) {
      builder.setDouble(i, values[i]);
    }
    return builder.build();
  }

  private static Literal matrix(double... values) {
    return doubles(values).reshape(Shape.of(2, values.length / 2));
  }
}
