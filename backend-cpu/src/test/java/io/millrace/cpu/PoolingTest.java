package io.millrace.cpu;

import io.millrace.primitives.PoolCases;
import io.millrace.primitives.StepCase;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PoolingTest {
  static Stream<StepCase> cases() {
    return PoolCases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsTheReference(StepCase one) {
    StepRunner.check(one);
  }
}
