package io.millrace.io;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.io.proto.GraphDef;
import io.millrace.io.proto.NodeDef;
import io.millrace.io.proto.VersionDef;
import io.millrace.op.NodeList;
import java.util.List;
import java.util.Map;

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
  static GraphDef of(Graph graph, FilePlace place) {
    GraphDef.Builder file = GraphDef.newBuilder();
    file.setVersions(VersionDef.newBuilder().setProducer(PRODUCER));
    WriteOrder order = new WriteOrder(graph);
    NodeList unsupported = new NodeList();
    Functions functions = new Functions();
    long bytes = 0;
    for (Operation operation : graph.operations()) {
      if (operation.op() instanceof FileOp foreign) {
        functions.add(foreign.functions(), place);
      } else if (!operation.op().signature().isKnown()) {
        unsupported.add(
            operation.type(), operation.name(), "TensorFlow does not have this operation");
        continue;
      }
      NodeDef node = node(operation, order.waits(operation));
      bytes += node.getSerializedSize();
      if (bytes > LARGEST) {
        throw place.broken("a GraphDef has at most 2 GB, this graph would take more");
      }
      file.addNode(node);
    }
    if (!unsupported.isEmpty()) {
      throw new GraphDefException(
          "the graph holds nodes that cannot be exported:" + unsupported + place,
          unsupported.types());
    }
    return functions.addTo(file).build();
  }

  private static NodeDef node(Operation operation, List<Operation> waits) {
    List<String> inputs =
        operation.inputs().stream()
            .map(input -> input.index() == 0 ? input.operation().name() : input.name())
            .toList();
    NodeDef.Builder node;
    if (operation.op() instanceof FileOp foreign) {
      node = foreign.node().toBuilder().clearInput().addAllInput(foreign.inputs(inputs));
    } else {
      node = NodeDef.newBuilder().setOp(operation.type()).addAllInput(inputs);
      Map<String, Object> attributes = operation.op().signature().write(operation);
      attributes.forEach((name, value) -> node.putAttr(name, AttributeCodec.encode(value)));
    }
    if (node.getDevice().isEmpty()) {
      node.setDevice(DeviceNames.written(operation.device()));
    }
    node.setName(operation.name());
    operation.controlInputs().forEach(control -> node.addInput("^" + control.name()));
    waits.forEach(control -> node.addInput("^" + control.name()));
    return node.build();
  }
}
