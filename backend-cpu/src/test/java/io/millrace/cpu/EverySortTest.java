package io.millrace.cpu;

import io.millrace.primitives.SortCases;
import io.millrace.type.DType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds sorted rows and their positions to the reference, bit by bit. */
class EverySortTest {
  @ParameterizedTest
  @MethodSource("io.millrace.primitives.SortCases#types")
  void randomShapes(DType type) {
    StepRunner.checkAll(new SortCases(type, 1).random(200));
  }

  @ParameterizedTest
  @MethodSource("io.millrace.primitives.SortCases#types")
  void everySizeOfWhatIsKept(DType type) {
    StepRunner.checkAll(new SortCases(type, 7).kept());
  }

  @ParameterizedTest
  @MethodSource("io.millrace.primitives.SortCases#types")
  void everyLength(DType type) {
    StepRunner.checkAll(new SortCases(type, 3).lengths());
  }

  @ParameterizedTest
  @MethodSource("io.millrace.primitives.SortCases#types")
  void longRows(DType type) {
    SortCases cases = new SortCases(type, 2);
    for (long length : new long[] {16_383, 16_384, 70_001}) {
      StepRunner.checkAll(cases.wide(1, length, length));
    }
    StepRunner.checkAll(cases.wide(3, 20_000, 20_000));
    StepRunner.checkAll(cases.small(2, 70_000, 70_000));
    StepRunner.checkAll(cases.small(40_000, 5, 4));
  }

  @ParameterizedTest
  @MethodSource("io.millrace.primitives.SortCases#types")
  void equalAndOrderedRows(DType type) {
    StepRunner.checkAll(new SortCases(type, 1).equalAndOrdered());
  }
}
