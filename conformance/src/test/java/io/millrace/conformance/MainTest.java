package io.millrace.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Graph;
import io.millrace.ops.Ops;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command as a user calls it: what it prints, and its exit status. */
class MainTest {
  private static final String PASSED = "1 passed, 0 failed, 0 unsupported";
  private static final String FAILED = "0 passed, 1 failed, 0 unsupported";

  @TempDir Path cases;

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

  @ParameterizedTest
  @ValueSource(strings = {"", "--device reference", "--device cpu --no-passes"})
  void whatIsAsRecordedPasses(String options) throws IOException {
    TinyCase.in(cases, "math/tiny__case");
    List<String> args = new ArrayList<>(List.of(cases.toString()));
    args.addAll(Arrays.stream(options.split(" ")).filter(o -> !o.isEmpty()).toList());
    assertRun(0, args, PASSED);
  }

  @Test
  void aWrongOutputIsNamedWithItsElement() throws IOException {
    TinyCase.in(cases, "math/tiny__case").tensor("y.npy", TinyCase.floats(3, 12.5));
    assertRun(
        1,
        "math/tiny__case: output y:0 differs most at [1]: expected 12.5, got 12.0, tolerance"
            + " 0.000125; 1 of 2 elements differ",
        FAILED);
  }

  @Test
  void aWrongGradientIsNamed() throws IOException {
    TinyCase.in(cases, "math/tiny__case").tensor("dx.npy", TinyCase.floats(5, 12));
    assertRun(
        1,
        "math/tiny__case: gradient for x:0 differs most at [0]: expected 5.0, got 6.0, tolerance"
            + " 1.00e-05; 1 of 2 elements differ",
        FAILED);
  }

  @Test
  void gradientsAreWeighted() throws IOException {
    TinyCase.in(cases, "math/tiny__case")
        .tensor("ones.npy", TinyCase.floats(10, -1))
        .tensor("dx.npy", TinyCase.floats(60, -12));
    assertRun(0, PASSED);
  }

  @Test
  void theTensorThatDiffersMostIsNamed() throws IOException {
    TinyCase.in(cases, "math/tiny__case")
        .tensor("y.npy", TinyCase.floats(3, 12.001))
        .tensor("dx.npy", TinyCase.floats(6, 50));
    assertRun(
        1,
        "math/tiny__case: gradient for x:0 differs most at [1]: expected 50.0, got 12.0, tolerance"
            + " 1.00e-05; 1 of 2 elements differ; 1 other tensor differs",
        FAILED);
  }

  @Test
  void aGradientThatShouldNotExistDoes() throws IOException {
    TinyCase.in(cases, "math/tiny__case")
        .edit("\"dtype\": \"float32\", \"shape\": [2], \"file\": \"dx.npy\"", "\"file\": null");
    assertRun(1, "math/tiny__case: gradient for x:0 exists, expected none", FAILED);
  }

  @Test
  void aGradientThatShouldExistDoesNot() throws IOException {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    var x = tf.placeholder(DType.FLOAT32, Shape.of(2), "x");
    tf.withName("y").multiply(tf.stopGradient(tf.multiply(x, x)), tf.constant(3f));
    TinyCase.in(cases, "math/tiny__case").graph(graph);
    assertRun(1, "math/tiny__case: gradient for x:0 does not exist", FAILED);
  }

  @Test
  void anExpectedErrorMustHappen() throws IOException {
    TinyCase.in(cases, "math/tiny__case")
        .edit("\"kind\"", "\"expect_error\": \"InvalidArgumentError\", \"kind\"")
        .edit("\"gradients\"", "\"nothing\"");
    assertRun(1, "math/tiny__case: the run succeeded, expected InvalidArgumentError", FAILED);
  }

  @Test
  void anExpectedErrorMayHappenInARun() throws IOException {
    TinyCase.in(cases, "math/tiny__case")
        .edit("\"kind\"", "\"expect_error\": \"InvalidArgumentError\", \"kind\"")
        .edit("\"inputs\"", "\"nothing\"");
    assertRun(0, PASSED);
  }

  @Test
  void aNameThatTheGraphLacksIsNoExpectedError() throws IOException {
    TinyCase.in(cases, "math/tiny__case")
        .edit("\"kind\"", "\"expect_error\": \"InvalidArgumentError\", \"kind\"")
        .edit("\"gradients\"", "\"nothing\"")
        .edit("\"outputs\": [{\"node\": \"y:0\"", "\"outputs\": [{\"node\": \"z:0\"");
    assertFails("running failed: FeedException: the graph has no operation 'z'");
  }

  @Test
  void whatIsNotFloatingHasNoGradient() throws IOException {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    var x = tf.placeholder(DType.INT32, Shape.of(2), "x");
    tf.withName("y").cast(tf.multiply(x, x), DType.FLOAT32);
    TinyCase.in(cases, "math/tiny__case")
        .graph(graph)
        .edit("\"x:0\", \"dtype\": \"float32\"", "\"x:0\", \"dtype\": \"int32\"")
        .edit("\"dtype\": \"int32\", \"shape\": [2], \"file\": \"dx.npy\"", "\"file\": null")
        .tensor("x.npy", Literal.ofInts(1, 2))
        .tensor("y.npy", TinyCase.floats(1, 4));
    assertRun(0, PASSED);
  }

  @Test
  void whatThrowsFailsWithTheFirstLineOfItsMessage() throws IOException {
    TinyCase.in(cases, "math/tiny__case").edit("\"y:0\"", "\"z:0\"");
    assertRun(
        1,
        "math/tiny__case: building gradients failed: FeedException: the graph has no operation 'z';"
            + " did you mean 'x' or 'y'?",
        FAILED);
  }

  @Test
  void unsupportedOperationsAreCounted() throws IOException {
    TinyCase.in(cases, "math/tiny__case").editGraph("Mul", "Mux");
    TinyCase.in(cases, "math/other__case");
    assertRun(1, "unsupported: Mux (1)", "1 passed, 0 failed, 1 unsupported");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ | case.json: is not JSON at line 1 column 2 path $.",
        "[] | case.json: is not one JSON object",
        "{} {} | case.json: is not JSON at line 1 column 5 path $",
        "{\"format\": 2} | case.json: format must be 1: other formats are not known here",
        "{\"format\": 1} | case.json: name must be a text",
        "{\"format\": 1, \"name\": \"../x\"} | case.json: name must be like group/operation__variant"
      })
  void aBrokenFileFailsUnderTheNameOfItsFolder(String json, String message) throws IOException {
    TinyCase.in(cases, "math/tiny__case").json(json);
    assertRun(1, "math/tiny__case: reading the case failed: " + message, FAILED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"kind\": \"graph\" | \"kind\": \"chart\" | kind is not known: 'chart'",
        "\"x:0\" | 7 | inputs[0].node must be a text",
        "\"shape\": [2] | \"shape\": [3] | inputs[0].file names x.npy, which is float32[2]",
        "\"float32\" | \"float64\" | inputs[0].file names x.npy, which is float32[2]",
        "1e-5 | \"much\" | outputs[0].rtol must be a number",
      })
  void mistakesInACaseAreNamedByPlace(String part, String by, String message) throws IOException {
    TinyCase.in(cases, "math/tiny__case").edit(part, by);
    assertFails("reading the case failed: case.json: " + message);
  }

  @Test
  void filesOutsideTheFolderAreNotRead() throws IOException {
    TinyCase.in(cases, "math/tiny__case").edit("x.npy", "../x.npy");
    assertFails("../x.npy: does not name a file in the case's own folder");
  }

  @Test
  void aTruncatedTensorFails() throws IOException {
    TinyCase tiny = TinyCase.in(cases, "math/tiny__case");
    Path file = tiny.folder.resolve("y.npy");
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    assertFails("y.npy: float32[2] takes 8 bytes, but there are 7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x.npy", "y.npy", "ones.npy", "dx.npy", "graph.pb"})
  void aMissingFileFails(String file) throws IOException {
    Files.delete(TinyCase.in(cases, "math/tiny__case").folder.resolve(file));
    assertFails(file + ": is missing");
  }

  @Test
  void aDamagedGraphFails() throws IOException {
    TinyCase tiny = TinyCase.in(cases, "math/tiny__case");
    Files.write(tiny.folder.resolve("graph.pb"), new byte[] {1, 2, 3});
    assertFails("reading the graph failed: GraphDefException");
  }

  @Test
  void linesAreSortedByName() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i : IntStream.range(0, 40).map(i -> i * 7 % 40).toArray()) {
      TinyCase.in(cases, String.format("math/case%02d__x", i)).edit("\"y:0\"", "\"z:0\"");
      lines.add(String.format("math/case%02d__x", i));
    }
    run(cases.toString());
    lines.sort(null);
    assertEquals(lines, out().stream().limit(40).map(l -> l.replaceAll(":.*", "")).toList());
  }

  @Test
  void namesChooseCases() throws IOException {
    TinyCase.in(cases, "math/tiny__case");
    TinyCase.in(cases, "nn/other__case").edit("\"y:0\"", "\"z:0\"");
    assertRun(0, List.of(cases.toString(), "ti*case"), PASSED);
  }

  @Test
  void anArchiveStandsForAFolderOfItsName() throws IOException {
    Path archive = cases.resolve("math.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
      zip.putNextEntry(new ZipEntry("broken/case.json"));
      zip.write('{');
    }
    String message =
        "math/broken: reading the case failed: case.json: is not JSON at line 1 column 2 path $.";
    assertRun(1, message, FAILED);
    assertRun(1, List.of(archive.toString()), message.replace("math/", ""), FAILED);
    Files.write(archive, new byte[] {1, 2, 3});
    assertUsage("math.zip: is not a zip archive", cases.toString());
  }

  @Test
  void verboseTellsEveryTensorAndTheStack() throws IOException {
    TinyCase.in(cases, "math/a__case")
        .tensor("y.npy", TinyCase.floats(1, 12))
        .tensor("dx.npy", TinyCase.floats(1, 12));
    TinyCase.in(cases, "math/b__case").edit("\"y:0\"", "\"z:0\"");
    TinyCase.in(cases, "math/c__case").editGraph("Mul", "Mux");
    assertEquals(1, run("--verbose", cases.toString()));
    String text = String.join("\n", out());
    assertTrue(text.contains("\n    output y:0 differs most at [0]"), text);
    assertTrue(text.contains("\n    gradient for x:0 differs most at [0]"), text);
    assertTrue(text.contains("\n    \tat io.millrace."), text);
    assertTrue(text.contains("math/c__case: unsupported: Mux\n    "), text);
  }

  @Test
  void wrongCommandsEndWithTwo() throws IOException {
    assertUsage("the folder of the cases is missing");
    assertUsage("unknown option --fast", "--fast", ".");
    assertUsage("there is no folder " + cases.resolve("none"), cases.resolve("none").toString());
    assertUsage("holds no case: there is no case.json in it", cases.toString());
    TinyCase.in(cases, "math/tiny__case");
    assertUsage("holds no case with such a name: xyz", cases.toString(), "xyz");
    assertUsage("there is no device 'tpu:0'", "--device", "tpu:0", cases.toString());
    assertUsage("has cpu:0", "--device", "cpu:7", cases.toString());
  }

  @Test
  void helpIsNoMistake() throws IOException {
    assertEquals(0, run("--help"));
    assertTrue(out().contains("Usage: millrace conformance [OPTION...] DIR [NAME...]"));
  }

  private void assertFails(String message) throws IOException {
    assertEquals(1, run(cases.toString()));
    assertEquals(FAILED, out().get(1));
    assertTrue(
        out().get(0).startsWith("math/tiny__case: ") && out().get(0).contains(message),
        out().get(0));
  }

  private void assertUsage(String message, String... args) throws IOException {
    errors.reset();
    assertEquals(2, run(args));
    String text = errors.toString(StandardCharsets.UTF_8);
    assertTrue(text.startsWith("millrace conformance: ") && text.contains(message), text);
    assertEquals(List.of(), out());
  }

  private void assertRun(int status, String... lines) throws IOException {
    assertRun(status, List.of(cases.toString()), lines);
  }

  private void assertRun(int status, List<String> args, String... lines) throws IOException {
    int actual = run(args.toArray(String[]::new));
    assertEquals(List.of(lines), out());
    assertEquals(status, actual);
  }

  private int run(String... args) throws IOException {
    printed.reset();
    return Main.run(new PrintStream(printed), new PrintStream(errors), false, args);
  }

  private List<String> out() {
    return printed.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
