package io.millrace.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.ops.NaNs;
import io.millrace.ops.NotFinite;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is not finite reaches what depends on it and nothing else, and no NaN is lost. */
class NotFiniteTest {
  private static final String COLLECTING = "collecting:0";

  @TestFactory
  Stream<DynamicTest> onTheEmulatedDevice() {
    NativeKernels.unavailable().ifPresent(reason -> assumeTrue(false, reason));
    NotFinite.names().forEach(name -> NotFinite.run(name, COLLECTING));
    NaNs.names().forEach(name -> NaNs.run(name, COLLECTING));
    NativeKernels.load(CollectingBackend.collected());
    return Stream.concat(
        NotFinite.names().stream()
            .map(name -> DynamicTest.dynamicTest(name, () -> NotFinite.check(name, "emulated:0"))),
        NaNs.names().stream()
            .map(name -> DynamicTest.dynamicTest(name, () -> NaNs.check(name, "emulated:0"))));
  }

  @Test
  @Tag("gpu")
  void onADevice() {
    NotFinite.names().forEach(name -> NotFinite.check(name, "cuda:0"));
    NaNs.names().forEach(name -> NaNs.check(name, "cuda:0"));
  }
}
