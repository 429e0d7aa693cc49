package io.millrace.io;

import io.millrace.io.proto.AttrValue;
import io.millrace.io.proto.GraphDef;
import io.millrace.io.proto.NodeDef;
import io.millrace.op.NodeNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A node of a file, its references to other nodes resolved.
 *
 * @param type TensorFlow's name of the operation
 * @param inputs the tensors that it consumes
 * @param controls the numbers of the nodes that must run before it
 * @param proto the node as it stands in the file
 */
record FileNode(
    String type,
    String name,
    String device,
    List<Input> inputs,
    List<Integer> controls,
    NodeDef proto) {
  private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9_.\\\\/>-]{1,1000}");
  private static final Set<String> MERGES = Set.of("Merge", "RefMerge");
  private static final Set<String> ITERATIONS = Set.of("NextIteration", "RefNextIteration");

  /**
   * An output of the node with this number in the file, counted from 0.
   *
   * @param back whether it leads from the end of a loop back to its beginning
   */
  record Input(int node, int output, boolean back) {}

  /** Returns the attributes as the file has them. */
  Map<String, AttrValue> attributes() {
    return proto.getAttrMap();
  }

  /** Returns the numbers of the nodes that must come before this one. */
  IntStream references() {
    return IntStream.concat(
        inputs.stream().filter(i -> !i.back()).mapToInt(Input::node),
        controls.stream().mapToInt(c -> c));
  }

  /**
   * Returns the nodes in the order of the file.
   *
   * @throws GraphDefException if a name is taken or missing, or a reference leads nowhere
   */
  static List<FileNode> of(GraphDef graph, FilePlace place) {
    Map<String, Integer> numbers = new HashMap<>();
    for (NodeDef node : graph.getNodeList()) {
      if (node.getName().isEmpty()) {
        throw place.broken("node " + numbers.size() + " of the file has no name");
      }
      if (numbers.putIfAbsent(node.getName(), numbers.size()) != null) {
        throw place.broken(node, "another node of the file has this name");
      }
    }
    List<FileNode> nodes = new ArrayList<>();
    for (NodeDef node : graph.getNodeList()) {
      try {
        nodes.add(of(node, numbers, graph));
      } catch (MalformedException e) {
        throw place.broken(node, String.valueOf(e.getMessage()));
      }
    }
    return nodes;
  }

  private static FileNode of(NodeDef node, Map<String, Integer> numbers, GraphDef graph) {
    if (!TYPE.matcher(node.getOp()).matches()) {
      throw new MalformedException(
          node.getOp().isEmpty()
              ? "it has no operation"
              : NodeNames.quote(node.getOp()) + " is not a valid name of an operation");
    }
    List<Input> inputs = new ArrayList<>();
    List<Integer> controls = new ArrayList<>();
    for (int i = 0; i < node.getInputCount(); i++) {
      String text = node.getInput(i);
      String what = "input " + i + " is " + NodeNames.quote(text);
      if (text.startsWith("^")) {
        controls.add(find(text.substring(1), numbers, what));
      } else if (controls.isEmpty()) {
        int colon = text.lastIndexOf(':');
        int output = colon < 0 ? 0 : output(text.substring(colon + 1), what);
        int from = find(colon < 0 ? text : text.substring(0, colon), numbers, what);
        boolean back =
            MERGES.contains(node.getOp()) && ITERATIONS.contains(graph.getNode(from).getOp());
        inputs.add(new Input(from, output, back));
      } else {
        throw new MalformedException(what + ", but tensors must come before control inputs");
      }
    }
    return new FileNode(node.getOp(), node.getName(), node.getDevice(), inputs, controls, node);
  }

  private static int find(String name, Map<String, Integer> numbers, String what) {
    Integer number = numbers.get(name);
    if (number == null) {
      throw new MalformedException(what + ", but the file has no node " + NodeNames.quote(name));
    }
    return number;
  }

  private static int output(String digits, String what) {
    if (!digits.matches("[0-9]{1,9}")) {
      throw new MalformedException(what + ": what follows the colon is no number of an output");
    }
    return Integer.parseInt(digits);
  }

  /** Returns the type and the name as messages begin. */
  @Override
  public String toString() {
    return NodeNames.node(type, name);
  }
}
