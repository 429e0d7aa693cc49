package io.millrace.io;

import io.millrace.io.proto.AttrValue;
import io.millrace.io.proto.GraphDef;
import io.millrace.io.proto.NodeDef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A node of a file, its references to other nodes resolved.
 *
 * @param type TensorFlow's name of the operation
 * @param inputs the tensors that it consumes
 * @param controls the numbers of the nodes that must run before it
 */
record FileNode(
    String type,
    String name,
    String device,
    List<Input> inputs,
    List<Integer> controls,
    Map<String, AttrValue> attributes) {

  /** An output of the node with this number in the file, counted from 0. */
  record Input(int node, int output) {}

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
        nodes.add(of(node, numbers));
      } catch (MalformedException e) {
        throw place.broken(node, String.valueOf(e.getMessage()));
      }
    }
    return nodes;
  }

  private static FileNode of(NodeDef node, Map<String, Integer> numbers) {
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
        inputs.add(
            new Input(find(colon < 0 ? text : text.substring(0, colon), numbers, what), output));
      } else {
        throw new MalformedException(what + ", but tensors must come before control inputs");
      }
    }
    return new FileNode(
        node.getOp(), node.getName(), node.getDevice(), inputs, controls, node.getAttrMap());
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
