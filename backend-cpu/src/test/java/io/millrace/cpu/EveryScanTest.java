package io.millrace.cpu;

import io.millrace.DType;
import io.millrace.Shape;
import io.millrace.ir.Literal;
import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds cumulative sums and products to the reference, exactly, with all forms of loops. */
class EveryScanTest {
  private static final List<Spans> SCALAR = List.of(new Spans(Spans.Mode.SCALAR));
  private static final List<Spans> ALL =
      List.of(new Spans(Spans.Mode.SCALAR), new Spans(Spans.Mode.VECTOR));
  private static final List<WorkerPool> POOLS =
      List.of(new WorkerPool(1), new WorkerPool(2), new WorkerPool(3));

  @AfterAll
  static void stop() {
    POOLS.forEach(WorkerPool::close);
  }

  private static final List<Shape> SHAPES =
      List.of(
          Shape.of(1, 1, 1),
          Shape.of(3, 17, 1),
          Shape.of(0, 4, 1),
          Shape.of(2, 0, 1),
          Shape.of(2, 0, 20),
          Shape.of(2, 3, 0),
          Shape.of(2, 5, 3),
          Shape.of(2, 5, 15),
          Shape.of(3, 4, 16),
          Shape.of(2, 3, 70));

  private static final List<Shape> LARGE =
      List.of(
          Shape.of(1, 70_001, 1),
          Shape.of(20_001, 4, 1),
          Shape.of(2, 66_000, 2),
          Shape.of(5, 4, 3001),
          Shape.of(90, 20, 33));

  private static void check(RandomPrograms programs, DType type, Shape shape, List<Spans> forms) {
    Literal input = programs.tensor(type, shape.size()).reshape(shape);
    for (Reduction reduction : List.of(Reduction.SUM, Reduction.PROD)) {
      for (int flags = 0; flags < 4; flags++) {
        Primitive scan = new Primitive.Scan(reduction, (flags & 1) != 0, (flags & 2) != 0);
        KernelRunner.check(scan, List.of(input), input.type(), forms, POOLS);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "INT32", "INT64", "UINT8"})
  void smallShapes(DType type) {
    RandomPrograms programs = new RandomPrograms(type.bytes());
    SHAPES.forEach(shape -> check(programs, type, shape, ALL));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "INT32", "INT64", "UINT8"})
  void sharedAmongWorkers(DType type) {
    RandomPrograms programs = new RandomPrograms(type.bytes());
    LARGE.forEach(shape -> check(programs, type, shape, SCALAR));
  }
}
