package io.millrace.cuda;

import io.millrace.primitives.GatherCases;
import io.millrace.primitives.StepCase;
import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Holds gathers to the reference, bit by bit. */
@Tag("kernels")
class EveryGatherTest {
  private final GatherCases cases = new GatherCases(1);

  @Test
  void randomShapes() {
    StepRunner.checkAll(
        Stream.of(DType.values()).flatMap(type -> cases.random(type, 60).stream()).toList());
  }

  @Test
  void positionsOf64Bits() {
    StepRunner.checkWide(
        List.of(
            cases.of(DType.FLOAT32, DType.INT64, 2, 3, 50, 1_000, 1),
            cases.of(DType.FLOAT32, DType.INT32, 3, 2, 30, 20, 20),
            cases.of(DType.BOOL, DType.INT32, 1, 1, 5, 9, 301)));
  }

  @Test
  void severalBlocks() {
    List<StepCase> large = new ArrayList<>();
    for (DType type : List.of(DType.UINT8, DType.FLOAT32, DType.FLOAT64)) {
      large.add(cases.of(type, DType.INT32, 1, 1, 1000, 70_000, 1));
      large.add(cases.of(type, DType.INT64, 2, 3, 500, 10_000, 1));
      large.add(cases.of(type, DType.INT32, 2, 2, 300, 2_000, 20));
      large.add(cases.of(type, DType.INT64, 1, 1, 5, 9, 20_001));
    }
    StepRunner.checkAll(large);
  }

  @Test
  void farIndicesAreMissing() {
    StepRunner.checkAll(List.of(GatherCases.farIndices()));
  }
}
