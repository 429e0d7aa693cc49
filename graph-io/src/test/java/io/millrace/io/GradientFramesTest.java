package io.millrace.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.millrace.Graph;
import io.millrace.Session;
import io.millrace.SessionOptions;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Graphs in which TensorFlow 2.21 wrote loops and their gradients with frames, with what it
 * computed.
 */
class GradientFramesTest {
  private Graph graph = new Graph();

  private void read(String name) {
    graph = GraphDefs.read(GraphSamples.resource("frames/" + name + ".pb"));
  }

  private Session session() {
    return new Session(graph, SessionOptions.defaults().device("reference"));
  }

  private void assertComputes(String output, Map<String, ?> feeds, float... expected) {
    try (Session session = session()) {
      assertArrayEquals(expected, session.run(output, feeds).toFloatArray(), 1e-5f, output);
    }
  }

  @Test
  void turnsInTurnsAsManyAsTheDataSay() {
    read("gradient_of_nested_counts");
    Map<String, Object> feeds =
        Map.of("x", new float[] {-0.35114765f, -0.3991622f, -0.6689972f}, "n", 4);
    assertComputes("while/Exit_1:0", feeds, 0.060162514f, 0.07028777f, 0.10852235f);
    assertComputes("gradients/AddN_1:0", feeds, -0.21620083f, -0.20395695f, -0.036826163f);
    try (Session session = session()) {
      assertEquals(6, session.run("while/Exit_2:0", feeds).getInt());
    }
  }

  @Test
  void whatOneBranchLeavesIsTakenInThatBranch() {
    read("gradient_of_branches");
    Map<String, Object> feeds = Map.of("x", new float[] {0.8782227f, -0.91868836f, 0.7513434f});
    assertComputes("while/Exit_1:0", feeds, 0.050016165f, 1.9129404f, 0.16854f);
    assertComputes("gradients/AddN_3:0", feeds, -0.8605455f, 0.33609304f, -0.9965927f);
  }

  @Test
  void noSwitchesAreLeftInTurns() {
    read("gradient_of_branches");
    String text = GraphDefs.writeText(graph);
    assertFalse(text.contains("op: \"Switch\""), text);
  }
}
