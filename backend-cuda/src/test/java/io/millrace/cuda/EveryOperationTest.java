package io.millrace.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.millrace.cuda.driver.Libraries;
import io.millrace.cuda.driver.Nvrtc;
import io.millrace.op.Example;
import io.millrace.op.Op;
import io.millrace.ops.Catalogue;
import io.millrace.ops.ContractTest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the kernels of every operation's examples to the contract. */
class EveryOperationTest {
  /** Makes all kernels, so that they can be compiled together. */
  @BeforeAll
  static void collect() {
    for (Class<? extends Op> operation : Catalogue.operations()) {
      accepted(operation).forEach(e -> ContractTest.computesOn("collecting:0", e));
    }
  }

  static List<Example> accepted(Class<? extends Op> operation) {
    return Catalogue.examples(operation).stream().filter(e -> e.rejection().isEmpty()).toList();
  }

  @TestFactory
  Stream<DynamicNode> computesOnTheEmulatedDevice() {
    Optional<String> missing = NativeKernels.unavailable();
    missing.ifPresent(reason -> assumeTrue(false, reason));
    NativeKernels.load(CollectingBackend.collected());
    return Catalogue.operations().stream()
        .map(
            operation ->
                dynamicContainer(
                    operation.getSimpleName(),
                    accepted(operation).stream()
                        .map(
                            e ->
                                dynamicTest(
                                    e.toString(),
                                    () -> ContractTest.computesOn("emulated:0", e)))));
  }

  /** Machine code for the oldest devices that CUDA 13 knows, and for the newest at hand. */
  @ParameterizedTest
  @ValueSource(strings = {"sm_75", "sm_90"})
  void compilesWithNvrtc(String architecture) {
    Optional<String> missing = Libraries.missingCompiler();
    missing.ifPresent(reason -> assumeTrue(false, reason));
    CollectingBackend.collected().parallelStream().forEach(s -> Nvrtc.compile(s, architecture));
  }
}
