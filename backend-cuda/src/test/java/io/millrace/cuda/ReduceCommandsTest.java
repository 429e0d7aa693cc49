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
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Holds reductions of random functions to the reference, and those that fail to their codes. */
@Tag("kernels")
class ReduceCommandsTest {
  /** Nothing reads it; that its elements lie far apart makes all positions 64 bits wide. */
  private static final long FAR = 1L << 30;

  private static final ReduceCases CASES = new ReduceCases(5);

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
      List<DType> types = new ArrayList<>(loops.types(DType.ofElements(), 3));
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
