package io.millrace.cuda;

import io.millrace.primitives.ContractCases;
import io.millrace.type.DType;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernels")
class ContractionTest {
  @Test
  void everyTypeTranspositionAndShape() {
    StepRunner.checkAll(
        Stream.of(DType.values()).filter(DType::isNumeric).flatMap(ContractCases::small).toList());
  }

  /** So many tiles are computed at once that the largest are chosen. */
  @Test
  void everyTileOfIntegers() {
    StepRunner.checkAll(
        Stream.of("5,5,129,130,17", "5,5,129,61,33", "5,5,129,31,16")
            .flatMap(
                sizes ->
                    Stream.of(
                        ContractCases.of(DType.INT32, sizes, false, false),
                        ContractCases.of(DType.UINT8, sizes, true, true)))
            .toList());
  }
}
