package io.millrace.cuda;

import io.millrace.primitives.SortCases;
import io.millrace.primitives.StepCase;
import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Holds sorted rows and their positions to the reference, bit by bit. */
@Tag("kernels")
class EverySortTest {
  /** Returns the sorts of several types, whose kernels are compiled together. */
  private static List<StepCase> of(
      List<DType> types, Function<SortCases, List<StepCase>> ofOneType) {
    return types.stream()
        .flatMap(type -> ofOneType.apply(new SortCases(type, 1)).stream())
        .toList();
  }

  @Test
  void randomShapes() {
    StepRunner.checkAll(of(SortCases.types(), cases -> cases.random(40)));
  }

  @Test
  void everyLength() {
    StepRunner.checkAll(of(List.of(DType.FLOAT32, DType.INT64), SortCases::lengths));
  }

  @Test
  void everySizeOfWhatIsKept() {
    StepRunner.checkAll(of(SortCases.types(), SortCases::kept));
  }

  @Test
  void positionsOf64Bits() {
    StepRunner.checkWide(
        of(
            List.of(DType.FLOAT32, DType.INT64),
            cases -> {
              List<StepCase> some = new ArrayList<>(cases.small(5, 33, 33));
              some.addAll(cases.wide(2, 9_000, 9_000, 20));
              return some;
            }));
  }

  @Test
  void longRows() {
    StepRunner.checkAll(of(List.of(DType.FLOAT32, DType.INT64), EverySortTest::longRows));
  }

  private static List<StepCase> longRows(SortCases cases) {
    List<StepCase> some = new ArrayList<>();
    for (long length : new long[] {16_383, 16_385, 30_001}) {
      some.addAll(cases.wide(1, length, length));
    }
    some.addAll(cases.wide(3, 10_000, 10_000));
    some.addAll(cases.wide(1, 30_000, 10, 5000));
    some.addAll(cases.small(2, 15_000, 15_000));
    some.addAll(cases.small(5_000, 5, 4));
    return some;
  }

  @Test
  void equalAndOrderedRows() {
    StepRunner.checkAll(of(SortCases.types(), SortCases::equalAndOrdered));
  }
}
