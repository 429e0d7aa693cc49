package io.millrace.cuda;

import io.millrace.primitives.ScanCases;
import io.millrace.primitives.StepCase;
import io.millrace.primitives.Tolerance;
import io.millrace.type.DType;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Holds cumulative sums and products to the reference. */
@Tag("kernels")
class EveryScanTest {
  private static final List<DType> INTEGERS = List.of(DType.INT32, DType.INT64, DType.UINT8);
  private static final List<DType> FLOATING = List.of(DType.FLOAT32, DType.FLOAT64);

  /** Returns the scans of several types, whose kernels are compiled together. */
  private static List<StepCase> of(
      Collection<DType> types, Function<ScanCases, List<StepCase>> ofOneType) {
    return types.stream()
        .flatMap(type -> ofOneType.apply(new ScanCases(type, 1)).stream())
        .toList();
  }

  @Test
  void elementsOneAfterAnother() {
    StepRunner.checkAll(of(ScanCases.types(), ScanCases::small));
  }

  @Test
  void wrappingIntegers() {
    StepRunner.checkAll(of(INTEGERS, ScanCases::rows));
  }

  @Test
  void positionsOf64Bits() {
    StepRunner.checkWide(of(List.of(DType.INT32), ScanCases::rows));
  }

  /** Where a row is divided, parts of it are summed before they are added. */
  @Test
  void roundedNumbers() {
    Tolerance tolerance = Tolerance.relative(5e-5, 1e-12);
    StepRunner.checkAll(
        of(FLOATING, ScanCases::rows).stream().map(one -> one.within(tolerance)).toList());
  }

  @Test
  void specialNumbers() {
    StepRunner.checkAll(of(FLOATING, ScanCases::special));
  }
}
