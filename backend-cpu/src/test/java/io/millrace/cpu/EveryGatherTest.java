package io.millrace.cpu;

import io.millrace.primitives.GatherCases;
import io.millrace.type.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds gathers to the reference, bit by bit. */
class EveryGatherTest {
  @ParameterizedTest
  @EnumSource
  void randomShapes(DType type) {
    StepRunner.checkAll(new GatherCases(type.bytes()).random(type, 150));
  }

  @ParameterizedTest
  @EnumSource
  void sharedAmongWorkers(DType type) {
    GatherCases cases = new GatherCases(type.bytes());
    StepRunner.check(cases.of(type, DType.INT32, 1, 1, 1000, 150_000, 1));
    StepRunner.check(cases.of(type, DType.INT64, 2, 3, 500, 30_000, 1));
    StepRunner.check(cases.of(type, DType.INT32, 2, 2, 300, 5_000, 20));
    StepRunner.check(cases.of(type, DType.INT64, 1, 1, 5, 9, 40_001));
  }

  @Test
  void farIndicesAreMissing() {
    StepRunner.check(GatherCases.farIndices());
  }
}
