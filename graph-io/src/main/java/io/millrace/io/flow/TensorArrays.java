package io.millrace.io.flow;

import io.millrace.io.proto.AttrValue;
import io.millrace.io.proto.DataType;
import io.millrace.io.proto.GraphDef;
import io.millrace.io.proto.NodeDef;
import io.millrace.io.proto.TensorProto;
import io.millrace.io.proto.TensorShapeProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Makes lists of the arrays of tensors that TensorFlow 1 has. There an array is a buffer that a
 * handle leads to, and a scalar, the flow, orders what is done with it; here the flow is the list
 * itself, and the handle only tells the array's attributes.
 */
final class TensorArrays {
  private static final String ARRAY = "TensorArrayV3";

  /** What hands on a flow or a handle. */
  private static final Set<String> PASSING =
      Set.of("Enter", "Exit", "NextIteration", "Switch", "Merge", "Identity");

  private static final int VARIANT = DataType.DT_VARIANT_VALUE;

  private final List<Node> nodes;
  private final IntPredicate types;
  private final Set<String> names = new HashSet<>();

  /** The array that each handle is one of. */
  private final Map<Port, Node> handles = new LinkedHashMap<>();

  /** What was scalars and is lists. */
  private final Set<Port> flows = new HashSet<>();

  private final Map<Node, List<NodeDef>> constants = new HashMap<>();

  private TensorArrays(List<Node> nodes, IntPredicate types) {
    this.nodes = nodes;
    this.types = types;
    nodes.forEach(node -> names.add(node.name()));
  }

  /** Returns whether a graph has arrays. */
  static boolean isIn(GraphDef graph) {
    return graph.getNodeList().stream().anyMatch(node -> node.getOp().equals(ARRAY));
  }

  /**
   * Returns a graph whose arrays are lists; the same graph if it has none, or some of a type that
   * the engine does not have, or not such as TensorFlow makes them.
   */
  static GraphDef asLists(GraphDef graph, IntPredicate types) {
    return isIn(graph) ? new TensorArrays(Nodes.of(graph), types).converted(graph) : graph;
  }

  private GraphDef converted(GraphDef graph) {
    Map<Node, List<Node>> users = new HashMap<>();
    for (Node node : nodes) {
      for (Port input : node.inputs()) {
        users.computeIfAbsent(input.node(), n -> new ArrayList<>()).add(node);
      }
    }
    follow(users);
    for (Node node : nodes) {
      if (!isSound(node)) {
        return graph;
      }
    }
    GraphDef.Builder lists = graph.toBuilder().clearNode();
    for (Node node : nodes) {
      NodeDef proto = converted(node);
      lists.addAllNode(constants.getOrDefault(node, List.of())).addNode(proto);
    }
    return lists.build();
  }

  /** Finds the handles and the flows. */
  private void follow(Map<Node, List<Node>> users) {
    Deque<Port> open = new ArrayDeque<>();
    for (Node node : nodes) {
      if (node.is(ARRAY)) {
        handles.put(new Port(node, 0), node);
        open.add(new Port(node, 0));
        open.add(flow(new Port(node, 1)));
      } else if (makesFlow(node)) {
        open.add(flow(new Port(node, 0)));
      }
    }
    while (!open.isEmpty()) {
      Port port = open.pop();
      for (Node user : users.getOrDefault(port.node(), List.of())) {
        if (PASSING.stream().anyMatch(user::is) && passed(user).equals(port)) {
          for (int output = 0; output <= (user.is("Switch") ? 1 : 0); output++) {
            Port next = new Port(user, output);
            Node array = handles.get(port);
            boolean isNew = array == null ? flows.add(next) : handles.put(next, array) == null;
            if (isNew) {
              open.add(next);
            }
          }
        }
      }
    }
  }

  private Port flow(Port port) {
    flows.add(port);
    return port;
  }

  /** Returns the input that a node hands on. */
  private static Port passed(Node node) {
    return node.input(0);
  }

  private static boolean makesFlow(Node node) {
    return node.is("TensorArrayWriteV3")
        || node.is("TensorArrayScatterV3")
        || node.is("TensorArraySplitV3");
  }

  /** Returns how many tensors an operation on arrays takes; 0 of another. */
  private static int inputs(Node node) {
    return switch (node.proto().getOp()) {
      case ARRAY, "TensorArrayCloseV3" -> 1;
      case "TensorArraySizeV3", "TensorArrayConcatV3" -> 2;
      case "TensorArrayReadV3", "TensorArrayGatherV3" -> 3;
      case "TensorArrayWriteV3", "TensorArrayScatterV3", "TensorArraySplitV3" -> 4;
      default -> 0;
    };
  }

  private boolean isSound(Node node) {
    int count = inputs(node);
    if (count == 0) {
      return true;
    }
    if (node.inputs().size() != count) {
      return false;
    }
    if (node.is(ARRAY)) {
      return types.test(node.attribute("dtype").getTypeValue());
    }
    Node array = handles.get(node.input(0));
    boolean hasFlow = count == 1 || flows.contains(node.input(count - 1));
    // Elements of a list have one shape.
    boolean isUneven =
        node.is("TensorArraySplitV3")
            && array != null
            && !array.attribute("identical_element_shapes").getB();
    return array != null && hasFlow && !isUneven;
  }

  private NodeDef converted(Node node) {
    if (inputs(node) > 0) {
      return list(node).build();
    }
    NodeDef.Builder same = withInputs(node.proto().toBuilder().clearInput(), node, node.inputs());
    Port first = new Port(node, 0);
    if (flows.contains(first) || handles.containsKey(first)) {
      same.putAttr("T", Node.type(VARIANT));
    }
    return same.build();
  }

  /** Returns a node with these inputs, and no operation yet. */
  private NodeDef.Builder written(Node node, List<Port> inputs) {
    NodeDef.Builder written =
        NodeDef.newBuilder().setName(node.name()).setDevice(node.proto().getDevice());
    return withInputs(written, node, inputs);
  }

  private static NodeDef.Builder withInputs(NodeDef.Builder written, Node node, List<Port> inputs) {
    inputs.forEach(input -> written.addInput(text(input)));
    node.controls().forEach(control -> written.addInput("^" + control.name()));
    return written;
  }

  /** Returns what an input is called: of an array, the list is the only output. */
  private static String text(Port port) {
    return port.node().is(ARRAY) ? port.node().name() : port.text();
  }

  private NodeDef.Builder list(Node node) {
    AttrValue dtype = node.attribute(node.proto().containsAttr("dtype") ? "dtype" : "T");
    switch (node.proto().getOp()) {
      case ARRAY:
        return shaped(node, "TensorListReserve", dtype, List.of(node.input(0)), 0, shape(node));
      case "TensorArrayWriteV3":
        return written(node, List.of(node.input(3), node.input(1), node.input(2)))
            .setOp("TensorListSetItem")
            .putAttr("element_dtype", dtype)
            .putAttr(
                "resize_if_index_out_of_bounds",
                AttrValue.newBuilder().setB(array(node).attribute("dynamic_size").getB()).build());
      case "TensorArrayReadV3":
        return shaped(
            node,
            "TensorListGetItem",
            dtype,
            List.of(node.input(2), node.input(1)),
            2,
            shape(array(node)));
      case "TensorArrayGatherV3":
        return shaped(
            node,
            "TensorListGather",
            dtype,
            List.of(node.input(2), node.input(1)),
            2,
            node.attribute("element_shape").getShape());
      case "TensorArrayScatterV3":
        return scatter(node, dtype);
      case "TensorArraySizeV3":
        return written(node, List.of(node.input(1))).setOp("TensorListLength");
      case "TensorArrayConcatV3":
        return concat(node, dtype);
      case "TensorArraySplitV3":
        return shaped(
            node,
            "TensorListSplit",
            dtype,
            List.of(node.input(1), node.input(2)),
            1,
            rows(shape(array(node))));
      default:
        return written(node, List.of()).setOp("NoOp").addInput("^" + node.input(0).node().name());
    }
  }

  /** Returns what sets elements: of an array in which there are none yet, what makes the list. */
  private NodeDef.Builder scatter(Node node, AttrValue dtype) {
    Node array = array(node);
    if (node.input(3).node() == array && !array.attribute("dynamic_size").getB()) {
      List<Port> sized = List.of(node.input(2), node.input(1), array.input(0));
      return shaped(node, "TensorListScatterV2", dtype, sized, 2, shape(array));
    }
    return written(node, List.of(node.input(3), node.input(2), node.input(1)))
        .setOp("TensorListScatterIntoExistingList")
        .putAttr("element_dtype", dtype);
  }

  private Node array(Node node) {
    return Objects.requireNonNull(handles.get(node.input(0)));
  }

  private static TensorShapeProto shape(Node array) {
    return array.attribute("element_shape").getShape();
  }

  /** Returns the shape of elements of any length along the first axis. */
  private static TensorShapeProto rows(TensorShapeProto element) {
    TensorShapeProto.Dim any = TensorShapeProto.Dim.newBuilder().setSize(-1).build();
    return element.getUnknownRank() || element.getDimCount() == 0
        ? element
        : element.toBuilder().setDim(0, any).build();
  }

  private NodeDef.Builder concat(Node node, AttrValue dtype) {
    TensorShapeProto rest = node.attribute("element_shape_except0").getShape();
    TensorShapeProto element =
        rest.getUnknownRank()
            ? rest
            : TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dim.newBuilder().setSize(-1))
                .addAllDim(rest.getDimList())
                .build();
    NodeDef.Builder concat =
        shaped(node, "TensorListConcatV2", dtype, List.of(node.input(1)), 1, element);
    TensorProto.Builder none = TensorProto.newBuilder().setDtype(DataType.DT_INT64);
    none.getTensorShapeBuilder().addDim(TensorShapeProto.Dim.newBuilder().setSize(0));
    return inserted(concat, 2, constant(node, "leading_dims", none));
  }

  /** Returns an operation that takes the shape of elements as one of its inputs. */
  private NodeDef.Builder shaped(
      Node node,
      String type,
      AttrValue dtype,
      List<Port> inputs,
      int position,
      TensorShapeProto element) {
    NodeDef.Builder written = written(node, inputs).setOp(type).putAttr("element_dtype", dtype);
    TensorProto.Builder shape = TensorProto.newBuilder().setDtype(DataType.DT_INT32);
    if (element.getUnknownRank()) {
      shape.addIntVal(-1);
    } else {
      shape
          .getTensorShapeBuilder()
          .addDim(TensorShapeProto.Dim.newBuilder().setSize(element.getDimCount()));
      element.getDimList().forEach(dim -> shape.addIntVal((int) Math.max(-1, dim.getSize())));
    }
    if (!type.equals("TensorListGetItem") && !type.equals("TensorListGather")) {
      written.putAttr("shape_type", Node.type(DataType.DT_INT32_VALUE));
    }
    return inserted(written, position, constant(node, "element_shape", shape));
  }

  private static NodeDef.Builder inserted(NodeDef.Builder node, int position, String input) {
    List<String> inputs = new ArrayList<>(node.getInputList());
    inputs.add(position, input);
    return node.clearInput().addAllInput(inputs);
  }

  /** Adds a constant in the frame of a node, and returns its name. */
  private String constant(Node node, String role, TensorProto.Builder value) {
    String name = node.name() + "/" + role;
    for (int i = 1; !names.add(name); i++) {
      name = node.name() + "/" + role + "_" + i;
    }
    NodeDef constant =
        NodeDef.newBuilder()
            .setName(name)
            .setOp("Const")
            .putAttr("dtype", Node.type(value.getDtypeValue()))
            .putAttr("value", AttrValue.newBuilder().setTensor(value).build())
            .addInput("^" + node.input(node.inputs().size() - 1).node().name())
            .build();
    constants.computeIfAbsent(node, n -> new ArrayList<>()).add(constant);
    return name;
  }
}
