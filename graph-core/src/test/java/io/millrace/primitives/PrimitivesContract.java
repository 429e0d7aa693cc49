package io.millrace.primitives;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.millrace.type.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Holds a device to the reference, primitive by primitive. */
public abstract class PrimitivesContract {
  private final Map<String, Cases> primitives = new LinkedHashMap<>();

  /** Makes the contract of a device that is so accurate. */
  protected PrimitivesContract(Accuracy accuracy) {
    primitives.put("Move", new MoveCases());
    primitives.put("Gather", new GatherCases(1));
    primitives.put("Scatter", new ScatterCases(1));
    primitives.put("Reduce", new ReduceCases(accuracy.sumRoundings()));
    primitives.put("Scan", new ScanCases(accuracy.scans()));
    primitives.put("Sort", new SortCases(1));
    primitives.put("Contract", new ContractCases());
    primitives.put("Convolve", new ConvolveCases());
    primitives.put("Pool", new PoolCases());
    primitives.put("Random", new RandomCases(accuracy.normals()));
  }

  /**
   * Runs steps on the device, whose kernels may be made together, and fails where a result is not
   * near enough to the reference's.
   */
  protected abstract void check(List<StepCase> cases);

  @TestFactory
  Stream<DynamicTest> telling() {
    return primitives.entrySet().stream()
        .map(entry -> dynamicTest(entry.getKey(), () -> check(entry.getValue().telling())));
  }

  @TestFactory
  @Tag("exhaustive")
  Stream<DynamicTest> exhaustive() {
    return primitives.entrySet().stream()
        .flatMap(
            entry ->
                DType.ofElements().stream()
                    .map(
                        type ->
                            dynamicTest(
                                entry.getKey() + " of " + type,
                                () -> check(entry.getValue().every(type)))));
  }
}
