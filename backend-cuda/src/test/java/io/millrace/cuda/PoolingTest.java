package io.millrace.cuda;

import io.millrace.primitives.PoolCases;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernels")
class PoolingTest {
  @Test
  void everyKind() {
    StepRunner.checkAll(PoolCases.all().toList());
  }
}
