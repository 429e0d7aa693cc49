package io.millrace.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.TextFormat;
import io.millrace.MillraceException;
import io.millrace.io.proto.GraphDef;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What does not read names the file, the node, and the input, attribute or byte at fault. */
class ImportMessagesTest {
  private static final String FLOAT = "attr { key: 'T' value { type: DT_FLOAT } } ";
  private static final String X =
      "node { name: 'x' op: 'Placeholder' attr { key: 'dtype' value { type: DT_FLOAT } } "
          + "attr { key: 'shape' value { shape { dim { size: 2 } dim { size: 3 } } } } } ";

  @TempDir private Path folder;

  private static String told(Executable reading) {
    String message = assertThrows(MillraceException.class, reading).getMessage();
    String line = "\n  at io.millrace.io.ImportMessagesTest.";
    assertTrue(message.contains(line), message);
    return message.substring(0, message.indexOf(line));
  }

  /** Checks the message for a graph with x, as text, as bytes, and as a file that is named. */
  private void refused(String nodes, String message) throws Exception {
    assertEquals(message, told(() -> GraphDefs.readText(X + nodes)));
    byte[] bytes = binary(X + nodes);
    assertEquals(message, told(() -> GraphDefs.read(bytes)));
    Path file = folder.resolve("model.pb");
    Files.write(file, bytes);
    assertEquals(file + ": " + message, told(() -> GraphDefs.read(file)));
  }

  private static byte[] binary(String text) throws TextFormat.ParseException {
    GraphDef.Builder graph = GraphDef.newBuilder();
    TextFormat.merge(text, graph);
    return graph.build().toByteArray();
  }

  private static String neg(String name, String inputs) {
    return "node { name: '" + name + "' op: 'Neg' " + inputs + " " + FLOAT + "} ";
  }

  private static String constant(String tensor) {
    return "node { name: 'c' op: 'Const' attr { key: 'dtype' value { type: DT_FLOAT } } "
        + "attr { key: 'value' value { tensor { "
        + tensor
        + " } } } } ";
  }

  @Test
  void inputs() throws Exception {
    refused(neg("y", "input: 'z'"), "[Neg 'y'] input 0 is 'z', but the file has no node 'z'");
    refused(
        neg("y", "input: 'x:3'"),
        "[Neg 'y'] input 0 is output 3 of [Placeholder 'x'], which has 1 output, counted from 0");
    refused(
        neg("y", "input: 'x:a'"),
        "[Neg 'y'] input 0 is 'x:a': what follows the colon is no number of an output");
    refused(
        neg("y", "input: 'x' input: '^q'"),
        "[Neg 'y'] input 1 is '^q', but the file has no node 'q'");
    refused(
        neg("y", "input: '^x' input: 'x'"),
        "[Neg 'y'] input 1 is 'x', but tensors must come before control inputs");
    refused(neg("y", "input: 'x' input: 'x'"), "[Neg 'y'] takes 1 input, not 2");
    refused(neg("y", ""), "[Neg 'y'] takes 1 input, not 0");
    refused(
        "node { name: 'y' op: 'AddN' input: 'x' " + FLOAT + "attr { key: 'N' value { i: 3 } } }",
        "[AddN 'y'] attribute 'N' is 3, but the inputs make it 1");
    refused(
        neg("a", "input: 'b'") + neg("b", "input: 'a'"),
        "the graph is not acyclic: 'a', 'b' need each other");
    refused(neg("a", "input: 'a'"), "the graph is not acyclic: 'a' needs itself");
    refused(
        "node { name: 'y' op: 'MatMul' input: 'x' input: 'x' " + FLOAT + "}",
        "[MatMul 'y'] input 0 is x:0 float32[2,3], input 1 is x:0 float32[2,3]: inner dimensions 3"
            + " and 2 differ");
  }

  @Test
  void names() throws Exception {
    refused(X, "[Placeholder 'x'] another node of the file has this name");
    refused("node { op: 'NoOp' }", "node 1 of the file has no name");
    refused("node { name: 'n' }", "['n'] it has no operation");
    refused("node { name: 'n' op: 'a b' }", "[a b 'n'] 'a b' is not a valid name of an operation");
    refused(
        "node { name: 'a b' op: 'NoOp' }",
        "[NoOp 'a b'] 'a b' is not a valid name: names consist of letters, digits and _ . - / \\ >,"
            + " and begin with a letter, a digit or a dot");
    refused(
        "node { name: 'n' op: 'NoOp' device: '/job:x/foo:bar:baz' }",
        "[NoOp 'n'] '/job:x/foo:bar:baz' names no device: names are like cpu, cuda:0, /gpu:0 or"
            + " /job:localhost/replica:0/task:0/device:CPU:0");
  }

  @Test
  void attributes() throws Exception {
    String y = "node { name: 'y' op: 'Neg' input: 'x' attr { key: 'T' value { %s } } }";
    refused(y.formatted("i: 3"), "[Neg 'y'] attribute 'T' must be of kind dtype, not 3");
    refused(
        y.formatted("type: DT_INT32"),
        "[Neg 'y'] input 0 is x:0 float32[2,3]: attribute 'T' is int32, but the inputs make it"
            + " float32");
    refused(
        y.formatted("type: DT_INVALID"), "[Neg 'y'] attribute 'T': the element type is not set");
    refused(
        "node { name: 'y' op: 'Cast' input: 'x' attr { key: 'SrcT' value { type: DT_FLOAT } } }",
        "[Cast 'y'] attribute 'DstT' is missing");
    refused(
        "node { name: 'y' op: 'Cast' input: 'x' attr { key: 'DstT' value { list { i: 1 f: 2 } } }"
            + " }",
        "[Cast 'y'] attribute 'DstT': a list holds values of several kinds");
  }

  @Test
  void tensors() throws Exception {
    String two = "dtype: DT_FLOAT tensor_shape { dim { size: 2 } } ";
    refused(
        constant(two + "tensor_content: 'abc'"),
        "[Const 'c'] attribute 'value': a tensor of type float32[2] takes 8 bytes, but"
            + " tensor_content has 3");
    refused(
        constant("dtype: DT_INT32 tensor_shape { } int_val: 1"),
        "[Const 'c'] attribute 'dtype' is float32, but output 0 is int32[]");
    refused(
        constant("dtype: DT_FLOAT tensor_shape { dim { size: -1 } } float_val: 1"),
        "[Const 'c'] attribute 'value': a tensor has shape [?], which is not fully defined");
    refused(
        "node { name: 'c' op: 'Const' attr { key: 'dtype' value { type: DT_FLOAT } } }",
        "[Const 'c'] attribute 'value' is missing");
  }

  @Test
  void outputs() throws Exception {
    byte[] bytes = binary(X);
    assertEquals(
        "the file has no node 'w', which is asked for",
        told(() -> GraphDefs.read(bytes, List.of("w:0"))));
    for (String name : List.of("x:1", "x:a")) {
      assertEquals(
          "'" + name + "' names no tensor: operation x (Placeholder) has 1 output, counted from 0",
          told(() -> GraphDefs.read(bytes, List.of("x", name))));
    }
    assertEquals(1, GraphDefs.read(bytes, List.of("x:0")).size());
  }

  @Test
  void bytesThatEnd() throws Exception {
    byte[] bytes = binary(X + neg("second", "input: 'x'"));
    int first = binary(X).length;
    String reason =
        ": While parsing a protocol message, the input ended unexpectedly in the middle of a field."
            + " This could mean either that the input has been truncated or that an embedded message"
            + " misreported its own length.";
    assertEquals(
        "the bytes are no GraphDef from byte 0 of 20 on, where 0 nodes are read, in node 'x'"
            + reason,
        told(() -> GraphDefs.read(Arrays.copyOf(bytes, 20))));
    int length = bytes.length - 1;
    assertEquals(
        "the bytes are no GraphDef from byte %d of %d on, where 1 node is read, in node 'second'"
                .formatted(first, length)
            + reason,
        told(() -> GraphDefs.read(Arrays.copyOf(bytes, length))));
    assertEquals(
        "the bytes are no GraphDef from byte %d of %d on, where 1 node is read, after node 'x'"
                .formatted(first, first + 1)
            + reason,
        told(() -> GraphDefs.read(Arrays.copyOf(bytes, first + 1))));
    assertEquals(
        "the text is no GraphDef: line 2:8: Expected \"{\".",
        told(() -> GraphDefs.readText("node { name: 'a' op: 'NoOp'\n bogus }")));
  }

  @Test
  void filesOfOtherKinds() throws Exception {
    byte[] graph = binary(X);
    ByteArrayOutputStream meta = new ByteArrayOutputStream();
    meta.write(new byte[] {10, 8, 42, 6, '1', '.', '1', '5', '.', '0', 18, (byte) graph.length});
    meta.write(graph);
    assertEquals(
        "the bytes are no GraphDef, but look like a MetaGraphDef: its field graph_def is one",
        told(() -> GraphDefs.read(meta.toByteArray())));
    assertEquals(
        "the bytes are no GraphDef, but look like a SavedModel",
        told(() -> GraphDefs.read(new byte[] {8, 1, 18, 4, 10, 2, 34, 0})));
    byte[] index = ByteBuffer.allocate(56).order(ByteOrder.LITTLE_ENDIAN).put(0, (byte) 1).array();
    ByteBuffer.wrap(index).order(ByteOrder.LITTLE_ENDIAN).putLong(48, 0xdb4775248b80fb57L);
    assertEquals(
        "the bytes are no GraphDef, but look like the index of a checkpoint, which holds variables",
        told(() -> GraphDefs.read(index)));
    assertEquals(folder + ": it is a folder, not a GraphDef", told(() -> GraphDefs.read(folder)));
  }
}
