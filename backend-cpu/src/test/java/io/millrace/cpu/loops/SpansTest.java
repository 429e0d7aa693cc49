package io.millrace.cpu.loops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.cpu.StepRunner;
import io.millrace.cpu.workers.WorkerPool;
import io.millrace.ir.Primitive;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.View;
import io.millrace.primitives.RandomLoops;
import io.millrace.primitives.StepCase;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SpansTest {
  private static LoopShape shape(ScalarFunction function, boolean uniform) {
    return new LoopShape(LaneLowering.lower(function), List.of(uniform));
  }

  private static ScalarFunction halfPlus(double constant) {
    ScalarBuilder builder = new ScalarBuilder();
    return builder.build(
        List.of(
            builder
                .parameter(DType.FLOAT32)
                .times(builder.constant(DType.FLOAT32, 0.5))
                .plus(constant)));
  }

  @Test
  void equalLoopsAreMadeOnce() {
    Spans spans = new Spans(Spans.Mode.SCALAR);
    Span first = spans.get(shape(halfPlus(1), false));
    assertSame(first, spans.get(shape(halfPlus(1), false)));
    assertTrue(first != spans.get(shape(halfPlus(2), false)));
    assertTrue(first != spans.get(shape(halfPlus(1), true)));
  }

  /** What divides by how many there are must not be a loop of its own for each number. */
  @Test
  void numbersMakeNoDifferenceButWhereProcessorsComputeInShorterWays() {
    assertEquals(withNumbers(halfPlus(0.1)), withNumbers(halfPlus(-70.3)));
    for (double plain : new double[] {0, 1, -2, Double.POSITIVE_INFINITY, Double.NaN}) {
      assertNotEquals(withNumbers(halfPlus(0.1)), withNumbers(halfPlus(plain)));
    }
    for (double number : new double[] {0.1, -70.3, 0.1}) {
      ScalarFunction function = halfPlus(number);
      for (Shape domain : List.of(Shape.of(), Shape.of(37), Shape.of(3, 5_000))) {
        Primitive.Map map = new Primitive.Map(function, domain, List.of(View.dense(domain)));
        Literal input = new RandomLoops(5).numbers(DType.FLOAT32, domain.size());
        StepCase one = StepCase.of(map, List.of(input), new TensorType(DType.FLOAT32, domain));
        one.check(StepRunner.run(one), "");
      }
    }
  }

  private static LaneFunction withNumbers(ScalarFunction function) {
    return LaneLowering.lower(function, List.of(), function.numbers());
  }

  @Test
  @Timeout(60)
  void aHotLoopIsPromotedAndKeepsItsBits() throws InterruptedException {
    assumeTrue(VectorModule.isAvailable());
    Spans spans = new Spans(Spans.Mode.AUTO);
    ScalarBuilder builder = new ScalarBuilder();
    ScalarFunction function = builder.build(List.of(builder.parameter(DType.FLOAT32).tanh()));
    Span span = spans.get(shape(function, false));
    Shape domain = Shape.of(100_000);
    Primitive.Map map = new Primitive.Map(function, domain, List.of(View.dense(domain)));
    List<Literal> inputs = List.of(new RandomLoops(4).numbers(DType.FLOAT32, domain.size()));
    List<TensorType> outputs = List.of(new TensorType(DType.FLOAT32, domain));
    WorkerPool pool = new WorkerPool(1);
    List<Literal> before = StepRunner.run(map, inputs, outputs, spans, pool);
    while (!span.isPromoted()) {
      StepRunner.run(map, inputs, outputs, spans, pool);
      Thread.sleep(5);
    }
    assertEquals(before, StepRunner.run(map, inputs, outputs, spans, pool));
    pool.close();
  }
}
