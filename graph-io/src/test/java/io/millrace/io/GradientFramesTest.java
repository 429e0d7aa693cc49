package io.millrace.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.millrace.Graph;
import io.millrace.Session;
import io.millrace.SessionOptions;
import java.util.List;
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

  @Test
  void whatIsReadAndWrittenInTurns() {
    read("gradient_of_carried_array");
    Map<String, Object> feeds =
        Map.of(
            "x",
            new float[][] {
              {0.9772687f, 0.63749f},
              {0.27300468f, 0.5221695f},
              {-0.62394017f, -0.38469082f},
              {-0.5072127f, 0.19209825f}
            });
    assertComputes(
        "TensorArrayStack/TensorArrayGatherV3:0",
        feeds,
        0.9772687f,
        0.63749f,
        0.8101292f,
        0.37942144f,
        0.19775811f,
        0.19340275f,
        -0.12258654f,
        -0.07393731f,
        0.062021837f,
        -0.014190291f);
    assertComputes("while/Exit_2:0", feeds, 1.8625695f, 1.1363769f);
    assertComputes(
        "gradients/AddN_2:0",
        feeds,
        0.971588f,
        3.146082f,
        0.41219234f,
        0.29428637f,
        0.039767094f,
        0.30938438f,
        -0.12204463f,
        -0.07386253f);
  }

  @Test
  void zerosWhereNothingReachesAnArray() {
    read("gradient_of_array_read_only");
    Map<String, Object> feeds =
        Map.of(
            "x",
            new float[][] {
              {-0.8161903f, 0.79121995f},
              {-0.07544812f, -0.11037527f},
              {-0.7905774f, 0.36980808f},
              {0.633788f, 0.25910035f}
            });
    assertComputes("while/Exit_2:0", feeds, -0.23042323f, 1.2732968f);
    assertComputes(
        "gradients/AddN_2:0",
        feeds,
        -0.26356798f,
        0.61716276f,
        0.114603065f,
        0.21411441f,
        -0.041136764f,
        -0.017250838f,
        0.0f,
        0.0f);
  }

  @Test
  void arraysThatGrow() {
    read("gradient_of_growing_array");
    Map<String, Object> feeds = Map.of("x", new float[] {0.2071191f, -0.42484012f, 0.34473842f});
    assertComputes(
        "TensorArrayStack/TensorArrayGatherV3:0",
        feeds,
        0.0f,
        -0.0f,
        0.0f,
        0.20564143f,
        -0.41217512f,
        0.3379505f,
        0.41128287f,
        -0.82435024f,
        0.675901f,
        0.6169243f,
        -1.2365253f,
        1.0138515f);
    assertComputes(
        "gradients/while/Sin/Enter_grad/b_acc_3:0", feeds, 5.1467314f, 2.9688907f, 3.8488984f);
  }

  @Test
  void arraysThatTurnsMake() {
    read("gradient_of_nested_maps");
    Map<String, Object> feeds =
        Map.of(
            "x",
            new float[][][] {
              {{0.5644603f, 0.71395123f}, {-0.9326516f, 0.06528961f}},
              {{0.5939027f, 0.95027936f}, {-0.4514828f, -0.6617979f}},
              {{0.7534019f, 0.8183649f}, {-0.6049342f, -0.11694051f}}
            });
    assertComputes(
        "map/TensorArrayStack/TensorArrayGatherV3:0",
        feeds,
        1.0699198f,
        1.3096503f,
        -1.6064047f,
        0.13048647f,
        1.1191994f,
        1.6271559f,
        -0.8726005f,
        -1.2290723f,
        1.3682479f,
        1.4600587f,
        -1.1374159f,
        -0.23334834f);
    assertComputes(
        "gradients/map/TensorArrayUnstack/TensorArrayScatter/TensorArrayScatterV3_grad/TensorArrayGatherV3:0",
        feeds,
        0.8114111f,
        0.3902667f,
        -0.042415258f,
        1.9787724f,
        0.7233493f,
        -0.06550651f,
        1.1568505f,
        0.52873194f,
        0.2934477f,
        0.15105054f,
        0.6908363f,
        1.932506f);
  }

  @Test
  void stepsOfATrainingProgram() {
    read("rnn_training_program");
    Map<String, Object> feeds =
        Map.of(
            "x",
                new float[][][] {
                  {
                    {-0.3089653253555298f, -0.8862548470497131f, 0.42977333068847656f},
                    {-0.17116227746009827f, 0.4706483781337738f, -0.04581673443317413f},
                    {0.0011311088455840945f, -0.16487617790699005f, -0.41903021931648254f},
                    {0.8014217615127563f, 0.33757516741752625f, 0.5776646733283997f}
                  },
                  {
                    {0.7914790511131287f, -0.499622106552124f, 0.8396412134170532f},
                    {0.7252101898193359f, 0.012170524336397648f, 0.13580435514450073f},
                    {-0.7701355218887329f, 0.5242316722869873f, -0.6535499691963196f},
                    {0.06767208129167557f, -0.7471253871917725f, -0.85416579246521f}
                  }
                },
            "y", new float[][] {{0.2180548906326294f}, {-0.017593741416931152f}},
            "n", new int[] {4, 2});
    float[] losses = {
      0.031789567321538925f,
      0.021858425810933113f,
      0.015110759064555168f,
      0.011357376351952553f,
      0.010378692299127579f
    };
    float[] weights = {
      0.38774624466896057f,
      0.09805837273597717f,
      0.6476485729217529f,
      -0.2408546656370163f,
      0.1884748637676239f,
      0.3247862458229065f,
      0.37028634548187256f,
      -0.09717902541160583f,
      0.3038826584815979f,
      0.15476812422275543f,
      0.18046893179416656f,
      0.27382922172546387f,
      0.07911573350429535f,
      -0.1707063615322113f,
      0.17266085743904114f,
      -0.5523269176483154f,
      -0.1806909590959549f,
      -0.6946626305580139f,
      -0.13037827610969543f,
      -0.10195133835077286f,
      0.2624630630016327f,
      0.30905666947364807f,
      0.566023588180542f,
      -0.16722574830055237f,
      0.18487316370010376f,
      -0.3308842182159424f,
      -0.0005456395447254181f,
      -0.17917944490909576f,
      0.24174430966377258f,
      -0.27244701981544495f,
      0.4795938730239868f,
      0.44936108589172363f,
      -0.12254469096660614f,
      -0.18504443764686584f,
      0.7379392981529236f,
      -0.20386917889118195f,
      -0.21205514669418335f,
      0.48527419567108154f,
      -0.24407172203063965f,
      0.07980573177337646f
    };
    try (Session session = session()) {
      session.run("init");
      for (float loss : losses) {
        assertEquals(loss, session.run(List.of("loss:0", "train"), feeds).get(0).getFloat(), 1e-6f);
      }
      assertArrayEquals(weights, session.run("w/Read/ReadVariableOp:0").toFloatArray(), 1e-5f);
    }
  }

  @Test
  void branchesThatReadArraysInTurns() {
    read("gradient_of_raw_rnn");
    Map<String, Object> feeds =
        Map.of(
            "x",
            new float[][][] {
              {
                {-0.847383439540863f, 0.5598375797271729f, -0.1231815367937088f},
                {0.4469303488731384f, 0.95597904920578f, 0.0769917443394661f}
              },
              {
                {0.0022409274242818356f, -0.8558977246284485f, -0.46312204003334045f},
                {-0.00023499835515394807f, 0.3584599792957306f, 0.6074780821800232f}
              },
              {
                {-0.2381177395582199f, -0.8681272864341736f, -0.42370879650115967f},
                {0.8191870450973511f, -0.5732293128967285f, -0.09575207531452179f}
              },
              {
                {0.8624120354652405f, -0.9502015709877014f, 0.20109783113002777f},
                {0.9002590179443359f, -0.5393942594528198f, 0.09697984158992767f}
              }
            },
            "w",
            new float[][] {
              {0.8182567358016968f, -0.7336611151695251f},
              {0.046825163066387177f, 0.500819742679596f},
              {0.3380264937877655f, -0.06449428200721741f},
              {-0.5903018116950989f, -0.01846822164952755f},
              {-0.2552306354045868f, -0.04519769176840782f}
            },
            "n",
            new int[] {4, 2});
    assertComputes(
        "TensorArrayStack/TensorArrayGatherV3:0",
        feeds,
        -0.4087326228618622f,
        0.20696470141410828f,
        0.16124437749385834f,
        0.06716693937778473f,
        -0.30020564794540405f,
        -0.14494618773460388f,
        0.18823999166488647f,
        0.1009514108300209f,
        -0.33341795206069946f,
        -0.19138963520526886f,
        0.0f,
        0.0f,
        -0.0715591162443161f,
        -0.654872715473175f,
        0.0f,
        0.0f);
    assertComputes(
        "rnn/while/Exit_4:0",
        feeds,
        -0.0715591162443161f,
        -0.654872715473175f,
        0.18823999166488647f,
        0.1009514108300209f);
    assertComputes(
        "gradients/TensorArrayUnstack/TensorArrayScatter/TensorArrayScatterV3_grad/TensorArrayGatherV3:0",
        feeds,
        0.9410199522972107f,
        0.04505075514316559f,
        0.3848728537559509f,
        -0.2526748776435852f,
        0.4546082019805908f,
        0.10179368406534195f,
        -0.0335904061794281f,
        0.5762616395950317f,
        0.24025988578796387f,
        0.05935269221663475f,
        0.47788503766059875f,
        0.23307672142982483f,
        0.4512189030647278f,
        0.4603152275085449f,
        0.3773795962333679f,
        0.0f,
        0.0f,
        0.0f,
        -0.47399020195007324f,
        0.2965407967567444f,
        -0.05354350805282593f,
        0.0f,
        0.0f,
        0.0f);
    assertComputes(
        "gradients/rnn/while/MatMul/Enter_grad/b_acc_3:0",
        feeds,
        -1.0927711725234985f,
        0.7257747054100037f,
        -0.45351719856262207f,
        -1.0427924394607544f,
        -0.553824782371521f,
        -0.11300691217184067f,
        0.15710127353668213f,
        -0.1697283387184143f,
        0.041082464158535004f,
        0.005811963230371475f);
  }
}
