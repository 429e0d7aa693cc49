package io.millrace.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.ops.Ops;
import io.millrace.ops.Optimizer;
import io.millrace.ops.Variable;
import io.millrace.type.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The optimizers of {@code tf.train} take TensorFlow's steps: the recorded trajectories, with a
 * model and a training step that are built here instead of TensorFlow's own graph.
 */
class OptimizersTest {
  private static final int AT_LEAST = 4;

  @TestFactory
  Stream<DynamicTest> takeTensorFlowsSteps() throws WrongUsageException, IOException {
    List<DynamicTest> tests = new ArrayList<>();
    Suite suite = Suite.find(Command.parse("src/test/resources/sample"));
    for (Suite.Entry entry : suite.entries()) {
      if (entry.kind().equals("trajectory")) {
        JsonObject json = json(entry.folder());
        Case recorded = CaseReader.open(entry.folder()).read();
        if (new Training(json, recorded).isOffered()) {
          tests.add(dynamicTest(entry.name(), () -> passes(json, recorded)));
        }
      }
    }
    assertTrue(tests.size() >= AT_LEAST, "only " + tests);
    return tests.stream().onClose(suite::close);
  }

  private static JsonObject json(Path folder) throws IOException {
    return JsonParser.parseString(Files.readString(folder.resolve(CaseReader.FILE)))
        .getAsJsonObject();
  }

  private static void passes(JsonObject json, Case recorded) {
    Graph graph = new Training(json, recorded).build();
    assertEquals(
        new Verdict.Passed(),
        CaseRun.of(recorded, () -> graph, SessionOptions.defaults().device("cpu")));
  }

  /** One recorded training, built with this engine under the names that were recorded. */
  private record Training(JsonObject json, Case recorded, Graph graph, Ops tf) {
    Training(JsonObject json, Case recorded) {
      this(json, recorded, new Graph());
    }

    private Training(JsonObject json, Case recorded, Graph graph) {
      this(json, recorded, graph, Ops.of(graph));
    }

    /** Returns whether there are the optimizer, the options and the model. */
    boolean isOffered() {
      // The gradient of an embedding is sparse in TensorFlow, and some steps then differ.
      return optimizer().isPresent()
          && json.getAsJsonObject("options").isEmpty()
          && !json.getAsJsonObject("model").get("name").getAsString().equals("embedding");
    }

    Graph build() {
      Operation step = optimizer().orElseThrow().minimize(loss());
      tf.withName("train").group(step);
      tf.withName("init").globalVariablesInitializer();
      return graph;
    }

    private Optional<Optimizer> optimizer() {
      JsonObject with = json.getAsJsonObject("hyperparameters");
      float rate = with.get("learning_rate").getAsFloat();
      return switch (json.get("optimizer").getAsString()) {
        case "GradientDescent" -> Optional.of(tf.train.gradientDescent(rate));
        case "Momentum" ->
            Optional.of(
                with.get("use_nesterov").getAsBoolean()
                    ? tf.train.nesterov(rate, with.get("momentum").getAsFloat())
                    : tf.train.momentum(rate, with.get("momentum").getAsFloat()));
        case "Adagrad" -> Optional.of(tf.train.adagrad(rate));
        case "Adam" ->
            Optional.of(
                tf.train.adam(
                    rate,
                    with.get("beta1").getAsFloat(),
                    with.get("beta2").getAsFloat(),
                    with.get("epsilon").getAsFloat()));
        default -> Optional.empty();
      };
    }

    /** Adds the model that {@code model.formula} says. */
    private Output loss() {
      Output loss =
          switch (json.getAsJsonObject("model").get("name").getAsString()) {
            case "linear" -> squaredError(linear(fed("x"), "W", "b"));
            case "softmax" ->
                tf.reduceMean(
                    tf.nn.sparseSoftmaxCrossEntropyWithLogits(
                        fed("labels"), linear(fed("x"), "W", "b")));
            case "mlp" -> squaredError(linear(tf.tanh(linear(fed("x"), "W1", "b1")), "W2", "b2"));
            default -> throw new AssertionError("no such model is known");
          };
      return tf.withName("loss").identity(loss);
    }

    private Output squaredError(Output prediction) {
      return tf.reduceMean(tf.square(tf.subtract(prediction, fed("y"))));
    }

    private Output linear(Output x, String weights, String bias) {
      return tf.add(tf.matmul(x, variable(weights)), variable(bias));
    }

    private Output fed(String name) {
      TensorType type =
          recorded.steps().stream()
              .flatMap(step -> Stream.ofNullable(step.feeds().get(name + ":0")))
              .findFirst()
              .orElseThrow()
              .type();
      return tf.placeholder(type.dtype(), type.shape(), name);
    }

    private Variable variable(String name) {
      Expectation first =
          recorded.steps().stream()
              .flatMap(step -> step.expected().stream())
              .filter(expected -> expected.tensor().equals(name + ":0"))
              .findFirst()
              .orElseThrow();
      return tf.variable(Tensor.of(first.value()), name);
    }
  }
}
