package io.millrace.cpu;

import io.millrace.primitives.ConvolveCases;
import io.millrace.primitives.StepCase;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConvolutionTest {
  static Stream<StepCase> cases() {
    Stream<StepCase> sharedAmongWorkers =
        Stream.of(
                "2,32 32,1,6,1,5/1/1/0/0 5/1/1/0/0",
                "2,40 40,16,16,16,3/1/1/1/1 3/1/1/1/1",
                "4,24 24,16,32,1,3/1/1/1/1 3/1/1/1/1",
                "4,24 24,16,32,1,3/2/1/0/1 3/2/1/0/1")
            .flatMap(ConvolveCases::of);
    return Stream.concat(ConvolveCases.all(), sharedAmongWorkers);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsTheReference(StepCase one) {
    StepRunner.check(one);
  }
}
