package io.millrace.cuda;

import io.millrace.primitives.ConvolveCases;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("kernels")
class ConvolutionTest {
  /** With an algorithm of cuDNN for everything, and for nothing. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyKind(boolean cudnn) {
    StepRunner.checkAll(ConvolveCases.all().toList(), StepRunner.driver(cudnn));
  }
}
