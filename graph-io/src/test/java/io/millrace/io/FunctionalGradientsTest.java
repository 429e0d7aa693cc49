package io.millrace.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.millrace.Graph;
import io.millrace.Session;
import io.millrace.SessionOptions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Gradients of branches and loops that TensorFlow 2.21 wrote, with its values: what a branch leaves
 * for its gradient is optional, and what a loop leaves is a list, of optionals and lists too.
 */
class FunctionalGradientsTest {
  private Graph graph = new Graph();

  private void read(String name) {
    graph = GraphDefs.read(GraphSamples.resource("gradients/" + name + ".pb"));
  }

  private void expect(Map<String, Object> more, String wanted, float... expected) {
    Map<String, Object> feeds = new HashMap<>(more);
    feeds.put("x", new float[] {0.5f, -0.3f, 0.8f});
    for (boolean passes : new boolean[] {false, true}) {
      SessionOptions options = SessionOptions.defaults().device("reference").passes(passes);
      try (Session session = new Session(graph, options)) {
        assertArrayEquals(expected, session.run(wanted, feeds).toFloatArray(), 2e-6f, wanted);
      }
    }
  }

  @Test
  void branches() {
    read("branches");
    Map<String, Object> yes = Map.of("p", true);
    expect(yes, "y", 0.79043907f, -0.21892676f, 1.5965053f);
    expect(yes, "dx", 1.5740349f, 0.47713667f, -0.08089858f);
    expect(yes, "d2", -4.7896237f, 1.3680148f, 1.6147997f);
    Map<String, Object> no = Map.of("p", false);
    expect(no, "y", 0.43879128f, -0.28660098f, 0.55736536f);
    expect(no, "dx", 0.5774417f, 0.8313288f, 0.10423297f);
    expect(no, "d2", -1.6608357f, 1.7527463f, -0.35409176f);
  }

  @Test
  void loopsInBranches() {
    read("loop_in_branch");
    expect(Map.of("p", true), "y", 0.96875f, -0.23133f, 2.6892803f);
    expect(Map.of("p", true), "dx", 2.0175514f, 0.5864508f, -7.7495656f);
    expect(Map.of("p", false), "dx", -0.87758255f, -0.9553365f, -0.6967067f);
  }

  @Test
  void branchesInLoops() {
    read("branch_in_loop");
    expect(Map.of(), "y", 0.4503673f, -0.16436952f, 0.7577974f);
    expect(Map.of(), "dx", 0.581472f, 0.3028749f, 1.0018137f);
  }

  @Test
  void loopsInLoops() {
    read("loops");
    expect(Map.of(), "y", 2.7795625f, -0.03573743f, 3.1388755f);
    expect(Map.of(), "dx", -3.823569f, -0.1830992f, -0.0672593f);
  }
}
