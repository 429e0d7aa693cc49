package io.millrace.cuda;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.millrace.ops.Catalogue;
import io.millrace.ops.ContractTest;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Holds every operation's examples to the contract on a device of NVIDIA's. */
@Tag("gpu")
class NvidiaOperationsTest {
  @TestFactory
  Stream<DynamicNode> computesOnCuda() {
    return Catalogue.operations().stream()
        .flatMap(operation -> EveryOperationTest.accepted(operation).stream())
        .map(e -> dynamicTest(e.toString(), () -> ContractTest.computesOn("cuda:0", e)));
  }
}
