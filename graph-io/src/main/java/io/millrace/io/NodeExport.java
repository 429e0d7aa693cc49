package io.millrace.io;

import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.io.proto.NodeDef;
import io.millrace.op.Argument;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Turns operations of one graph into nodes.
 *
 * @param functions names the functions that operations call
 * @param inputs writes a tensor as inputs of nodes are written
 * @param first writes the one output of a node of this name as such
 * @param taken names that nodes have, to which those are added that come new
 */
record NodeExport(
    Function<GraphFunction, String> functions,
    Function<Output, String> inputs,
    UnaryOperator<String> first,
    Set<String> taken) {

  /** Writes a tensor of a graph that is no function's. */
  static String inGraph(Output input) {
    return input.index() == 0 ? input.operation().name() : input.name();
  }

  /**
   * Returns the node of an operation, behind constants that only it takes.
   *
   * @param waits what it gets control inputs from beside its own
   */
  List<NodeDef> nodes(Operation operation, List<Operation> waits) {
    return AssertionTexts.given(node(operation, waits), taken, first);
  }

  /** Returns the names of operations, to which new ones may be added. */
  static Set<String> names(List<Operation> operations) {
    return operations.stream().map(Operation::name).collect(Collectors.toCollection(HashSet::new));
  }

  private NodeDef node(Operation operation, List<Operation> waits) {
    NodeDef.Builder node;
    List<String> texts = operation.inputs().stream().map(inputs).toList();
    if (operation.op() instanceof FileOp foreign) {
      node =
          foreign.node().toBuilder()
              .clearInput()
              .addAllInput(
                  foreign.inputs(texts, back -> inputs.apply(operation.graph().output(back))));
    } else {
      node = NodeDef.newBuilder().setOp(operation.type()).addAllInput(texts);
      Map<String, Object> attributes = operation.op().signature().write(operation);
      attributes.forEach(
          (name, value) -> node.putAttr(name, AttributeCodec.encode(value, functions)));
    }
    if (node.getDevice().isEmpty()) {
      node.setDevice(DeviceNames.written(operation.device()));
    }
    node.setName(operation.name());
    Stream.concat(operation.controlInputs().stream(), waits.stream())
        .filter(control -> !(control.op() instanceof Argument))
        .forEach(control -> node.addInput("^" + control.name()));
    return node.build();
  }
}
