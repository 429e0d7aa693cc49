package io.millrace.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.MillraceException;
import io.millrace.io.proto.AttrValue;
import io.millrace.io.proto.DataType;
import io.millrace.io.proto.FunctionDef;
import io.millrace.io.proto.GraphDef;
import io.millrace.io.proto.NodeDef;
import io.millrace.io.proto.OpDef;
import io.millrace.io.proto.TensorProto;
import io.millrace.io.proto.TensorShapeProto;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Refuses files that are damaged, or made to do harm, with a message and little memory. */
class HostileFilesTest {
  private static final long MIB = 1 << 20;

  private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Loads what any file needs, which is not the fault of the first one. */
  @BeforeAll
  static void readFirst() {
    GraphDefs.read(GraphSamples.small().get(0));
  }

  /** Returns the message with which bytes are refused, having allocated no more than this. */
  private static String refusal(byte[] bytes, long most) {
    long before = THREAD.getCurrentThreadAllocatedBytes();
    MillraceException e = assertThrows(MillraceException.class, () -> GraphDefs.read(bytes));
    long allocated = THREAD.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated <= most, allocated + " bytes for: " + e.getMessage());
    assertTrue(e instanceof GraphDefException || e instanceof GraphException, e.toString());
    assertTrue(e.getMessage().contains("\n  at io.millrace.io.HostileFilesTest"), e.getMessage());
    assertTrue(e.getMessage().length() < 5000, e.getMessage());
    return e.getMessage();
  }

  private static String refusal(NodeDef.Builder... nodes) {
    GraphDef.Builder graph = GraphDef.newBuilder();
    Arrays.stream(nodes).forEach(graph::addNode);
    return refusal(graph.build().toByteArray(), 16 * MIB);
  }

  private static NodeDef.Builder node(String name, String op, String... inputs) {
    return NodeDef.newBuilder().setName(name).setOp(op).addAllInput(List.of(inputs));
  }

  private static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }

  private static TensorShapeProto shape(long... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    Arrays.stream(dims)
        .forEach(dim -> shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(dim)));
    return shape.build();
  }

  private static NodeDef.Builder placeholder(String name, DataType type, long... dims) {
    return node(name, "Placeholder")
        .putAttr("dtype", type(type))
        .putAttr("shape", AttrValue.newBuilder().setShape(shape(dims)).build());
  }

  private static NodeDef.Builder constant(String name, TensorProto.Builder value) {
    return node(name, "Const")
        .putAttr("dtype", type(value.getDtype()))
        .putAttr("value", AttrValue.newBuilder().setTensor(value).build());
  }

  @Test
  void refusesWhatIsCutOffAnywhere() {
    for (byte[] sample : GraphSamples.small()) {
      int whole = GraphDefs.read(sample).size();
      for (int length = 0; length < sample.length; length++) {
        try {
          // Between two nodes a cut is not to be seen.
          assertTrue(GraphDefs.read(Arrays.copyOf(sample, length)).size() <= whole);
        } catch (GraphDefException e) {
          assertTrue(
              e.getMessage().startsWith("the bytes are no GraphDef from byte "), e.getMessage());
        }
      }
    }
  }

  @Test
  void tellsASavedModel() {
    byte[] begin = {8, 1, 18, 4, 10, 2, 34, 0};
    String message = refusal(begin, MIB);
    assertTrue(message.contains("look like a SavedModel"), message);
  }

  @Test
  void refusesNoise() {
    Random random = new Random(11);
    for (int i = 0; i < 1000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(200)];
      random.nextBytes(bytes);
      try {
        assertEquals(0, GraphDefs.read(bytes).size());
      } catch (GraphDefException e) {
        assertTrue(e.unsupported().isEmpty(), e.getMessage());
      }
    }
    refusal("PK\3\4 an archive".getBytes(StandardCharsets.UTF_8), MIB);
  }

  @Test
  void refusesLengthsThatTheFileDoesNotHave() {
    // A node of 2^31 - 1 bytes, of 2^35, and of -1.
    for (byte[] bytes :
        List.of(
            new byte[] {10, -1, -1, -1, -1, 7, 1},
            new byte[] {10, -128, -128, -128, -128, -128, 1, 1},
            new byte[] {10, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1, 1})) {
      assertTrue(refusal(bytes, MIB).startsWith("the bytes are no GraphDef from byte "));
    }
  }

  @Test
  void refusesNestingThatWouldExhaustTheStack() {
    // Each of these bytes begins a group of the unknown field 12, inside the one before.
    byte[] groups = new byte[1_000_000];
    Arrays.fill(groups, (byte) 99);
    refusal(groups, 64 * MIB);
    for (String text : List.of("node { attr { value { list { tensor { ", "a { ", "a < ")) {
      String deep = text.repeat(100_000);
      String message =
          assertThrows(GraphDefException.class, () -> GraphDefs.readText(deep)).getMessage();
      assertTrue(message.startsWith("the text is no GraphDef: line 1:"), message);
    }
  }

  @Test
  void refusesClaimsOfMuchMemory() {
    TensorProto.Builder claim =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_FLOAT)
            .setTensorShape(shape(1 << 29))
            .addFloatVal(1);
    assertTrue(
        refusal(constant("c", claim))
            .startsWith(
                "[Const 'c'] attribute 'value': a tensor of type float32[536870912] has 536870912"
                    + " elements, of which the file holds 1"));
    assertTrue(
        refusal(constant("c", claim.setTensorShape(shape(1L << 60))))
            .startsWith("[Const 'c'] attribute 'value': a shape has more than"));
    List<NodeDef.Builder> many = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      many.add(constant("c" + i, claim.setTensorShape(shape(1 << 19))));
    }
    GraphDef.Builder graph = GraphDef.newBuilder();
    many.forEach(graph::addNode);
    String message = refusal(graph.build().toByteArray(), TensorCodec.MOST_REPEATED + 32 * MIB);
    assertTrue(message.startsWith("[Const 'c128'] attribute 'value'"), message);
  }

  @Test
  void refusesShapesThatNobodyCanCount() {
    assertTrue(
        refusal(placeholder("x", DataType.DT_FLOAT, 1L << 40, 1L << 40))
            .startsWith("[Placeholder 'x'] attribute 'shape': a shape has more than"));
    assertTrue(
        refusal(placeholder("x", DataType.DT_FLOAT, 2, -3))
            .startsWith("[Placeholder 'x'] attribute 'shape': axis 1 of a shape has extent -3"));
    assertTrue(
        refusal(
                placeholder("x", DataType.DT_FLOAT, 1L << 40, 1),
                placeholder("y", DataType.DT_FLOAT, 1, 1L << 40),
                node("sum", "AddV2", "x", "y").putAttr("T", type(DataType.DT_FLOAT)))
            .contains("too large: a tensor has at most 2^47 bytes"));
  }

  @Test
  void refusesTensorsOfAbsurdRank() {
    for (long rank : new long[] {255, Integer.MAX_VALUE, 1L << 31, 1L << 44}) {
      assertTrue(
          refusal(
                  placeholder("dims", DataType.DT_INT32, rank),
                  placeholder("x", DataType.DT_FLOAT),
                  node("f", "Fill", "dims", "x")
                      .putAttr("T", type(DataType.DT_FLOAT))
                      .putAttr("index_type", type(DataType.DT_INT32)))
              .contains(rank + " axes are more than 254"));
    }
    assertTrue(
        refusal(
                constant(
                    "dims",
                    TensorProto.newBuilder()
                        .setDtype(DataType.DT_INT32)
                        .setTensorShape(shape(100_000))
                        .addIntVal(1)),
                placeholder("x", DataType.DT_FLOAT),
                node("f", "Fill", "dims", "x")
                    .putAttr("T", type(DataType.DT_FLOAT))
                    .putAttr("index_type", type(DataType.DT_INT32)))
            .contains("100000 axes are more than 254"));
  }

  @Test
  void refusesOutputsWithoutNumber() {
    NodeDef.Builder unpack =
        node("parts", "Unpack", "x")
            .putAttr("T", type(DataType.DT_FLOAT))
            .putAttr("axis", AttrValue.newBuilder().setI(0).build())
            .putAttr("num", AttrValue.newBuilder().setI(Integer.MAX_VALUE).build());
    NodeDef.Builder x = placeholder("x", DataType.DT_FLOAT, -1);
    assertTrue(refusal(x, unpack).contains("2147483647 outputs are too many"));
    GraphDef.Builder graph = GraphDef.newBuilder().addNode(x);
    unpack.putAttr("num", AttrValue.newBuilder().setI(1 << 17).build());
    for (int i = 0; i < 1000; i++) {
      graph.addNode(unpack.setName("parts" + i));
    }
    assertTrue(
        refusal(graph.build().toByteArray(), 256 * MIB)
            .startsWith("[Unpack 'parts8'] brings the file to more than 1048576 outputs"));
  }

  @Test
  void refusesNamesThatAreNone() {
    for (String name : List.of("_x", "a b", "a\nb", "x:0", "^x", "\u00e9", "x".repeat(5) + "\0")) {
      assertTrue(
          refusal(placeholder(name, DataType.DT_FLOAT)).contains("is not a valid name"), name);
    }
    refusal(node("x".repeat(1_000_000), "y".repeat(1_000_000), "z".repeat(1_000_000)));
    // A name that is not UTF-8.
    assertTrue(
        refusal(new byte[] {10, 4, 10, 2, -1, -2}, MIB)
            .startsWith("the bytes are no GraphDef from byte "));
  }

  @Test
  void readsLongChainsInAnyOrder() {
    int length = 30_000;
    List<NodeDef> nodes = new ArrayList<>();
    nodes.add(placeholder("n0", DataType.DT_FLOAT, 2).build());
    for (int i = 1; i < length; i++) {
      nodes.add(node("n" + i, "Neg", "n" + (i - 1)).putAttr("T", type(DataType.DT_FLOAT)).build());
    }
    assertTimeout(
        Duration.ofSeconds(60),
        () -> {
          Collections.reverse(nodes);
          Graph back =
              GraphDefs.read(GraphDef.newBuilder().addAllNode(nodes).build().toByteArray());
          assertEquals(length, back.size());
          assertEquals("n29999", back.operations().get(length - 1).name());
        });
    nodes.set(length - 1, nodes.get(length - 1).toBuilder().addInput("^n29999").build());
    byte[] circle = GraphDef.newBuilder().addAllNode(nodes).build().toByteArray();
    String message =
        assertThrows(GraphDefException.class, () -> GraphDefs.read(circle)).getMessage();
    assertTrue(message.startsWith("the graph is not acyclic: 'n"), message);
  }

  /** Returns a file with functions, of which each calls the next one this many times. */
  private static byte[] calls(int functions, int times, String last) {
    GraphDef.Builder graph = GraphDef.newBuilder();
    graph.addNode(placeholder("x", DataType.DT_FLOAT));
    graph.addNode(node("y", "f0", "x"));
    for (int i = 0; i < functions; i++) {
      FunctionDef.Builder function = graph.getLibraryBuilder().addFunctionBuilder();
      function
          .getSignatureBuilder()
          .setName("f" + i)
          .addInputArg(OpDef.ArgDef.newBuilder().setName("a").setType(DataType.DT_FLOAT))
          .addOutputArg(OpDef.ArgDef.newBuilder().setName("b").setType(DataType.DT_FLOAT));
      String result = "a";
      for (int call = 0; call < times; call++) {
        String called = i + 1 < functions ? "f" + (i + 1) : last;
        NodeDef.Builder node = node("call" + call, called, result);
        if (called.equals("Neg")) {
          node.putAttr("T", type(DataType.DT_FLOAT));
        }
        function.addNodeDef(node);
        result = "call" + call + ":" + (called.equals("Neg") ? "y" : "b") + ":0";
      }
      function.putRet("b", result);
    }
    return graph.build().toByteArray();
  }

  @Test
  void boundsCallsOfFunctions() {
    assertEquals(2, GraphDefs.read(calls(150, 1, "Neg")).size());
    assertEquals(2, GraphDefs.read(calls(10, 2, "Neg")).size());
    assertTrue(
        refusal(calls(10_000, 1, "Neg"), 64 * MIB).contains("calls are nested more than 200 deep"));
    String again = refusal(calls(100, 1, "f0"), 16 * MIB);
    assertTrue(again.contains("functions cannot call themselves: 'f0' calls 'f1' calls"), again);
    String many = refusal(calls(60, 2, "Neg"), 16 * MIB);
    assertTrue(many.contains("there are more than 1048576 operations"), many);
  }
}
