package io.millrace.cpu.loops;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class VectorModuleTest {
  /** What Java 17 to 25 say with and without {@code -XX:TieredStopAtLevel=1} and {@code -Xint}. */
  @Test
  void vectorsNeedTheOptimizingCompiler() {
    assertTrue(VectorModule.isCompiled("mixed mode, sharing"));
    assertFalse(VectorModule.isCompiled("mixed mode, emulated-client, sharing"));
    assertFalse(VectorModule.isCompiled("interpreted mode, sharing"));
  }
}
