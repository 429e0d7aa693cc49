package io.millrace.io;

import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.io.proto.NodeDef;
import io.millrace.op.Argument;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Turns operations of one graph into nodes.
 *
 * @param functions names the functions that operations call
 * @param inputs writes a tensor as inputs of nodes are written
 */
record NodeExport(Function<GraphFunction, String> functions, Function<Output, String> inputs) {

  /** Writes a tensor of a graph that is no function's. */
  static String inGraph(Output input) {
    return input.index() == 0 ? input.operation().name() : input.name();
  }

  /**
   * Returns the node of an operation.
   *
   * @param waits what it gets control inputs from beside its own
   */
  NodeDef node(Operation operation, List<Operation> waits) {
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
