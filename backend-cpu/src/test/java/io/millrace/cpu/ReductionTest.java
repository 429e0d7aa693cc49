package io.millrace.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
import org.junit.jupiter.api.Test;

/** What the CPU promises of reductions beyond the contract of all devices. */
class ReductionTest {
  private static final ReduceCases CASES = new ReduceCases(8);

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
      assertEquals(truth, StepRunner.run(sum).get(0).getDouble(0), bound);
    }
  }

  private static StepCase sum(Shape domain, int kept, View view, List<Literal> input) {
    ScalarFunction identity = ReduceCases.identity(DType.FLOAT32);
    return CASES.of(Reduction.SUM, identity, domain, kept, List.of(view), input);
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
      StepException failure = assertThrows(StepException.class, () -> StepRunner.run(one));
      assertEquals("integer division by zero", failure.getMessage());
      assertEquals(Origin.of("test"), failure.origin());
    }
  }
}
