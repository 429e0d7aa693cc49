package io.millrace.cuda;

import io.millrace.ir.Primitive.Scatter.Combine;
import io.millrace.primitives.ScatterCases;
import io.millrace.primitives.StepCase;
import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Holds scatters to the reference, exactly. */
@Tag("kernels")
class EveryScatterTest {
  private final ScatterCases cases = new ScatterCases(1);

  @Test
  void randomShapes() {
    StepRunner.checkAll(
        Stream.of(DType.values()).flatMap(type -> cases.random(type, 20).stream()).toList());
  }

  @Test
  void positionsOf64Bits() {
    List<StepCase> some = new ArrayList<>();
    for (Combine combine : List.of(Combine.SET, Combine.ADD)) {
      for (DType type : List.of(DType.FLOAT32, DType.INT32)) {
        some.addAll(cases.of(combine, type, DType.INT64, 50, 3_000, 3));
        some.addAll(cases.of(combine, type, DType.INT64, 5_000, 100, 3));
        some.addAll(cases.of(combine, type, DType.INT64, 5, 20, 7));
      }
    }
    StepRunner.checkWide(some);
  }

  /** Many updates of each row, so that an order other than theirs rounds otherwise. */
  @Test
  void manyUpdates() {
    List<StepCase> many = new ArrayList<>();
    for (DType type : DType.values()) {
      for (Combine combine : ScatterCases.combines(type)) {
        many.addAll(cases.of(combine, type, DType.INT32, 50, 10_001, 1));
        many.addAll(cases.of(combine, type, DType.INT64, 301, 2_000, 5));
        many.addAll(cases.of(combine, type, DType.INT32, 7, 900, 70));
        many.addAll(cases.of(combine, type, DType.INT64, 3, 7, 2_001));
        many.addAll(cases.of(combine, type, DType.INT64, 5_000, 100, 3));
      }
    }
    StepRunner.checkAll(many);
  }

  @Test
  void equalIndices() {
    StepRunner.checkAll(cases.equalIndices());
  }
}
