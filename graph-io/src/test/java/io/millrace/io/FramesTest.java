package io.millrace.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.ops.Ops;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Loops of graphs that TensorFlow 2.21 wrote with frames, with the values and gradients that it
 * computed.
 */
class FramesTest {
  private Graph graph = new Graph();

  private void read(String name) {
    graph = GraphDefs.read(GraphSamples.resource("frames/" + name + ".pb"));
  }

  private Session session() {
    return new Session(graph, SessionOptions.defaults().device("reference"));
  }

  private static float[] floats(Tensor tensor) {
    return tensor.toFloatArray();
  }

  private float[] gradient(List<String> of, List<?> weights, Map<?, ?> feeds) {
    Ops tf = Ops.of(graph);
    List<Output> ys = of.stream().map(graph::output).toList();
    List<Output> seeds = weights.stream().map(tf::constant).collect(Collectors.toList());
    Output gradient = tf.gradients(ys, List.of(graph.output("x:0")), seeds).get(0);
    try (Session session = session()) {
      return floats(session.run(gradient, feeds));
    }
  }

  @Test
  void turnsInTurns() {
    read("nested_counts_from_data");
    float[] x = {0.0022409274f, -0.8558977f, -0.46312204f};
    Map<String, Object> feeds = Map.of("x", x, "n", 3);
    try (Session session = session()) {
      float[] y = {1.0022459f, 1.4133086f, 0.7973625f};
      assertArrayEquals(y, floats(session.run("while/Exit_1:0", feeds)), 1e-5f);
      assertEquals(3, session.run("while/Exit_2:0", feeds).getInt());
      assertEquals(0, session.run("while/Exit_2:0", Map.of("x", x, "n", 0)).getInt());
    }
    float[] weights = {-0.00023499836f, 0.35845998f, 0.6074781f};
    float[] expected = {-0.00023605158f, -1.1541637f, -0.1965614f};
    assertArrayEquals(
        expected, gradient(List.of("while/Exit_1:0"), List.of(weights), feeds), 1e-5f);
  }

  @Test
  void branchesOfSeveralResultsInTurns() {
    read("cond_two_outputs_in_while");
    Map<String, Object> feeds =
        Map.of("x", new float[] {0.86241204f, -0.9502016f, 0.20109783f, 0.900259f});
    try (Session session = session()) {
      assertArrayEquals(
          new float[] {2.2534192f, 0.7357287f, 1.268224f, 2.315015f},
          floats(session.run("while/Exit_1:0", feeds)),
          1e-5f);
      assertArrayEquals(
          new float[] {3.2534192f, 1.7357287f, 2.268224f, 3.315015f},
          floats(session.run("while/Exit_2:0", feeds)),
          1e-5f);
      String explained = session.explain(List.of("while/Exit_2:0"), feeds);
      String program = explained.substring(0, explained.indexOf("passes"));
      assertEquals(2, program.split("choose of 2 branches", -1).length - 1, program);
    }
    assertArrayEquals(
        new float[] {-0.79198897f, -0.6940474f, 1.6208142f, -1.3157464f},
        gradient(
            List.of("while/Exit_1:0", "while/Exit_2:0"),
            List.of(
                new float[] {-0.53939426f, 0.09697984f, 0.81825674f, -0.7336611f},
                new float[] {0.046825163f, 0.50081974f, 0.3380265f, -0.06449428f}),
            feeds),
        1e-5f);
  }

  @Test
  void branchesInBranchesInTurns() {
    read("case_in_while");
    Map<String, Object> feeds = Map.of("x", new float[] {-0.5903018f, -0.018468222f});
    try (Session session = session()) {
      float[] y = {1.1009647f, -0.79293627f};
      assertArrayEquals(y, floats(session.run("while/Exit_1:0", feeds)), 1e-5f);
    }
    float[] weights = {-0.25523064f, -0.04519769f};
    float[] expected = {-2.932075f, 0.11056055f};
    assertArrayEquals(
        expected, gradient(List.of("while/Exit_1:0"), List.of(weights), feeds), 1e-5f);
  }

  @Test
  void turnsInBranchesInTurns() {
    read("while_in_cond_in_while");
    Map<String, Object> feeds = Map.of("x", new float[] {-0.094314136f, -0.29404327f, 0.31479892f});
    try (Session session = session()) {
      float[] y = {-1.1252328e-09f, -2.8032979e-05f, 7.027687e-05f};
      assertArrayEquals(y, floats(session.run("while/Exit_1:0", feeds)), 1e-10f);
    }
    float[] weights = {-0.25929785f, -0.08181404f, 0.43864825f};
    float[] expected = {-2.768932e-08f, -6.885418e-05f, 0.0008946462f};
    assertArrayEquals(
        expected, gradient(List.of("while/Exit_1:0"), List.of(weights), feeds), 1e-9f);
  }

  @Test
  void carriesWhatItIsDecidedBy() {
    read("float64_and_bool");
    Map<String, Object> feeds =
        Map.of("x", new double[] {-0.7377787153041722, -0.38253268540432916});
    double[] y = {-0.27995317032299544, -0.28860138272208724};
    try (Session session = session()) {
      assertArrayEquals(y, session.run("while/Exit_2:0", feeds).toDoubleArray(), 1e-12);
      assertEquals(5, session.run("while/Exit_1:0", feeds).getLong());
    }
  }

  @Test
  void whatWasReadOfAVariableIsItsMemory() {
    read("captured_read_alias_ref");
    Map<String, Object> feeds = Map.of("x", new float[] {0.00224093f, -0.8558977f});
    try (Session session = session()) {
      session.run("init");
      assertArrayEquals(
          new float[] {3.0134454f, 0.8646139f},
          floats(session.run("while/Exit_1:0", feeds)),
          1e-5f);
      assertArrayEquals(
          new float[] {1.0067227f, -0.5676931f}, floats(session.run("read_1:0")), 1e-5f);
      assertArrayEquals(
          new float[] {3.0336134f, -6.8384657f},
          floats(session.run("while/Exit_1:0", feeds)),
          1e-5f);
    }
  }

  @Test
  void assignsInBranchesInTurns() {
    read("assign_in_cond_in_loop_ref");
    try (Session session = session()) {
      session.run("init");
      float[] x = {-0.4237088f, 0.81918705f};
      assertArrayEquals(
          new float[] {5, 5}, floats(session.run("while/Exit_1:0", Map.of("x", x))), 1e-5f);
      assertArrayEquals(new float[] {0.1525824f, 3.6383743f}, floats(session.run("read:0")), 1e-5f);
    }
    read("assign_in_cond_in_loop_res");
    try (Session session = session()) {
      session.run("init");
      float[] x = {-0.26821923f, 0.67583597f};
      assertArrayEquals(
          new float[] {5, 5}, floats(session.run("while/Exit_1:0", Map.of("x", x))), 1e-5f);
      assertArrayEquals(
          new float[] {0.46356153f, 3.3516722f}, floats(session.run("Identity:0")), 1e-5f);
    }
  }

  /**
   * The constants in its turns wait for the turn to begin; where it goes backwards, for nothing.
   */
  @Test
  void goesBackThroughRowsTakenInTurns() {
    read("masked_rnn");
    float[] x = {
      1.4856017f, 0.34505302f, 0.18806f, 0.19789888f, 0.029699827f, 0.29436663f, 0.39618084f,
      0.070807755f, -1.4890758f, -0.8891115f, 0.3617524f, -0.9217076f, 0.016940424f, -0.9845325f,
      -1.5119134f, -0.00790828f, 2.19264f, -0.24574873f, -1.56333f, 1.0471491f, -1.037259f,
      -1.0267637f, -0.112909086f, 0.18685451f
    };
    Ops tf = Ops.of(graph);
    Output weights =
        tf.reshape(
            tf.constant(
                new float[] {
                  -0.07967583f, -0.60360986f, -1.2341387f, -0.59479964f, -0.090002015f, -2.3458235f
                }),
            3,
            2);
    Output y = graph.output("while/Exit_1:0");
    Output gradient =
        tf.gradients(List.of(y), List.of(graph.output("w:0")), List.of(weights)).get(0);
    float[][] w = {{-0.3892365f, -0.85136557f}, {0.86473435f, -1.1895673f}};
    Map<String, Object> feeds =
        Map.of("x", Tensor.of(x, Shape.of(3, 4, 2)), "n", new int[] {4, 1, 0}, "w", w);
    try (Session session = session()) {
      assertArrayEquals(
          new float[] {-0.22645433f, 0.32976004f, -0.3424486f, -0.5862129f},
          floats(session.run(gradient, feeds)),
          1e-5f);
    }
  }

  @Test
  void arraysOfTensorsAreLists() {
    read("read_twice");
    float[] x = {
      -0.2485546f,
      -0.7660663f,
      0.21427509f,
      -0.3539811f,
      -0.980515f,
      0.9623587f,
      0.9385522f,
      0.07361289f
    };
    Map<String, Object> feeds = Map.of("x", Tensor.of(x, Shape.of(4, 2)));
    try (Session session = session()) {
      float[] y = {0.65763175f, -0.7405109f};
      assertArrayEquals(y, floats(session.run("while/Exit_1:0", feeds)), 1e-5f);
    }
    assertArrayEquals(
        new float[] {
          0.25954166f,
          0.35070965f,
          0.004250556f,
          0.040663783f,
          -0.38749638f,
          0.04203897f,
          0.18161015f,
          0.10877814f
        },
        gradient(List.of("while/Exit_1:0"), List.of(new float[] {0.2363714f, 0.3377336f}), feeds),
        1e-5f);
  }

  @Test
  void arraysAreWrittenInTurns() {
    read("scan");
    float[] x = {
      0.049439672f,
      0.39339182f,
      -0.14589301f,
      -0.7308591f,
      -0.33728558f,
      0.1806917f,
      0.8813228f,
      0.9851154f,
      -0.51679415f,
      -0.9788402f
    };
    Map<String, Object> feeds = Map.of("x", Tensor.of(x, Shape.of(5, 2)));
    try (Session session = session()) {
      assertArrayEquals(
          new float[] {
            0.049439672f,
            0.39339182f,
            0.9927871f,
            0.712486f,
            0.6651472f,
            1.1287403f,
            1.5862093f,
            2.1119394f,
            0.1802563f,
            -1.0672512f
          },
          floats(session.run("scan/TensorArrayStack/TensorArrayGatherV3:0", feeds)),
          1e-5f);
    }
  }

  @Test
  void arraysGrowInTurns() {
    read("grow_in_loop");
    Map<String, Object> feeds = Map.of("x", new float[] {0.8053274f, -0.96817917f, 0.7377703f});
    try (Session session = session()) {
      assertArrayEquals(
          new float[] {
            0,
            0,
            0,
            0.8053274f,
            -0.96817917f,
            0.7377703f,
            1.6106548f,
            -1.9363583f,
            1.4755406f,
            2.4159822f,
            -2.9045374f,
            2.213311f
          },
          floats(session.run("TensorArrayStack/TensorArrayGatherV3:0", feeds)),
          1e-5f);
    }
  }

  @Test
  void isWrittenAsCallsOfFunctions() {
    read("case_in_while");
    Map<String, Object> feeds = Map.of("x", new float[] {-0.5903018f, -0.018468222f});
    graph = GraphDefs.read(GraphDefs.write(graph));
    assertTrue(graph.toString().contains("while/while_context = StatelessWhile["), "" + graph);
    try (Session session = session()) {
      float[] y = {1.1009647f, -0.79293627f};
      assertArrayEquals(y, floats(session.run("while/Exit_1:0", feeds)), 1e-5f);
    }
  }

  @Test
  void namesTheLoopThatSomethingIsIn() {
    byte[] file = GraphSamples.resource("frames/case_in_while.pb");
    GraphDefException e =
        assertThrows(
            GraphDefException.class, () -> GraphDefs.read(file, List.of("while/Identity_1:0")));
    String message = String.valueOf(e.getMessage());
    assertTrue(
        message.startsWith(
            "'while/Identity_1' is in the loop 'while/while_context', and computed anew in each"
                + " turn: ask for what leaves the loop by an Exit\n"),
        message);
    assertTrue(GraphDefs.read(file, List.of("while/Exit_1:0")).size() > 3);
  }
}
