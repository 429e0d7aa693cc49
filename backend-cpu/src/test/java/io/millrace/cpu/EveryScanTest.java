package io.millrace.cpu;

import io.millrace.cpu.loops.Spans;
import io.millrace.primitives.ScanCases;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds cumulative sums and products to the reference, exactly, with all forms of loops. */
class EveryScanTest {
  private static final List<Spans> SCALAR = List.of(new Spans(Spans.Mode.SCALAR));
  private static final List<Spans> ALL =
      List.of(new Spans(Spans.Mode.SCALAR), new Spans(Spans.Mode.VECTOR));

  @ParameterizedTest
  @MethodSource("io.millrace.primitives.ScanCases#types")
  void smallShapes(DType type) {
    StepRunner.checkAll(new ScanCases(type, type.bytes()).small(), ALL);
  }

  @ParameterizedTest
  @MethodSource("io.millrace.primitives.ScanCases#types")
  void longRows(DType type) {
    StepRunner.checkAll(new ScanCases(type, type.bytes()).rows(), SCALAR);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void specialNumbers(DType type) {
    StepRunner.checkAll(new ScanCases(type, type.bytes()).special(), SCALAR);
  }

  @ParameterizedTest
  @MethodSource("io.millrace.primitives.ScanCases#types")
  void sharedAmongWorkers(DType type) {
    ScanCases cases = new ScanCases(type, type.bytes());
    for (Shape shape :
        List.of(
            Shape.of(1, 70_001, 1),
            Shape.of(20_001, 4, 1),
            Shape.of(2, 66_000, 2),
            Shape.of(5, 4, 3001),
            Shape.of(90, 20, 33))) {
      StepRunner.checkAll(cases.of(shape), SCALAR);
    }
  }
}
