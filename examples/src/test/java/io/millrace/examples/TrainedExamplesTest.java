package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the examples as their users do. */
class TrainedExamplesTest {
  @TempDir Path folder;

  private String output(Example example, String... args) throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      assertEquals(0, example.run(args));
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static double accuracy(String output) {
    Matcher line = Pattern.compile("test accuracy (0\\.\\d{4})\\s*$").matcher(output);
    assertTrue(line.find(), output);
    return Double.parseDouble(line.group(1));
  }

  @Test
  void softmaxReachesNinetyPercent() throws Exception {
    Path picture = folder.resolve("softmax.png");
    String output = output(new SoftmaxExample(), "--out", picture.toString());
    assertTrue(accuracy(output) >= 0.90, output);
    assertTrue(Files.size(picture) > 0);
  }

  @Test
  void refusesPicturesThatCannotBeWrittenBeforeTraining() throws Exception {
    Path lost = folder.resolve("none").resolve("digits.png");
    assertEquals(
        "--out " + lost + ": there is no folder " + lost.getParent(), refusal(lost.toString()));
    assertEquals("--out " + folder + ": that is a folder, not a file", refusal(folder.toString()));
  }

  private static String refusal(String out) throws Exception {
    OptionValues options = DigitTraining.options("name", "purpose", 1, 100).parse("--out", out);
    return assertThrows(UsageException.class, () -> new DigitTraining(options, "title", false))
        .getMessage();
  }

  @Test
  void lenet5ReachesNinetySevenPercentInFiveEpochs() throws Exception {
    String output = lenet5("--epochs", "5");
    for (String count : new String[] {"156", "2,416", "48,120", "10,164", "850"}) {
      assertTrue(output.contains(" " + count + " parameters"), output);
    }
    assertTrue(accuracy(output) >= 0.97, output);
  }

  @Test
  @Tag("exhaustive")
  void lenet5ReachesNinetyEightPercent() throws Exception {
    String output = lenet5();
    assertTrue(accuracy(output) >= 0.98, output);
  }

  private String lenet5(String... args) throws Exception {
    List<String> all = new ArrayList<>(List.of("--out", folder.resolve("lenet5.png").toString()));
    all.addAll(List.of(args));
    return output(new LeNet5Example(), all.toArray(String[]::new));
  }

  @Test
  @Tag("gpu")
  void lenet5ReachesNinetyEightPercentOnCuda() throws Exception {
    String output = lenet5("--device", "cuda:0");
    assertTrue(output.contains("running on cuda:0"), output);
    assertTrue(accuracy(output) >= 0.98, output);
  }
}
