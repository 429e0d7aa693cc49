package io.millrace.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.op.Op;
import io.millrace.ops.Catalogue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page on all operations, which the build writes to {@code target/operations.md}. */
class OperationsPageTest {
  private static final Path COMMITTED = Path.of("../docs/operations.md");
  private static final Path BUILT = Path.of("target/operations.md");

  private static final String OUT_OF_DATE =
      "docs/operations.md is out of date: run " + OperationsPage.COMMAND;

  private static final Map<String, CatalogueEntry> ENTRIES =
      CatalogueEntry.all().stream()
          .collect(Collectors.toMap(CatalogueEntry::type, Function.identity()));

  @Test
  void thePageKeptWithTheSourceIsThatOfTheCatalogue() throws IOException {
    PrintStream out = new PrintStream(new ByteArrayOutputStream());
    int status = Main.run(out, out, false, "--page", BUILT.toString(), "src/test/resources/sample");
    assertEquals(0, status);
    List<String> built = OperationsPage.catalogue(Files.readString(BUILT));
    List<String> committed = OperationsPage.catalogue(Files.readString(COMMITTED));
    assertEquals(missing(built, committed), missing(committed, built), OUT_OF_DATE);
    assertEquals(built, committed, OUT_OF_DATE);
  }

  private static List<String> missing(List<String> lines, List<String> from) {
    return lines.stream().filter(line -> !from.contains(line)).toList();
  }

  @Test
  void everyOperationHasALine() {
    Set<String> types = new TreeSet<>();
    for (Class<? extends Op> operation : Catalogue.operations()) {
      Catalogue.examples(operation).forEach(example -> types.add(example.op().type()));
    }
    assertEquals(types, new TreeSet<>(ENTRIES.keySet()));
  }

  @Test
  void saysForWhichInputsThereIsAGradient() {
    assertEquals("a, b", entry("MatMul").gradient());
    assertEquals("values", entry("ConcatV2").gradient());
    assertEquals("features", entry("SparseSoftmaxCrossEntropyWithLogits").gradient());
    assertEquals("none: its result is constant between jumps", entry("Floor").gradient());
    assertEquals("none: its values are not floating", entry("LogicalAnd").gradient());
    assertEquals("none: it writes a variable", entry("Assign").gradient());
  }

  @Test
  void saysWhetherTheSecondDerivativeIsZero() {
    assertEquals("yes", entry("Square").secondOrder());
    assertEquals("yes", entry("MatMul").secondOrder(), "bilinear");
    assertEquals("zero", entry("Reshape").secondOrder());
    assertEquals("zero", entry("AddV2").secondOrder());
    assertEquals("", entry("Floor").secondOrder());
  }

  @Test
  void saysWhichTypesTheInputsMayHave() {
    assertEquals("`a: T in signed, b: T`", entry("MatMul").inputs());
    assertEquals("`predictions: float32, targets: T in index, k: T`", entry("InTopKV2").inputs());
    assertEquals("`values: N>=2 * T, axis: Tidx in index`", entry("ConcatV2").inputs());
    assertEquals("", entry("Const").inputs());
  }

  @Test
  void showsTheShapeRuleByExample() {
    assertEquals("float32[2,3], float32[3,4] → float32[2,4]", entry("MatMul").shapes());
    assertEquals("float32[2,3], int32[1] {1} → float32[2]", entry("Sum").shapes());
  }

  @Test
  void linksTheFileThatHoldsAnOperation() {
    String sources = "../graph-ops/src/main/java/io/millrace/ops/";
    assertEquals("[MatrixOps](" + sources + "linalg/MatrixOps.java)", entry("MatMul").source());
    assertEquals("[BinaryOps](" + sources + "math/BinaryOps.java)", entry("AddV2").source());
    for (CatalogueEntry entry : ENTRIES.values()) {
      if (entry.source().startsWith("[")) {
        String file = entry.source().replaceFirst("^\\[\\w+]\\((.*)\\)$", "$1");
        assertTrue(Files.exists(COMMITTED.resolveSibling(file)), entry.toString());
      }
    }
  }

  @Test
  void countsTheCasesOfAnOperationAndItsAliases() {
    OperationsPage page = new OperationsPage();
    Verdict failed = new Verdict.Failed("", List.of());
    page.hear(entry("op", "AddV2"), new Verdict.Passed());
    page.hear(entry("op", "Add"), failed);
    page.hear(entry("graph", "lenet5"), new Verdict.Passed());
    page.hear(entry("op", "Svd"), new Verdict.Unsupported(List.of("Svd"), ""));
    String text = page.markdown();
    assertTrue(text.contains("| AddV2, Add | "), text);
    assertTrue(text.lines().anyMatch(l -> l.matches("\\| AddV2, Add \\|.*\\| 1 of 2 \\|")), text);
    assertTrue(text.contains("| lenet5 | graph | 1 of 1 |"), text);
    assertTrue(
        text.contains("2 of 4 passed, 1 failed, 1 need operations that are not there yet."), text);
    assertTrue(text.endsWith("\nNot there yet: Svd.\n"), text);
  }

  private static Suite.Entry entry(String kind, String operation) {
    return new Suite.Entry("math/x", kind, operation, Path.of("."));
  }

  private static CatalogueEntry entry(String type) {
    return ENTRIES.get(type);
  }
}
