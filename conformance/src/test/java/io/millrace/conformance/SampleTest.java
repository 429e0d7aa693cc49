package io.millrace.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.millrace.Backends;
import io.millrace.SessionOptions;
import io.millrace.spi.Backend;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The shipped cases pass on every device, with and without passes; and how they are chosen. */
class SampleTest {
  private static final Path SAMPLE = sample();
  private static final long MOST_BYTES = 3_000_000;

  /** Tests run in the module's folder or, on machines that only run them, in the project's. */
  private static Path sample() {
    Path own = Path.of("src/test/resources/sample");
    return Files.exists(own) ? own : Path.of("conformance").resolve(own);
  }

  @TestFactory
  Stream<DynamicNode> isAsTensorFlowRecorded() throws WrongUsageException {
    List<SessionOptions> ways = new ArrayList<>();
    for (Backend backend : Backends.find().all()) {
      boolean computes = backend.priority() >= 0 || backend.name().equals("reference");
      for (String device : computes ? backend.devices() : List.<String>of()) {
        ways.add(SessionOptions.defaults().device(device).threads(1));
        ways.add(SessionOptions.defaults().device(device).threads(1).passes(false));
      }
    }
    return runs(ways);
  }

  @TestFactory
  @Tag("gpu")
  Stream<DynamicNode> isAsTensorFlowRecordedOnCuda() throws WrongUsageException {
    return runs(List.of(SessionOptions.defaults().device("cuda:0")));
  }

  private static Stream<DynamicNode> runs(List<SessionOptions> ways) throws WrongUsageException {
    Suite suite = Suite.find(Command.parse(SAMPLE.toString()));
    return ways.stream()
        .onClose(suite::close)
        .map(
            way ->
                dynamicContainer(
                    way.placement().device() + (way.plans().passes() ? "" : " without passes"),
                    suite.entries().stream()
                        .map(entry -> dynamicTest(entry.name(), () -> passes(entry, way)))));
  }

  private static void passes(Suite.Entry entry, SessionOptions way) {
    assertEquals(new Verdict.Passed(), Suite.run(entry, way));
  }

  @Test
  void isSmall() throws IOException {
    try (Stream<Path> files = Files.walk(SAMPLE)) {
      long bytes = files.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum();
      assertTrue(bytes > 0 && bytes <= MOST_BYTES, bytes + " bytes");
    }
  }

  @Test
  void holdsThreePassingCasesOfAnOperation(@TempDir Path temp)
      throws IOException, WrongUsageException {
    Path from = temp.resolve("from");
    Path to = temp.resolve("to");
    for (String name : List.of("a", "b", "c", "d", "e")) {
      TinyCase.in(from, "math/" + name).edit("\"graph\"", "\"op\"");
    }
    TinyCase.in(from, "math/a").edit("\"kind\"", "\"kind_\"");
    TinyCase.in(from, "math/composed").edit("\"tiny\"", "\"other\"");
    TinyCase.in(from, "math/composed2").edit("\"tiny\"", "\"other\"");
    TinyCase.in(from, "math/fails")
        .edit("\"graph\"", "\"op\"")
        .edit("\"inputs\"", "\"inputs_\"")
        .edit("\"kind\"", "\"expect_error\": \"InvalidArgumentError\", \"kind\"");
    TinyCase.in(to, "math/old");
    Files.writeString(to.resolve("NOTES"), "kept");
    assertEquals("7 passed, 1 failed, 0 unsupported", sample(from, to));
    assertEquals(Set.of("NOTES", "math.zip"), names(to));
    try (Suite written = Suite.find(Command.parse(to.toString()))) {
      assertEquals(
          List.of("math/b", "math/composed", "math/d", "math/fails"),
          written.entries().stream().map(Suite.Entry::name).toList());
      SessionOptions way = SessionOptions.defaults().device("reference");
      written.entries().forEach(entry -> passes(entry, way));
    }
  }

  @Test
  void isAnArchiveForEachGroupAlwaysTheSame(@TempDir Path temp) throws IOException {
    Path from = temp.resolve("from");
    Path to = temp.resolve("to");
    for (String name : List.of("alone", "math/add", "math/deep/add", "nn/relu")) {
      TinyCase.in(from, name).edit("\"tiny\"", "\"" + name + "\"");
    }
    sample(from, to);
    assertEquals(Set.of("alone.zip", "math.zip", "nn.zip"), names(to));
    Path again = temp.resolve("again");
    assertEquals("4 passed, 0 failed, 0 unsupported", sample(to, again), "made of archives");
    for (String archive : names(to)) {
      assertEquals(-1, Files.mismatch(to.resolve(archive), again.resolve(archive)), archive);
    }
    TinyCase.in(temp.resolve("other"), "nn/elu");
    sample(temp.resolve("other"), to);
    assertEquals(Set.of("nn.zip"), names(to));
  }

  /** Writes a sample, and returns what the command says last. */
  private static String sample(Path from, Path to) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String[] command = {"--sample", to.toString(), "--device", "reference", from.toString()};
    Main.run(new PrintStream(out), System.err, false, command);
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    return lines.get(lines.size() - 1);
  }

  private static Set<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
  }
}
