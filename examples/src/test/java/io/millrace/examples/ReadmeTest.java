package io.millrace.examples;

import static io.millrace.type.DType.FLOAT32;
import static io.millrace.type.DType.INT64;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.State;
import io.millrace.io.GraphDefs;
import io.millrace.ops.Ops;
import io.millrace.type.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's code is this file's code, so it compiles and does what it says. */
class ReadmeTest {
  private static final Path SOURCE = Path.of("src/test/java/io/millrace/examples/ReadmeTest.java");

  @Test
  void theFirstSnippetLearns() throws IOException {
    Images digits = Mnist.bundled().train();
    float[] images = new float[100 * Images.PIXELS];
    long[] labels = new long[100];
    digits.copyBatch(digits.shuffledOrder(1), 0, 100, images, labels);

    var graph = new Graph();
    var tf = Ops.of(graph);

    var x = tf.placeholder(FLOAT32, Shape.of(-1, 784), "x");
    var y = tf.placeholder(INT64, Shape.of(-1), "y");
    var w = tf.variable(tf.zeros(FLOAT32, 784, 10), "w");
    var b = tf.variable(tf.zeros(FLOAT32, 10), "b");
    var logits = tf.add(tf.matmul(x, w), b);
    var loss = tf.reduceMean(tf.nn.sparseSoftmaxCrossEntropyWithLogits(y, logits));
    var train = tf.train.gradientDescent(0.5f).minimize(loss);

    try (var session = new Session(graph)) {
      session.run(tf.globalVariablesInitializer());
      for (int step = 0; step < 100; step++) {
        session.run(train, Map.of(x, images, y, labels)); // the feed_dict
      }
      float held = session.run(loss, Map.of(x, images, y, labels)).floatValue();
      assertTrue(held < 0.1, "loss " + held);
    }
  }

  @Test
  void theThirdSnippetSharesVariables() {
    var trainGraph = new Graph();
    var train = Ops.of(trainGraph);
    var w = train.variable(new float[] {1, 2}, "weights");
    train
        .withName("train")
        .group(train.train.gradientDescent(0.25f).minimize(train.reduceSum(train.square(w))));
    train.withName("init").variablesInitializer(List.of(w));
    var inferenceGraph = new Graph();
    Ops.of(inferenceGraph).variable(new float[2], "weights");

    try (var state = new State();
        var training = new Session(trainGraph, state);
        var serving = new Session(inferenceGraph, state)) {
      training.run("init");
      training.run("train");
      State.Snapshot best = state.snapshot();
      training.run("train");
      state.restore(best);
      float[] weights = serving.run("weights").toFloatArray();
      assertArrayEquals(new float[] {0.5f, 1}, weights);
    }
  }

  @Test
  void theSecondSnippetReadsAndWritesGraphs(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("digits.pb");
    Path copy = folder.resolve("copy.pb");
    float[] pixels = {1, -2, 3};
    Ops tf = Ops.of(new Graph());
    Output input = tf.placeholder(FLOAT32, Shape.of(3), "pixels");
    assertEquals("scores:0", tf.withName("scores").nn.relu(input).name());
    GraphDefs.write(tf.graph(), file);

    Graph graph = GraphDefs.read(file);
    GraphDefs.write(graph, copy);
    try (Session session = new Session(graph)) {
      float[] scores = session.run("scores:0", Map.of("pixels:0", pixels)).toFloatArray();
      assertArrayEquals(new float[] {1, 0, 3}, scores);
    }
    assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(copy));
  }

  @Test
  void everyJavaBlockOfTheReadmeStandsInThisFile() throws IOException {
    List<String> blocks = new ArrayList<>();
    Matcher fences =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("../README.md")));
    while (fences.find()) {
      blocks.add(withoutIndent(fences.group(1)));
    }
    assertFalse(blocks.isEmpty());
    String here = withoutIndent(Files.readString(SOURCE));
    for (String block : blocks) {
      String body = block.strip().replaceAll("\\}$", "").strip();
      assertTrue(here.contains(body), "the README says what no test compiles:\n" + block);
    }
    assertEquals(3, blocks.size(), "each block needs a test of its own");
  }

  private static String withoutIndent(String code) {
    return code.replaceAll("(?m)^ +", "");
  }
}
