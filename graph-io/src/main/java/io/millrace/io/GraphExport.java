package io.millrace.io;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.io.proto.GraphDef;
import io.millrace.io.proto.NodeDef;
import io.millrace.io.proto.VersionDef;
import io.millrace.op.NodeList;
import io.millrace.ops.plain.PlainGraph;
import java.util.List;

/** Turns a graph into the message that files hold. */
final class GraphExport {
  /** The version of graphs that TensorFlow 2.21 writes. */
  private static final int PRODUCER = 2474;

  /** A little less than 2^31 bytes, which no file exceeds. */
  private static final long LARGEST = Integer.MAX_VALUE - 8;

  private GraphExport() {}

  /**
   * Returns a graph as a message.
   *
   * @throws GraphDefException if TensorFlow does not have some of its operations, or the file would
   *     be too large
   */
  static GraphDef of(Graph written, FilePlace place) {
    Graph graph = PlainGraph.of(written);
    GraphDef.Builder file = GraphDef.newBuilder();
    file.setVersions(VersionDef.newBuilder().setProducer(PRODUCER));
    List<Operation> operations = graph.operations();
    WriteOrder order = new WriteOrder(graph);
    NodeList unsupported = new NodeList();
    FunctionExport functions = new FunctionExport(operations, unsupported, place);
    NodeExport nodes =
        new NodeExport(
            functions::name, NodeExport::inGraph, name -> name, NodeExport.names(operations));
    long bytes = 0;
    for (Operation operation : operations) {
      if (!operation.op().signature().isKnown() && !(operation.op() instanceof FileOp)) {
        unsupported.add(
            operation.type(), operation.name(), "TensorFlow does not have this operation");
        continue;
      }
      for (NodeDef node : nodes.nodes(operation, order.waits(operation))) {
        bytes += node.getSerializedSize();
        if (bytes + functions.bytes() > LARGEST) {
          throw place.broken("a GraphDef has at most 2 GB, this graph would take more");
        }
        file.addNode(node);
      }
    }
    if (!unsupported.isEmpty()) {
      throw new GraphDefException(
          "the graph holds nodes that cannot be exported:" + unsupported + place,
          unsupported.types());
    }
    return functions.addTo(file).build();
  }
}
