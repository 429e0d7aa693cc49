package io.millrace.io.flow;

import io.millrace.io.proto.NodeDef;
import java.util.List;

/**
 * A function that was a part of a graph.
 *
 * @param parameters what it takes: nodes refer to a parameter as to a node of its name
 * @param nodes its nodes, with inputs as graphs have them
 * @param results the tensors that it returns, as inputs of nodes name them
 * @param types the numbers of the element types of the results
 */
public record FlowFunction(
    String name,
    List<Parameter> parameters,
    List<NodeDef> nodes,
    List<String> results,
    List<Integer> types) {

  /**
   * What a function takes.
   *
   * @param type the number of the element type
   * @param isReference whether it is a variable itself, which the function can write to
   */
  public record Parameter(String name, int type, boolean isReference) {}

  public FlowFunction {
    parameters = List.copyOf(parameters);
    nodes = List.copyOf(nodes);
    results = List.copyOf(results);
    types = List.copyOf(types);
  }
}
