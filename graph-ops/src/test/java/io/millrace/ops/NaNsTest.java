package io.millrace.ops;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Holds the CPU and the reference to {@link NaNs}. */
class NaNsTest {
  @TestFactory
  Stream<DynamicTest> areNotLost() {
    return Stream.of("cpu", "reference")
        .flatMap(
            device ->
                NaNs.names().stream()
                    .map(
                        name ->
                            DynamicTest.dynamicTest(
                                name + " on " + device, () -> NaNs.check(name, device))));
  }
}
