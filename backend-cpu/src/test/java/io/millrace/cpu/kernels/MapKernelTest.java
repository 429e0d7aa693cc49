package io.millrace.cpu.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.cpu.StepRunner;
import io.millrace.cpu.loops.Spans;
import io.millrace.cpu.workers.WorkerPool;
import io.millrace.ir.Primitive;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.View;
import io.millrace.primitives.RandomLoops;
import io.millrace.primitives.Tolerance;
import io.millrace.reference.ReferenceInterpreter;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class MapKernelTest {
  private static final Spans SCALAR = new Spans(Spans.Mode.SCALAR);
  private static final Spans VECTOR = new Spans(Spans.Mode.VECTOR);
  private static final WorkerPool ONE = new WorkerPool(1);
  private static final WorkerPool TWO = new WorkerPool(2);

  private static final List<Shape> DOMAINS =
      List.of(
          Shape.of(0),
          Shape.scalar(),
          Shape.of(1),
          Shape.of(15),
          Shape.of(16),
          Shape.of(17),
          Shape.of(1000),
          Shape.of(100, 10),
          Shape.of(3, 300),
          Shape.of(7, 1, 9, 33),
          Shape.of(2, 3, 4, 5),
          Shape.of(5, 2100));

  @AfterAll
  static void stop() {
    ONE.close();
    TWO.close();
  }

  @Test
  void randomFunctionsOfOneWidthEqualTheReference() {
    for (int seed = 0; seed < 300; seed++) {
      List<DType> types =
          seed % 2 == 0
              ? List.of(DType.FLOAT32, DType.FLOAT32, DType.INT32)
              : List.of(DType.FLOAT64, DType.FLOAT64, DType.INT64);
      check(seed, types);
    }
  }

  @Test
  void randomFunctionsOfAllTypesEqualTheReference() {
    for (int seed = 1000; seed < 1300; seed++) {
      check(seed, DType.ofElements());
    }
  }

  private static void check(int seed, List<DType> types) {
    RandomLoops loops = new RandomLoops(seed);
    Shape domain = loops.pick(DOMAINS);
    List<DType> parameters = new ArrayList<>();
    for (int i = loops.below(4); i >= 0; i--) {
      parameters.add(loops.pick(types));
    }
    int steps = loops.below(12);
    ScalarFunction function = loops.function(parameters, types, domain.rank(), steps);
    List<View> views = new ArrayList<>();
    List<Literal> inputs = new ArrayList<>();
    for (DType parameter : parameters) {
      View view = loops.view(domain);
      views.add(view);
      inputs.add(loops.tensor(parameter, domain, view));
    }
    Primitive.Map map = new Primitive.Map(function, domain, views);
    List<TensorType> outputs = new ArrayList<>();
    for (int i = 0; i < function.results().size(); i++) {
      outputs.add(new TensorType(function.resultType(i), domain));
    }
    String about = "seed " + seed + ": " + function + " over " + domain + views;
    List<Literal> expected = ReferenceInterpreter.evaluate(map, inputs, outputs);
    List<Literal> scalar = StepRunner.run(map, inputs, outputs, SCALAR, ONE);
    List<Literal> vector = StepRunner.run(map, inputs, outputs, VECTOR, ONE);
    for (int i = 0; i < outputs.size(); i++) {
      Tolerance.assertClose(expected.get(i), scalar.get(i), 0, "scalar " + about);
      Tolerance.assertClose(expected.get(i), vector.get(i), 0, "vector " + about);
    }
  }

  @Test
  void twoThreadsGiveTheBitsOfOne() {
    RandomLoops loops = new RandomLoops(5);
    for (int round = 0; round < 10; round++) {
      Shape domain = Shape.of(100_000);
      List<DType> parameters = List.of(DType.FLOAT32, DType.FLOAT32);
      ScalarFunction function = loops.function(parameters, List.of(DType.FLOAT32), 0, 8);
      List<Literal> inputs =
          List.of(loops.numbers(DType.FLOAT32, 100_000), loops.numbers(DType.FLOAT32, 1));
      Primitive.Map map =
          new Primitive.Map(function, domain, List.of(View.dense(domain), View.of(0, 0)));
      List<TensorType> outputs = new ArrayList<>();
      for (int i = 0; i < function.results().size(); i++) {
        outputs.add(new TensorType(function.resultType(i), domain));
      }
      assertEquals(
          StepRunner.run(map, inputs, outputs, SCALAR, ONE),
          StepRunner.run(map, inputs, outputs, VECTOR, TWO));
    }
  }
}
