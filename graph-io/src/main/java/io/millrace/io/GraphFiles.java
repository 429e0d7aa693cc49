package io.millrace.io;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import io.millrace.io.proto.GraphDef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Takes messages out of bytes and text, and puts them there. */
final class GraphFiles {
  /** Deeper than any graph nests its messages, and far from what the stack holds. */
  private static final int DEEPEST = 32;

  private static final TextFormat.Parser TEXT =
      TextFormat.Parser.newBuilder().setAllowUnknownFields(true).setRecursionLimit(DEEPEST).build();

  private GraphFiles() {}

  /**
   * Returns whether a file is text: it has no control characters but those that lay out text. In a
   * binary graph every node has others, as the number of the field that holds the operation.
   */
  static boolean isText(byte[] bytes) {
    for (byte each : bytes) {
      if (each >= 0 && each < ' ' && each != '\n' && each != '\r' && each != '\t') {
        return false;
      }
    }
    return bytes.length > 0;
  }

  /**
   * Returns the graph in a binary file.
   *
   * @throws MalformedException if it is none
   */
  static GraphDef parse(byte[] bytes) {
    Damage.requireGraph(bytes);
    CodedInputStream stream = stream(bytes);
    try {
      GraphDef graph = GraphDef.parseFrom(stream);
      stream.checkLastTagWas(0);
      return graph;
    } catch (InvalidProtocolBufferException e) {
      throw new MalformedException("the bytes are no GraphDef" + Damage.of(bytes, e));
    } catch (IOException e) {
      throw new AssertionError("bytes in memory", e);
    }
  }

  /** Returns bytes to be parsed, nested no deeper than a graph is. */
  static CodedInputStream stream(byte[] bytes) {
    CodedInputStream stream = CodedInputStream.newInstance(bytes);
    stream.setRecursionLimit(DEEPEST);
    return stream;
  }

  /** Returns the graph in the bytes of a text file, which are UTF-8. */
  static GraphDef parseText(byte[] bytes) {
    return parseText(new String(bytes, StandardCharsets.UTF_8));
  }

  /**
   * Returns the graph in a text.
   *
   * @throws MalformedException if it is none
   */
  static GraphDef parseText(String text) {
    GraphDef.Builder graph = GraphDef.newBuilder();
    try {
      TEXT.merge(text, graph);
    } catch (TextFormat.ParseException e) {
      throw new MalformedException("the text is no GraphDef: line " + e.getMessage());
    }
    return graph.build();
  }

  /** Returns a graph as the bytes of a binary file, the attributes of a node sorted by name. */
  static byte[] bytes(GraphDef graph) {
    byte[] bytes = new byte[graph.getSerializedSize()];
    CodedOutputStream stream = CodedOutputStream.newInstance(bytes);
    stream.useDeterministicSerialization();
    try {
      graph.writeTo(stream);
    } catch (IOException e) {
      throw new AssertionError("bytes in memory", e);
    }
    stream.checkNoSpaceLeft();
    return bytes;
  }

  /** Returns a graph as text. */
  static String print(GraphDef graph) {
    return TextFormat.printer().printToString(graph);
  }
}
