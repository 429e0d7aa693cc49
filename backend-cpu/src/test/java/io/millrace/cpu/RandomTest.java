package io.millrace.cpu;

import io.millrace.primitives.RandomCases;
import org.junit.jupiter.api.Test;

class RandomTest {
  @Test
  void equalsTheReference() {
    StepRunner.checkAll(RandomCases.of(0, 1, 3, 4, 7, 4096, 4099, 20_001));
  }
}
