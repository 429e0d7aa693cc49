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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the kernels of every operation's examples to the contract. */
class EveryOperationTest {
  static List<Example> accepted(Class<? extends Op> operation) {
    return Catalogue.examples(operation).stream().filter(e -> e.rejection().isEmpty()).toList();
  }

  /**
   * Returns the examples that differ in more than types; of what is computed element by element,
   * which {@code ScalarSourceTest} and {@code MapCommandsTest} hold to every type and view, one.
   */
  private static List<Example> telling(Class<? extends Op> operation) {
    Map<List<Object>, Example> different = new LinkedHashMap<>();
    for (Example example : accepted(operation)) {
      Object shapes =
          operation.isEnum()
              ? List.of()
              : example.inputs().stream().map(input -> input.type().shape()).toList();
      different.putIfAbsent(List.of(example.op(), shapes), example);
    }
    return List.copyOf(different.values());
  }

  /** Makes all kernels, so that they can be compiled together. */
  private static void collect(Function<Class<? extends Op>, List<Example>> examples) {
    for (Class<? extends Op> operation : Catalogue.operations()) {
      examples.apply(operation).forEach(e -> ContractTest.computesOn("collecting:0", e));
    }
  }

  @TestFactory
  Stream<DynamicNode> computesOnTheEmulatedDevice() {
    return computes(EveryOperationTest::telling);
  }

  @TestFactory
  @Tag("exhaustive")
  Stream<DynamicNode> computesEveryExampleOnTheEmulatedDevice() {
    return computes(EveryOperationTest::accepted);
  }

  private static Stream<DynamicNode> computes(
      Function<Class<? extends Op>, List<Example>> examples) {
    Optional<String> missing = NativeKernels.unavailable();
    missing.ifPresent(reason -> assumeTrue(false, reason));
    collect(examples);
    NativeKernels.load(CollectingBackend.collected());
    return Catalogue.operations().stream()
        .map(
            operation ->
                dynamicContainer(
                    operation.getSimpleName(),
                    examples.apply(operation).stream()
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
    collect(EveryOperationTest::telling);
    CollectingBackend.collected().parallelStream().forEach(s -> Nvrtc.compile(s, architecture));
  }
}
