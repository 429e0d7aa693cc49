package io.millrace.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.cuda.command.StepContext;
import io.millrace.cuda.driver.Driver;
import io.millrace.ir.BinaryFn;
import io.millrace.ir.Reduction;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.View;
import io.millrace.primitives.RandomLoops;
import io.millrace.primitives.ReduceCases;
import io.millrace.primitives.StepCase;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Holds reductions to the reference: exactly, but for rounded sums and products. */
@Tag("kernels")
class ReduceCommandsTest {
  /** Nothing reads it; that its elements lie far apart makes all positions 64 bits wide. */
  private static final long FAR = 1L << 30;

  private static final ReduceCases CASES = new ReduceCases(5);

  /** Returns the reductions of several types, whose kernels are compiled together. */
  private static List<StepCase> of(
      List<DType> types, BiFunction<Reduction, DType, List<StepCase>> cases) {
    return types.stream()
        .flatMap(
            type ->
                ReduceCases.reductions(type).stream()
                    .flatMap(reduction -> cases.apply(reduction, type).stream()))
        .toList();
  }

  @Test
  void everyReductionOfEveryTypeEqualsTheReference() {
    StepRunner.checkAll(of(List.of(DType.values()), ReduceCommandsTest::sizes));
  }

  private static List<StepCase> sizes(Reduction reduction, DType type) {
    List<StepCase> cases = new ArrayList<>(CASES.vectors(reduction, type, 1, 67, 2052, 20_004));
    for (long length : new long[] {3, 60, 300}) {
      cases.add(CASES.rows(reduction, type, 37, length));
    }
    for (long count : new long[] {2, 84, 513}) {
      cases.add(CASES.columns(reduction, type, count, 1));
      cases.add(CASES.columns(reduction, type, count, 300));
    }
    cases.add(CASES.columns(reduction, type, 6, 9001));
    cases.add(CASES.columns(reduction, type, 3000, 9));
    cases.addAll(CASES.empty(reduction, type));
    return cases;
  }

  @Test
  void anyView() {
    StepRunner.checkAll(of(List.of(DType.FLOAT32, DType.BOOL), CASES::views));
  }

  @Test
  void randomReductionsEqualTheReference() {
    List<Shape> domains =
        List.of(
            Shape.of(5000),
            Shape.of(100, 12),
            Shape.of(6, 1000),
            Shape.of(3, 304),
            Shape.of(7, 1, 9, 33),
            Shape.of(2, 3, 4, 16),
            Shape.of(3, 40, 5, 20),
            Shape.of(2500, 3));
    List<StepCase> cases = new ArrayList<>();
    int count = Integer.getInteger("millrace.cuda.reductions", 60);
    for (int seed = 0; seed < count; seed++) {
      RandomLoops loops = new RandomLoops(seed);
      Shape domain = loops.pick(domains);
      List<DType> types = new ArrayList<>(loops.types(List.of(DType.values()), 3));
      List<View> views = new ArrayList<>();
      List<Literal> inputs = new ArrayList<>();
      for (DType type : types) {
        View view = loops.view(domain);
        views.add(view);
        inputs.add(loops.tensor(type, domain, view));
      }
      ScalarFunction function = loops.function(types, types, domain.rank(), seed % 6);
      function = new ScalarFunction(types, function.nodes(), function.results().subList(0, 1));
      if (seed % 10 == 1) {
        types.add(DType.FLOAT32);
        function = new ScalarFunction(types, function.nodes(), function.results());
        views.add(View.of(0, LongStream.generate(() -> FAR).limit(domain.rank()).toArray()));
        inputs.add(loops.numbers(DType.FLOAT32, 1));
      }
      DType type = function.resultType(0);
      Reduction reduction = loops.pick(ReduceCases.reductions(type));
      if (reduction != Reduction.PROD && (reduction != Reduction.SUM || !type.isFloating())) {
        int kept = loops.below(domain.rank() + 1);
        cases.add(CASES.of(reduction, function, domain, kept, views, inputs));
      }
    }
    StepRunner.checkAll(cases);
  }

  @Test
  void severalAxesInEveryOrder() {
    Shape dense = Shape.of(3, 4, 5, 16);
    List<StepCase> cases = new ArrayList<>(CASES.orders(Reduction.SUM, DType.FLOAT32, dense));
    cases.addAll(CASES.orders(Reduction.ARG_MAX, DType.FLOAT32, dense));
    StepRunner.checkAll(cases);
  }

  @Test
  void computedElements() {
    List<StepCase> cases = new ArrayList<>(CASES.computed(7, 300, 1));
    cases.addAll(CASES.computed(300, 16, 1));
    cases.addAll(CASES.computed(2, 9000, 1));
    StepRunner.checkAll(cases);
  }

  @Test
  void specialNumbers() {
    StepRunner.checkAll(of(List.of(DType.FLOAT32, DType.FLOAT64), CASES::special));
  }

  @Test
  void integersWrap() {
    StepRunner.checkAll(
        Stream.of(DType.UINT8, DType.INT32, DType.INT64)
            .flatMap(type -> CASES.wrapping(type).stream())
            .toList());
  }

  @Test
  void elementsThatFailAreReported() {
    ScalarBuilder builder = new ScalarBuilder();
    Scalar x = builder.parameter(DType.INT32);
    ScalarFunction function = builder.build(List.of(x.constant(1).apply(BinaryFn.DIV, x)));
    Literal.Builder numbers = new Literal.Builder(TensorType.of(DType.INT32, 20_000));
    for (int i = 0; i < 20_000; i++) {
      numbers.setLong(i, i == 12_345 ? 0 : 1);
    }
    List<Literal> inputs = List.of(numbers.build());
    Driver driver = StepRunner.driver();
    for (Reduction reduction : List.of(Reduction.SUM, Reduction.ARG_MAX)) {
      for (View view : List.of(View.of(0, 10_000, 1), View.of(0, 1, 2))) {
        StepCase one = CASES.of(reduction, function, Shape.of(2, 10_000), 1, List.of(view), inputs);
        int status = StepRunner.run(one, driver, true).status();
        assertEquals(5, StepContext.stepOf(status));
        assertEquals(StepContext.Failure.DIVISION_BY_ZERO, StepContext.failureOf(status));
      }
    }
  }
}
