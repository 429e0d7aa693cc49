package io.millrace.io;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.io.proto.FunctionDef;
import io.millrace.io.proto.GraphDef;
import io.millrace.op.Op;
import io.millrace.op.RuleException;
import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A graph from a file, checked as far as that goes without tensors, to be added to graphs. */
final class GraphImport {
  /** How many outputs the nodes of a file may have in all, not counting each node's first. */
  private static final int MOST_OUTPUTS = 1 << 20;

  private final FilePlace place;
  private final List<FileNode> nodes;
  private final List<OpSource> sources;
  private final int[] order;

  private GraphImport(FilePlace place, List<FileNode> nodes, List<OpSource> sources, int[] order) {
    this.place = place;
    this.nodes = nodes;
    this.sources = sources;
    this.order = order;
  }

  /**
   * Returns what a file holds.
   *
   * @throws GraphDefException if the file is malformed, or some of its operations are not supported
   */
  static GraphImport of(GraphDef graph, FilePlace place) {
    List<FileNode> nodes = FileNode.of(graph, place);
    List<OpSource> sources = sources(graph, nodes, place);
    return new GraphImport(place, nodes, sources, NodeOrder.of(nodes));
  }

  private static List<OpSource> sources(GraphDef graph, List<FileNode> nodes, FilePlace place) {
    Set<String> functions = new HashSet<>();
    for (FunctionDef function : graph.getLibrary().getFunctionList()) {
      functions.add(function.getSignature().getName());
    }
    AttributeCodec codec = new AttributeCodec();
    Unsupported unsupported = new Unsupported();
    List<OpSource> sources = new ArrayList<>();
    for (FileNode node : nodes) {
      try {
        if (functions.contains(node.type())) {
          throw new RuleException("a call of the file's function: functions are not supported");
        }
        sources.add(OpSource.of(node, codec));
      } catch (RuleException e) {
        unsupported.add(node.type(), node.name(), String.valueOf(e.getMessage()));
      } catch (MalformedException e) {
        throw place.broken(node + " " + e.getMessage());
      }
    }
    unsupported.report(place.what() + "the graph holds nodes that cannot be imported", place);
    return sources;
  }

  /**
   * Adds the nodes to a graph.
   *
   * @param scope what their names get in front: the open name scope, or an empty text
   */
  void addTo(Graph graph, String scope) {
    requireFree(graph, scope);
    Operation[] added = new Operation[nodes.size()];
    int outputs = 0;
    try (Graph.Scope ignored = graph.at(place.line())) {
      for (int number : order) {
        added[number] = add(graph, scope, number, added);
        outputs += Math.max(0, added[number].outputs().size() - 1);
        if (outputs > MOST_OUTPUTS) {
          throw place.broken(
              nodes.get(number) + " brings the file to more than " + MOST_OUTPUTS + " outputs");
        }
      }
    }
  }

  private void requireFree(Graph graph, String scope) {
    if (graph.size() == 0) {
      return;
    }
    Set<String> taken = new HashSet<>();
    graph.operations().forEach(o -> taken.add(o.name()));
    for (FileNode node : nodes) {
      if (taken.contains(scope + node.name())) {
        throw place.broken(
            node
                + " the graph has an operation "
                + NodeNames.quote(scope + node.name())
                + " already");
      }
    }
  }

  private Operation add(Graph graph, String scope, int number, Operation[] added) {
    FileNode node = nodes.get(number);
    List<Output> inputs = new ArrayList<>();
    for (FileNode.Input input : node.inputs()) {
      inputs.add(output(node, inputs.size(), added[input.node()], input.output()));
    }
    List<Operation> controls = node.controls().stream().map(c -> added[c]).toList();
    List<DType> types = inputs.stream().map(Output::dtype).toList();
    try {
      Op op = sources.get(number).op(types);
      Operation operation = add(graph, node.device(), op, scope + node.name(), inputs, controls);
      op.signature()
          .requireOutputs(
              sources.get(number).attributes(),
              operation.outputs().stream().map(Output::type).toList());
      return operation;
    } catch (RuleException e) {
      throw place.broken(node + " of inputs " + inputs + ": " + e.getMessage());
    }
  }

  private Output output(FileNode node, int input, Operation source, int index) {
    int outputs = source.outputs().size();
    if (index >= outputs) {
      throw place.broken(
          node
              + " input "
              + input
              + " is output "
              + index
              + " of "
              + NodeNames.node(source.type(), source.name())
              + ", which has "
              + (outputs == 1 ? "1 output" : outputs + " outputs")
              + ", counted from 0");
    }
    return source.output(index);
  }

  private static Operation add(
      Graph graph,
      String device,
      Op op,
      String name,
      List<Output> inputs,
      List<Operation> controls) {
    if (device.isEmpty()) {
      return graph.add(op, name + "/", inputs, controls);
    }
    try (Graph.Scope ignored = graph.device(device)) {
      return graph.add(op, name + "/", inputs, controls);
    }
  }
}
