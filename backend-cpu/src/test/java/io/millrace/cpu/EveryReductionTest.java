package io.millrace.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.cpu.loops.Spans;
import io.millrace.ir.BinaryFn;
import io.millrace.ir.Origin;
import io.millrace.ir.Reduction;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.View;
import io.millrace.primitives.ReduceCases;
import io.millrace.primitives.StepCase;
import io.millrace.spi.StepException;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds reductions to the reference: exactly, but for rounded sums and products. */
class EveryReductionTest {
  private static final List<Spans> FORMS =
      List.of(new Spans(Spans.Mode.SCALAR), new Spans(Spans.Mode.VECTOR));

  private static final ReduceCases CASES = new ReduceCases(8);

  private static Stream<Arguments> everyReductionAndType() {
    return Stream.of(DType.values())
        .flatMap(
            type ->
                ReduceCases.reductions(type).stream()
                    .map(reduction -> Arguments.of(reduction, type)));
  }

  private static void check(List<StepCase> cases) {
    StepRunner.checkAll(cases, FORMS);
  }

  @ParameterizedTest
  @MethodSource("everyReductionAndType")
  void allAxes(Reduction reduction, DType type) {
    check(CASES.vectors(reduction, type, 1, 2, 63, 64, 255, 256, 257, 2047, 2049, 5000, 100_000));
    Shape domain = Shape.of(3, 1, 50, 7);
    check(List.of(CASES.of(reduction, type, domain, 0, View.dense(domain))));
  }

  @ParameterizedTest
  @MethodSource("everyReductionAndType")
  void lastAxis(Reduction reduction, DType type) {
    long[] lengths = {1, 3, 10, 18, 63, 64, 65, 255, 256, 257, 2047, 2048, 2049, 5000};
    for (long length : lengths) {
      check(List.of(CASES.rows(reduction, type, length < 100 ? 37 : 3, length)));
    }
    check(List.of(CASES.rows(reduction, type, 5000, 10)));
    check(List.of(CASES.rows(reduction, type, 3, 30_000)));
  }

  @ParameterizedTest
  @MethodSource("everyReductionAndType")
  void leadingAxes(Reduction reduction, DType type) {
    for (long kept : new long[] {1, 2, 6, 16, 84, 120, 513, 3000}) {
      for (long reduced : new long[] {1, 2, 5, 37, kept < 200 ? 300 : 17}) {
        check(List.of(CASES.columns(reduction, type, kept, reduced)));
      }
    }
    check(List.of(CASES.columns(reduction, type, 6, 30_000)));
    check(List.of(CASES.columns(reduction, type, 513, 200)));
    check(List.of(CASES.columns(reduction, type, 5000, 3)));
    check(List.of(CASES.columns(reduction, type, 20_000, 9)));
  }

  @ParameterizedTest
  @MethodSource("everyReductionAndType")
  void severalAxesInEveryOrder(Reduction reduction, DType type) {
    check(CASES.orders(reduction, type, Shape.of(3, 4, 5, 7)));
    check(CASES.orders(reduction, type, Shape.of(2, 1, 33, 70)));
  }

  @ParameterizedTest
  @MethodSource("everyReductionAndType")
  void anyView(Reduction reduction, DType type) {
    check(CASES.views(reduction, type));
  }

  @ParameterizedTest
  @MethodSource("everyReductionAndType")
  void emptyDomains(Reduction reduction, DType type) {
    check(CASES.empty(reduction, type));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void specialNumbers(DType type) {
    ReduceCases.reductions(type).forEach(reduction -> check(CASES.special(reduction, type)));
  }

  @ParameterizedTest
  @EnumSource(names = {"UINT8", "INT32", "INT64"})
  void integersWrap(DType type) {
    check(CASES.wrapping(type));
  }

  @Test
  void aMillionFloatsAreSummedMoreCloselyThanOneByOne() {
    TensorType type = TensorType.of(DType.FLOAT32, 1 << 20);
    Literal.Builder builder = new Literal.Builder(type);
    Random random = new Random(3);
    double truth = 0;
    float naive = 0;
    for (int i = 0; i < 1 << 20; i++) {
      float x = random.nextFloat();
      builder.setDouble(i, x);
      truth += x;
      naive += x;
    }
    List<Literal> input = List.of(builder.build());
    double bound = Math.abs(naive - truth) / 8;
    Shape all = Shape.of(1 << 20);
    for (StepCase sum :
        List.of(
            sum(all, 0, View.of(0, 1), input),
            sum(Shape.of(2, 1 << 20), 1, View.of(0, 0, 1), input),
            sum(Shape.of(3, 1 << 18, 4), 1, View.of(0, 0, 4, 1), input))) {
      assertEquals(truth, StepRunner.run(sum, FORMS).get(0).getDouble(0), bound);
    }
  }

  private static StepCase sum(Shape domain, int kept, View view, List<Literal> input) {
    ScalarFunction identity = ReduceCases.identity(DType.FLOAT32);
    return CASES.of(Reduction.SUM, identity, domain, kept, List.of(view), input);
  }

  @Test
  void manyRowsOfManyResultsAreSummedClosely() {
    // Every result adds the same 3000 numbers, read through a stride of 0.
    check(
        List.of(CASES.of(Reduction.SUM, DType.FLOAT32, Shape.of(4500, 3000), 1, View.of(0, 1, 1))));
  }

  @ParameterizedTest
  @CsvSource({"1,2500", "7,300", "300,18", "5000,3"})
  void computedElements(long kept, long length) {
    for (int axes = 0; axes <= 2; axes++) {
      check(CASES.computed(kept, length, axes));
    }
  }

  @Test
  void aFailingElementNamesTheStep() {
    ScalarBuilder builder = new ScalarBuilder();
    Scalar x = builder.parameter(DType.INT32);
    ScalarFunction function = builder.build(List.of(x.constant(1).apply(BinaryFn.DIV, x)));
    List<Literal> zeros = List.of(Literal.fill(TensorType.of(DType.INT32, 100_000), 0));
    List<StepCase> cases = new ArrayList<>();
    for (Reduction reduction : List.of(Reduction.SUM, Reduction.ARG_MAX)) {
      Shape domain = Shape.of(100, 1000);
      for (int kept = 0; kept < 2; kept++) {
        cases.add(CASES.of(reduction, function, domain, kept, List.of(View.dense(domain)), zeros));
      }
      Shape columns = Shape.of(10_000, 10);
      cases.add(CASES.of(reduction, function, columns, 1, List.of(View.of(0, 1, 10_000)), zeros));
    }
    for (StepCase one : cases) {
      StepException failure = assertThrows(StepException.class, () -> StepRunner.run(one, FORMS));
      assertEquals("integer division by zero", failure.getMessage());
      assertEquals(Origin.of("test"), failure.origin());
    }
  }
}
