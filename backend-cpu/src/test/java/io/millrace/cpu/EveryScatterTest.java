package io.millrace.cpu;

import io.millrace.cpu.loops.Spans;
import io.millrace.ir.Primitive.Scatter.Combine;
import io.millrace.primitives.ScatterCases;
import io.millrace.type.DType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds scatters to the reference, exactly, with all forms of loops. */
class EveryScatterTest {
  private static final List<Spans> SCALAR = List.of(new Spans(Spans.Mode.SCALAR));
  private static final List<Spans> ALL =
      List.of(new Spans(Spans.Mode.SCALAR), new Spans(Spans.Mode.VECTOR));

  @ParameterizedTest
  @EnumSource
  void randomShapes(DType type) {
    StepRunner.checkAll(new ScatterCases(type.bytes()).random(type, 20), ALL);
  }

  /** Many updates of each row, so that an order other than theirs rounds otherwise. */
  @ParameterizedTest
  @EnumSource
  void sharedAmongWorkers(DType type) {
    ScatterCases cases = new ScatterCases(type.bytes());
    for (Combine combine : ScatterCases.combines(type)) {
      StepRunner.checkAll(cases.of(combine, type, DType.INT32, 50, 70_001, 1), SCALAR);
      StepRunner.checkAll(cases.of(combine, type, DType.INT64, 301, 2_000, 5), SCALAR);
      StepRunner.checkAll(cases.of(combine, type, DType.INT64, 41, 2_500, 18), SCALAR);
      StepRunner.checkAll(cases.of(combine, type, DType.INT32, 7, 900, 70), SCALAR);
      StepRunner.checkAll(cases.of(combine, type, DType.INT32, 11, 400, 1003), SCALAR);
      StepRunner.checkAll(cases.of(combine, type, DType.INT64, 3, 7, 40_001), SCALAR);
    }
  }

  @Test
  void equalIndices() {
    StepRunner.checkAll(new ScatterCases(1).equalIndices(), ALL);
  }
}
