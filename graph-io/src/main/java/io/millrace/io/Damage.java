package io.millrace.io;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.io.proto.GraphDef;
import io.millrace.io.proto.NodeDef;
import io.millrace.op.NodeNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Says what is wrong with bytes that are no graph: what they are instead, or where they break. */
final class Damage {
  /** How a SavedModel begins: its first field is a number, where a graph has a message. */
  private static final byte SAVED_MODEL = 8;

  /** How an index of a checkpoint ends: it is a table of LevelDB's. */
  private static final long TABLE = 0xdb4775248b80fb57L;

  /** The tag of a node in a graph, and of the graph in a MetaGraphDef: messages in fields 1, 2. */
  private static final int NODE = 10;

  private static final int GRAPH_OF_META_GRAPH = 18;

  private final byte[] bytes;
  private int nodes;
  private String last = "";

  /**
   * Where what does not parse begins, and the name of the node that it is in if it has been read.
   */
  private int at = -1;

  private String broken = "";
  private boolean isMetaGraph;

  private Damage(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Returns how the message about bytes ends that do not parse, for this reason. */
  static String of(byte[] bytes, InvalidProtocolBufferException reason) {
    Damage damage = new Damage(bytes);
    damage.walk();
    return damage.isMetaGraph
        ? ", but look like a MetaGraphDef: its field graph_def is one"
        : damage.where() + ": " + String.valueOf(reason.getMessage()).replace("  ", " ");
  }

  /** Requires bytes to be none of those that are something else, though they may parse. */
  static void requireGraph(byte[] bytes) {
    if (bytes.length > 0 && bytes[0] == SAVED_MODEL) {
      throw new MalformedException("the bytes are no GraphDef, but look like a SavedModel");
    }
    if (isTable(bytes)) {
      throw new MalformedException(
          "the bytes are no GraphDef, but look like the index of a checkpoint, which holds"
              + " variables");
    }
  }

  private static boolean isTable(byte[] bytes) {
    int end = bytes.length - Long.BYTES;
    return end >= 0 && ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(end) == TABLE;
  }

  /** Reads field by field as far as that goes. */
  private void walk() {
    CodedInputStream stream = GraphFiles.stream(bytes);
    int begin = 0;
    try {
      while (true) {
        begin = stream.getTotalBytesRead();
        int tag = stream.readTag();
        if (tag == NODE) {
          node(begin, stream);
        } else if (tag == GRAPH_OF_META_GRAPH) {
          isMetaGraph = isGraph(stream.readByteArray());
        } else if (!stream.skipField(tag)) {
          return;
        }
      }
    } catch (IOException e) {
      at = at < 0 ? begin : at;
    }
  }

  private void node(int begin, CodedInputStream stream) throws IOException {
    int length = stream.readRawVarint32();
    int from = stream.getTotalBytesRead();
    int there = Math.max(0, Math.min(length, bytes.length - from));
    NodeDef.Builder node = NodeDef.newBuilder();
    boolean isWhole = there == length;
    try {
      node.mergeFrom(CodedInputStream.newInstance(bytes, from, there));
    } catch (IOException e) {
      isWhole = false;
    }
    if (isWhole) {
      last = node.getName();
      nodes++;
    } else if (at < 0) {
      at = begin;
      broken = node.getName();
    }
    stream.skipRawBytes(length);
  }

  private static boolean isGraph(byte[] part) {
    try {
      GraphDef graph = GraphDef.parseFrom(part);
      return graph.getNodeCount() > 0
          && graph.getNodeList().stream().noneMatch(n -> n.getOp().isEmpty());
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }

  private String where() {
    String node =
        broken.isEmpty()
            ? last.isEmpty() ? "" : ", after node " + NodeNames.quote(last)
            : ", in node " + NodeNames.quote(broken);
    return " from byte %d of %d on, where %s read%s"
        .formatted(
            Math.max(0, at), bytes.length, nodes == 1 ? "1 node is" : nodes + " nodes are", node);
  }
}
