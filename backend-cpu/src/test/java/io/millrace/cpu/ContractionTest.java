package io.millrace.cpu;

import io.millrace.primitives.ContractCases;
import io.millrace.type.DType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContractionTest {
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "BOOL")
  void everyTypeTranspositionAndShape(DType dtype) {
    ContractCases.small(dtype).forEach(StepRunner::check);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1,1,100,10,784",
        "1,1,784,10,100",
        "3,3,130,33,70",
        "1,1,33,300,150",
        "300,1,8,8,8",
        "1,1,500,1,700",
        "1,1,1,500,700"
      })
  void sharedAmongWorkers(String sizes) {
    ContractCases.transpositions(DType.FLOAT32, sizes).forEach(StepRunner::check);
    StepRunner.check(ContractCases.of(DType.FLOAT64, sizes, false, false));
  }
}
