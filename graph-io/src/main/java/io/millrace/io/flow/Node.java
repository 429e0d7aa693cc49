package io.millrace.io.flow;

import io.millrace.io.proto.AttrValue;
import io.millrace.io.proto.DataType;
import io.millrace.io.proto.NodeDef;
import io.millrace.op.NodeNames;
import io.millrace.ops.Catalogue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A node of a file whose loops become functions: what it takes can change, and what it is. */
final class Node {
  /** Operations that decide what runs, and do nothing else. */
  private static final Set<String> DECIDING =
      Set.of("Switch", "Merge", "StatelessIf", "StatelessWhile", "StatelessCase");

  private final int number;
  private final List<Port> inputs = new ArrayList<>();
  private final Set<Node> controls = new LinkedHashSet<>();
  private NodeDef proto;

  /**
   * Makes a node without inputs.
   *
   * @param proto the node of the file, whose inputs do not count
   * @param number where it stands among others
   */
  Node(NodeDef proto, int number) {
    this.proto = proto;
    this.number = number;
  }

  String name() {
    return proto.getName();
  }

  NodeDef proto() {
    return proto;
  }

  int number() {
    return number;
  }

  /** Returns the tensors that it takes. */
  List<Port> inputs() {
    return inputs;
  }

  Port input(int index) {
    return inputs.get(index);
  }

  /** Returns the nodes that must run before it. */
  Set<Node> controls() {
    return controls;
  }

  /** Makes this another operation of the same name, after the same nodes. */
  void become(NodeDef.Builder other, List<Port> taken) {
    proto = other.setName(proto.getName()).setDevice(proto.getDevice()).build();
    inputs.clear();
    inputs.addAll(taken);
  }

  /** Returns whether it is of a type, or of that for references. */
  boolean is(String type) {
    return proto.getOp().equals(type) || proto.getOp().equals("Ref" + type);
  }

  /** Returns whether it is an operation for references. */
  boolean isForReferences() {
    return proto.getOp().startsWith("Ref");
  }

  /** Returns an attribute; an empty one if there is none. */
  AttrValue attribute(String name) {
    return proto.getAttrOrDefault(name, AttrValue.getDefaultInstance());
  }

  /** Returns the number of the element type that attribute T says. */
  int type() {
    return attribute("T").getTypeValue();
  }

  /** Returns whether running it can do more than compute its outputs from its inputs. */
  boolean hasEffects() {
    return !DECIDING.contains(proto.getOp())
        && Catalogue.prototype(proto.getOp()).map(op -> op.isStateful()).orElse(true);
  }

  /** Requires it to take this many tensors. */
  void requireInputs(int count) {
    if (inputs.size() != count) {
      throw new FlowException(this, "takes %d tensors, where %d belong", inputs.size(), count);
    }
  }

  /** Returns the node as a file has it. */
  NodeDef written() {
    NodeDef.Builder written = proto.toBuilder().clearInput();
    inputs.forEach(input -> written.addInput(input.text()));
    controls.forEach(control -> written.addInput("^" + control.name()));
    return written.build();
  }

  /** Returns a node that gives what it takes. */
  static NodeDef.Builder identity(int type) {
    return NodeDef.newBuilder().setOp("Identity").putAttr("T", type(type));
  }

  static AttrValue type(int number) {
    return AttrValue.newBuilder().setTypeValue(number).build();
  }

  static AttrValue types(Collection<Integer> numbers) {
    return AttrValue.newBuilder()
        .setList(AttrValue.ListValue.newBuilder().addAllTypeValue(numbers))
        .build();
  }

  static AttrValue function(String name) {
    AttrValue.Builder value = AttrValue.newBuilder();
    value.getFuncBuilder().setName(name);
    return value.build();
  }

  static AttrValue bool() {
    return type(DataType.DT_BOOL_VALUE);
  }

  /** Returns the type and the name as messages begin. */
  @Override
  public String toString() {
    return NodeNames.node(proto.getOp(), proto.getName());
  }
}
