package io.millrace.cuda;

import io.millrace.ir.Primitive.Scatter.Combine;
import io.millrace.primitives.GatherCases;
import io.millrace.primitives.MoveCases;
import io.millrace.primitives.ScanCases;
import io.millrace.primitives.ScatterCases;
import io.millrace.primitives.SortCases;
import io.millrace.primitives.StepCase;
import io.millrace.primitives.Tolerance;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Holds kernels with counts and positions of 64 bits to the reference. */
@Tag("kernels")
class WideFormsTest {
  @Test
  void equalTheReference() {
    List<StepCase> cases = new ArrayList<>(moves());
    cases.addAll(gathers());
    cases.addAll(scatters());
    cases.addAll(sorts());
    cases.addAll(new ScanCases(Tolerance.ulps(0)).rows(DType.INT32));
    StepRunner.checkWide(cases);
  }

  private static List<StepCase> moves() {
    return List.of(
        MoveCases.transpose(DType.FLOAT32, Shape.of(9, 33, 2, 40), 0, 3, 2, 1),
        MoveCases.transpose(DType.BOOL, Shape.of(5, 7, 3), 2, 0, 1),
        MoveCases.reverse(DType.INT64, Shape.of(40, 9, 11), 5),
        MoveCases.pad(DType.FLOAT32, Shape.of(3, 5, 7), 2, 5),
        MoveCases.pad(DType.BOOL, Shape.of(3, 2, 5, 7), 1, 0),
        MoveCases.concat(DType.FLOAT32, Shape.of(5), 16, 0, 7, 40, 9));
  }

  private static List<StepCase> gathers() {
    GatherCases cases = new GatherCases(1);
    return List.of(
        cases.of(DType.FLOAT32, DType.INT64, 2, 3, 50, 1_000, 1),
        cases.of(DType.FLOAT32, DType.INT32, 3, 2, 30, 20, 20),
        cases.of(DType.BOOL, DType.INT32, 1, 1, 5, 9, 301));
  }

  private static List<StepCase> scatters() {
    ScatterCases cases = new ScatterCases(1);
    List<StepCase> scatters = new ArrayList<>();
    for (Combine combine : List.of(Combine.SET, Combine.ADD)) {
      for (DType type : List.of(DType.FLOAT32, DType.INT32)) {
        scatters.addAll(cases.of(combine, type, DType.INT64, 50, 3_000, 3));
        scatters.addAll(cases.of(combine, type, DType.INT64, 5_000, 100, 3));
        scatters.addAll(cases.of(combine, type, DType.INT64, 5, 20, 7));
      }
    }
    return scatters;
  }

  private static List<StepCase> sorts() {
    SortCases cases = new SortCases(1);
    List<StepCase> sorts = new ArrayList<>();
    for (DType type : List.of(DType.FLOAT32, DType.INT64)) {
      sorts.addAll(cases.small(type, 5, 33, 33));
      sorts.addAll(cases.wide(type, 2, 9_000, 9_000, 20));
    }
    return sorts;
  }
}
