package io.millrace.conformance;

import static io.millrace.conformance.TinyCase.floats;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Graph;
import io.millrace.SessionOptions;
import io.millrace.ops.Ops;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kinds of cases that are several runs of one session, by closed forms. */
class KindsTest {
  private static final String HEAD =
      "{\"format\": 1, \"name\": \"variables/tiny__case\", \"op\": \"tiny\", \"ops\": [], ";

  @TempDir Path cases;

  @Test
  void runsShareTheVariables() throws IOException {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    var v = tf.variable(tf.constant(new float[] {1, 2}), "v");
    tf.withName("add").assignAdd(v, tf.placeholder(DType.FLOAT32, Shape.of(2), "x"));
    tf.withName("init").globalVariablesInitializer();
    TinyCase tiny =
        TinyCase.in(cases, "variables/tiny__case")
            .graph(graph)
            .json(
                HEAD
                    + """
                      "kind": "runs", "runs": [
                        {"inputs": [], "targets": [], "outputs": [{"node": "v/read:0"}],
                         "expect_error": "FailedPreconditionError", "error_message": "uninitialized"},
                        {"inputs": [], "targets": ["init"], "outputs": []},
                        {"inputs": [{"node": "x:0", "dtype": "float32", "shape": [2], "file": "x.npy"}],
                         "targets": ["add"], "outputs": []},
                        {"inputs": [], "targets": [], "outputs": [
                          {"node": "v/read:0", "dtype": "float32", "shape": [2], "file": "y.npy"}]}
                      ]}
                      """)
            .tensor("y.npy", floats(2, 4));
    assertPassed();
    tiny.tensor("y.npy", floats(2, 5));
    assertFailed(
        "run 3: output v/read:0 differs most at [1]: expected 5.0, got 4.0, to be equal; 1 of 2"
            + " elements differ");
    tiny.edit("[\"init\"]", "[]");
    Verdict.Failed failed = (Verdict.Failed) run();
    assertTrue(
        failed.summary().startsWith("run 2 failed: UninitializedException: "), failed::summary);
  }

  @Test
  void trajectoriesAreFollowedStepByStep() throws IOException {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    var w = tf.variable(tf.constant(1f), "w");
    var x = tf.placeholder(DType.FLOAT32, Shape.scalar(), "x");
    var loss = tf.withName("loss").multiply(w, x);
    tf.withName("train")
        .assignSub(w, tf.multiply(tf.constant(0.125f), tf.gradients(loss, w).get(0)));
    tf.withName("init").globalVariablesInitializer();
    TinyCase tiny =
        TinyCase.in(cases, "variables/tiny__case")
            .graph(graph)
            .json(
                HEAD
                    + """
                      "kind": "trajectory", "steps": 3, "init": "init", "train": "train",
                      "feeds": [{"node": "x:0", "dtype": "float32", "shape": [3], "file": "x.npy"}],
                      "loss": {"node": "loss:0", "dtype": "float32", "shape": [3], "file": "loss.npy"},
                      "variables": [{"node": "w:0", "dtype": "float32", "shape": [4], "file": "w.npy"}],
                      "slots": [], "scalars": []}
                      """)
            .tensor("x.npy", floats(1, 2, 3))
            .tensor("loss.npy", floats(1, 1.75, 1.875))
            .tensor("w.npy", floats(1, 0.875, 0.625, 0.25));
    assertPassed();
    tiny.tensor("w.npy", floats(1, 0.875, 0.5, 0.25));
    assertFailed("after step 2: w:0 differs: expected 0.5, got 0.625, to be equal");
    tiny.tensor("w.npy", floats(1, 0.875, 0.625, 0.25)).tensor("loss.npy", floats(1, 1.75, 2));
    assertFailed("step 3: loss:0 differs: expected 2.0, got 1.875, to be equal");
    tiny.tensor("loss.npy", floats(1, 1.75)).edit("[3], \"file\": \"loss", "[2], \"file\": \"loss");
    assertFailed(
        "reading the case failed: loss.npy: is float32[2], which has nothing at 2 on axis 0");
  }

  @Test
  void schedulesAreFedTheStep() throws IOException {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    var step = tf.placeholder(DType.INT64, Shape.scalar(), "step");
    tf.withName("value").multiply(tf.cast(step, DType.FLOAT32), tf.constant(0.5f));
    TinyCase tiny =
        TinyCase.in(cases, "variables/tiny__case")
            .graph(graph)
            .json(
                HEAD
                    + """
                      "kind": "schedule",
                      "steps": {"node": "step:0", "dtype": "int64", "shape": [3], "file": "x.npy"},
                      "values": {"node": "value:0", "dtype": "float32", "shape": [3], "file": "y.npy"}}
                      """)
            .tensor("x.npy", Literal.ofLongs(0, 1, 10))
            .tensor("y.npy", floats(0, 0.5, 5));
    assertPassed();
    tiny.tensor("y.npy", floats(0, 0.5, 6));
    assertFailed("at step 10: value:0 differs: expected 6.0, got 5.0, to be equal");
  }

  @Test
  void movingAveragesAreUpdatedStepByStep() throws IOException {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    var shadow = tf.variable(tf.constant(8f), "shadow");
    var x = tf.placeholder(DType.FLOAT32, Shape.scalar(), "x");
    var count = tf.placeholder(DType.INT64, Shape.scalar(), "count");
    var rate = tf.divide(tf.constant(1f), tf.cast(count, DType.FLOAT32));
    tf.withName("update").assignSub(shadow, tf.multiply(tf.subtract(shadow, x), rate));
    tf.withName("init").globalVariablesInitializer();
    TinyCase tiny =
        TinyCase.in(cases, "variables/tiny__case")
            .graph(graph)
            .json(
                HEAD
                    + """
                      "kind": "moving_average", "steps": 2, "init": "init", "update": "update",
                      "values": {"node": "x:0", "dtype": "float32", "shape": [2], "file": "x.npy"},
                      "num_updates": {"node": "count:0", "dtype": "int64", "shape": [2], "file": "n.npy"},
                      "shadow": {"node": "shadow:0", "dtype": "float32", "shape": [3], "file": "y.npy"}}
                      """)
            .tensor("x.npy", floats(4, 2))
            .tensor("n.npy", Literal.ofLongs(2, 4))
            .tensor("y.npy", floats(8, 6, 5));
    assertPassed();
    tiny.tensor("y.npy", floats(8, 6, 4));
    assertFailed("after update 2: shadow:0 differs: expected 4.0, got 5.0, to be equal");
  }

  private void assertPassed() {
    assertEquals(new Verdict.Passed(), run());
  }

  private void assertFailed(String summary) {
    assertEquals(summary, ((Verdict.Failed) run()).summary());
  }

  private Verdict run() {
    Suite.Entry entry = new Suite.Entry("tiny", "", "", cases.resolve("variables/tiny__case"));
    return Suite.run(entry, SessionOptions.defaults().device("reference"));
  }
}
