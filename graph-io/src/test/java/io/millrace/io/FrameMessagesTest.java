package io.millrace.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.millrace.Graph;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.io.proto.AttrValue;
import io.millrace.io.proto.DataType;
import io.millrace.io.proto.GraphDef;
import io.millrace.io.proto.NodeDef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Frames that are no loops, or made to do harm. */
class FrameMessagesTest {
  private static final AttrValue FLOAT = AttrValue.newBuilder().setType(DataType.DT_FLOAT).build();

  private final Map<String, NodeDef.Builder> nodes = new LinkedHashMap<>();

  FrameMessagesTest() {
    add("x", "Placeholder").putAttr("dtype", FLOAT);
    addLoop("", "x", "f");
  }

  private NodeDef.Builder add(String name, String op, String... inputs) {
    NodeDef.Builder node = NodeDef.newBuilder().setName(name).setOp(op);
    if (!op.equals("Placeholder") && !op.equals("LoopCond")) {
      node.putAttr("T", FLOAT);
    }
    nodes.put(name, node.addAllInput(List.of(inputs)));
    return node;
  }

  private NodeDef.Builder enter(String name, String frame, boolean isConstant, String input) {
    return add(name, "Enter", input)
        .putAttr("frame_name", AttrValue.newBuilder().setS(ByteString.copyFromUtf8(frame)).build())
        .putAttr("is_constant", AttrValue.newBuilder().setB(isConstant).build());
  }

  /** Adds: y = x; while (y < x) y = y + x. */
  private void addLoop(String prefix, String x, String frame) {
    enter(prefix + "enter", frame, false, x);
    enter(prefix + "same", frame, true, x);
    add(prefix + "merge", "Merge", prefix + "enter", prefix + "next");
    add(prefix + "less", "Less", prefix + "merge", prefix + "same");
    add(prefix + "cond", "LoopCond", prefix + "less");
    add(prefix + "switch", "Switch", prefix + "merge", prefix + "cond");
    add(prefix + "add", "AddV2", prefix + "switch:1", prefix + "same");
    add(prefix + "next", "NextIteration", prefix + "add");
    add(prefix + "exit", "Exit", prefix + "switch");
  }

  private byte[] file() {
    GraphDef.Builder graph = GraphDef.newBuilder();
    nodes.values().forEach(graph::addNode);
    return graph.build().toByteArray();
  }

  private void assertRefused(String message) {
    GraphDefException e = assertThrows(GraphDefException.class, () -> GraphDefs.read(file()));
    String text = String.valueOf(e.getMessage());
    assertEquals(message, text.lines().findFirst().orElse(""));
    assertTrue(text.contains("\n  at io.millrace.io.FrameMessagesTest."), text);
  }

  @Test
  void aLoopNeedsACondition() {
    nodes.remove("cond");
    add("switch", "Switch", "merge", "less");
    assertRefused("[Enter 'enter'] enters the frame 'f', which has no LoopCond: it is no loop");
  }

  @Test
  void aLoopHasOneCondition() {
    add("more", "LoopCond", "less");
    assertRefused("[LoopCond 'more'] is a second condition of the loop 'f', beside 'cond'");
  }

  @Test
  void aVariableHasAFirstValueAndANextOne() {
    add("merge", "Merge", "enter", "next", "same");
    assertRefused(
        "[Merge 'merge'] carries a variable of a loop, and so takes one Enter and one"
            + " NextIteration");
  }

  @Test
  void aVariableDoesNotBeginWithWhatStaysTheSame() {
    add("merge", "Merge", "same", "next");
    assertRefused("[Merge 'merge'] begins with 'same', which stays the same in all turns");
  }

  @Test
  void onlyVariablesLeave() {
    add("exit", "Exit", "add");
    assertRefused("[Exit 'exit'] takes 'add', which is no variable at the end of the loop");
    add("exit", "Exit", "switch:1");
    assertRefused("[Exit 'exit'] takes 'switch:1', which is no variable at the end of the loop");
  }

  @Test
  void framesAreEnteredAndLeft() {
    add("add", "AddV2", "switch:1", "x");
    assertRefused(
        "[AddV2 'add'] needs 'switch', which is in the frame 'f', and 'x', which is outside of all"
            + " frames: only Enter leads into a frame, and Exit out of it");
  }

  @Test
  void whatIsOutsideDoesNotLeave() {
    add("out", "Exit", "x");
    assertRefused("[Exit 'out'] is outside of all frames");
  }

  @Test
  void aFrameIsEnteredFromOnePlace() {
    enter("inner", "g", true, "same");
    enter("outer", "g", true, "x");
    assertRefused(
        "[Enter 'outer'] enters the frame 'g' outside of all frames, but 'inner' does so in the"
            + " frame 'f'");
  }

  @Test
  void aTurnTakesOnlyWhatItHas() {
    add("add", "AddV2", "switch:1", "enter");
    assertRefused("[AddV2 'add'] takes 'enter', which only the first turn has");
    add("add", "AddV2", "switch:1", "merge:1");
    assertRefused("[AddV2 'add'] takes 'merge:1': which turn it is only its value tells");
    add("add", "AddV2", "switch:1", "switch");
    assertRefused("[AddV2 'add'] takes 'switch', which only an Exit does");
  }

  @Test
  void whatATurnLetsPassIsCarried() {
    add("other", "Switch", "same", "cond");
    assertRefused("[Switch 'other'] lets pass 'same', which the loop does not carry");
  }

  @Test
  void effectsAreInTheConditionOrInTheTurn() {
    add("random", "RandomUniform", "shape")
        .putAttr("T", AttrValue.newBuilder().setType(DataType.DT_INT32).build())
        .putAttr("dtype", FLOAT);
    add("shape", "Shape", "merge");
    add("less", "Less", "random", "same");
    add("add", "AddV2", "switch:1", "random");
    assertRefused(
        "[RandomUniform 'random'] is used in the loop 'f' and in its condition: what has effects"
            + " cannot be in both");
  }

  @Test
  void circlesOutsideOfFramesAreNoLoops() {
    add("a", "Neg", "b");
    add("b", "Neg", "a");
    assertRefused("the graph is not acyclic: 'a', 'b' need each other");
  }

  @Test
  void whatIsInsideAndNotNeededIsLeftOut() {
    add("unused", "Neg", "merge");
    Graph graph = GraphDefs.read(file());
    assertEquals(3, graph.size());
    try (Session session = new Session(graph, SessionOptions.defaults().device("reference"))) {
      assertEquals(-1, session.run("exit:0", Map.of("x:0", -1f)).getFloat());
    }
  }

  @Test
  void manyLoopsAreReadInNoTime() {
    assertTimeout(
        Duration.ofSeconds(60),
        () -> {
          String x = "exit";
          for (int i = 0; i < 3000; i++) {
            addLoop(i + "/", x, "f" + i);
            x = i + "/exit";
          }
          assertEquals(1 + 2 * 3001, GraphDefs.read(file()).size());
        });
  }

  @Test
  void loopsInLoopsHaveAnEnd() {
    List<String> opened = new ArrayList<>();
    String x = "same";
    for (int i = 0; i < 1000; i++) {
      addLoop(i + "/", x, "f" + i);
      opened.add(i + "/");
      x = i + "/same";
    }
    // Each loop adds what the one in it gives.
    for (int i = 0; i + 1 < opened.size(); i++) {
      add(opened.get(i) + "add", "AddV2", opened.get(i) + "switch:1", opened.get(i + 1) + "exit");
    }
    add("add", "AddV2", "switch:1", "0/exit");
    GraphDefException e = assertThrows(GraphDefException.class, () -> GraphDefs.read(file()));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains("calls are nested more than 200 deep"), message);
  }

  @Test
  void branchesInBranchesHaveAnEnd() {
    // A thousand branches in one another stay switches, which no loop on a device can ask.
    add("p", "Less", "same", "merge");
    String x = "switch:1";
    for (int i = 0; i < 1000; i++) {
      add("s" + i, "Switch", x, "p");
      x = "s" + i + ":1";
    }
    String y = x;
    for (int i = 999; i >= 0; i--) {
      add("m" + i, "Merge", "s" + i, y);
      y = "m" + i;
    }
    add("next", "NextIteration", y);
    assertEquals(3, GraphDefs.read(file()).size());
  }
}
