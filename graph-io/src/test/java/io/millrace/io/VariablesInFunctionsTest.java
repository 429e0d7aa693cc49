package io.millrace.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.ops.Ops;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Resource variables that functions of a file take by their handles. Each file, written by
 * TensorFlow 2.21, has a loss to which the variable w leads through a function and besides, and
 * TensorFlow's own gradient of it.
 */
class VariablesInFunctionsTest {
  private static final SessionOptions REFERENCE = SessionOptions.defaults().device("reference");

  private static Graph read(String name) throws IOException {
    try (InputStream file =
        VariablesInFunctionsTest.class.getResourceAsStream("variables/" + name + ".pb")) {
      return GraphDefs.read(Objects.requireNonNull(file).readAllBytes());
    }
  }

  private static float run(Session session, String name) {
    return session.run(name).floatValue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"branches", "loops", "frames", "calls", "switches"})
  void gradientsPassThroughThem(String name) throws IOException {
    Graph graph = read(name);
    Ops tf = Ops.of(graph);
    try (Session session = new Session(graph, REFERENCE)) {
      session.run(tf.globalVariablesInitializer());
      float gradient = run(session, "tfgrad:0");
      assertEquals(7, gradient);
      Operation train = tf.train.gradientDescent(1f).minimize(graph.output("loss:0"));
      session.run(train);
      assertEquals(3 - gradient, session.get(tf.variableNamed("w")).floatValue());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"branches", "loops", "frames", "calls", "switches"})
  void theirValuesAreFrozen(String name) throws IOException {
    Graph graph = read(name);
    try (Session session = new Session(graph, REFERENCE)) {
      session.run(Ops.of(graph).globalVariablesInitializer());
      List<String> wanted = List.of("loss:0", "tfgrad:0");
      Graph frozen = GraphDefs.read(GraphDefs.freeze(session, wanted));
      try (Session other = new Session(frozen, REFERENCE)) {
        for (String output : wanted) {
          assertEquals(run(session, output), run(other, output), output);
        }
      }
    }
  }

  /** Where x is above 0, it is added to w, else w becomes three times x; y is then twice w. */
  @Test
  void functionsThatAssignAreWritten() throws IOException {
    Graph graph = read("assigning_branch");
    Graph again = GraphDefs.read(GraphDefs.write(graph));
    for (Graph each : List.of(graph, again)) {
      try (Session session = new Session(each, REFERENCE)) {
        session.run(Ops.of(each).globalVariablesInitializer());
        assertEquals(6, session.run("y:0", Map.of("x:0", 2f)).floatValue());
        assertEquals(-12, session.run("y:0", Map.of("x:0", -2f)).floatValue());
      }
    }
  }
}
