package io.millrace.ops;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Holds the CPU and the reference to {@link NotFinite}. */
class NotFiniteTest {
  @TestFactory
  Stream<DynamicTest> reachesOnlyWhatDependsOnIt() {
    return Stream.of("cpu", "reference")
        .flatMap(
            device ->
                NotFinite.names().stream()
                    .map(
                        name ->
                            DynamicTest.dynamicTest(
                                name + " on " + device, () -> NotFinite.check(name, device))));
  }
}
