package io.millrace.io.flow;

import io.millrace.io.proto.AttrValue;
import io.millrace.io.proto.DataType;
import io.millrace.io.proto.GraphDef;
import io.millrace.io.proto.NodeDef;
import io.millrace.io.proto.TensorProto;
import io.millrace.io.proto.TensorShapeProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Makes lists of the arrays of tensors that TensorFlow 1 has. There an array is a buffer that a
 * handle leads to, and a scalar, the flow, orders what is done with it; here the flow is the list
 * itself, and the handle only tells the array's attributes.
 */
final class TensorArrays {
  /** The operations on lists that take shapes of int32 only. */
  private static final Set<String> NUMBERED =
      Set.of("TensorListGetItem", "TensorListGather", "TensorListStack");

  private static final AttrValue VARIANT = Node.type(DataType.DT_VARIANT_VALUE);

  private static final String RESERVE = "TensorListReserve";

  private final ArrayFlows flows;

  /** The names of the lists that stand for what is taken from stacks. */
  private final Map<Port, String> remade = new HashMap<>();

  private final Library library;
  private final Map<Node, List<NodeDef>> constants = new HashMap<>();

  private TensorArrays(ArrayFlows flows, Library library) {
    this.flows = flows;
    this.library = library;
  }

  /** Returns whether a graph has arrays. */
  static boolean isIn(GraphDef graph) {
    return graph.getNodeList().stream()
        .anyMatch(node -> ArrayKind.of(node.getOp()) == ArrayKind.ARRAY);
  }

  /**
   * Returns a graph whose arrays are lists, but for those whose elements are of a type that the
   * engine does not have, or differ in shape; the same graph if it has none, or some not such as
   * TensorFlow makes them.
   */
  static GraphDef asLists(GraphDef graph, IntPredicate types) {
    if (!isIn(graph)) {
      return graph;
    }
    List<Node> nodes = Nodes.of(graph);
    List<Node> ordered = Nodes.ordered(nodes);
    if (ordered.size() < nodes.size() || !nodes.stream().allMatch(TensorArrays::isSound)) {
      return graph;
    }
    Set<String> names = new HashSet<>();
    nodes.forEach(node -> names.add(node.name()));
    Library library = new Library(names, types);
    ArrayFlows flows = new ArrayFlows(ordered, new Frames(ordered), library);
    for (Node node : nodes) {
      if (ArrayKind.of(node).takesHandle() && flows.array(node.input(0)).isEmpty()) {
        return graph;
      }
    }
    flows.fill();
    TensorArrays arrays = new TensorArrays(flows, library);
    GraphDef.Builder lists = graph.toBuilder().clearNode();
    nodes.addAll(flows.added());
    nodes.stream().filter(n -> flows.isTaken(new Port(n, 0))).forEach(arrays::remake);
    for (Node node : nodes) {
      NodeDef proto = arrays.converted(node);
      lists.addAllNode(arrays.constants.getOrDefault(node, List.of())).addNode(proto);
    }
    return lists.build();
  }

  private static boolean isSound(Node node) {
    ArrayKind kind = ArrayKind.of(node);
    return kind == ArrayKind.NONE || node.inputs().size() == kind.inputs();
  }

  private NodeDef converted(Node node) {
    if (ArrayKind.of(node) != ArrayKind.NONE && !isLeft(node)) {
      return list(node).build();
    }
    NodeDef.Builder same = withInputs(node.proto().toBuilder().clearInput(), node, node.inputs());
    if (flows.isForHandles(node)) {
      same.putAttr(stacked(node), Node.type(DataType.DT_INT32_VALUE));
      if (node.inputs().size() == 2) {
        same.setInput(1, length(node, node.input(1)));
      }
    } else if (flows.isForLists(node)) {
      same.putAttr(stacked(node), VARIANT);
    } else if (flows.isList(new Port(node, 0))) {
      same.putAttr("T", VARIANT);
      if (node.proto().getOp().startsWith("Add")) {
        same.setOp("AddN");
        same.putAttr("N", AttrValue.newBuilder().setI(node.inputs().size()).build());
      } else {
        same.setOp(node.proto().getOp().replaceFirst("^Ref", ""));
      }
    }
    return same.build();
  }

  /** Returns the attribute that tells of which type a stack's elements are. */
  private static String stacked(Node node) {
    return node.proto().containsAttr("elem_type") ? "elem_type" : "T";
  }

  /** Adds what counts the elements of a list, before a node, and returns its name. */
  private String length(Node before, Port list) {
    NodeDef length =
        NodeDef.newBuilder()
            .setName(library.unique(before.name() + "/TensorListLength"))
            .setOp("TensorListLength")
            .addInput(text(list))
            .build();
    constants.computeIfAbsent(before, n -> new ArrayList<>()).add(length);
    return length.getName();
  }

  /** Returns a node with these inputs, and no operation yet. */
  private NodeDef.Builder written(Node node, List<Port> inputs) {
    NodeDef.Builder written =
        NodeDef.newBuilder().setName(node.name()).setDevice(node.proto().getDevice());
    return withInputs(written, node, inputs);
  }

  private NodeDef.Builder withInputs(NodeDef.Builder written, Node node, List<Port> inputs) {
    inputs.forEach(input -> written.addInput(text(input)));
    node.controls().forEach(control -> written.addInput("^" + control.name()));
    return written;
  }

  private boolean isLeft(Node node) {
    return ArrayKind.of(node) == ArrayKind.ARRAY
        ? flows.isLeft(node)
        : flows.isLeft(flows.array(node.input(0)).orElseThrow());
  }

  /**
   * Makes a list anew of an array that is taken from a stack, on which its length was pushed: it is
   * as long, and nothing was set.
   */
  private void remake(Node taking) {
    Node array = flows.base(flows.array(new Port(taking, 0)).orElseThrow());
    NodeDef.Builder named =
        NodeDef.newBuilder().setName(library.unique(taking.name() + "/" + RESERVE));
    Node made = new Node(named.build(), taking.number());
    made.inputs().add(new Port(taking, 0));
    NodeDef list =
        shaped(made, RESERVE, array.attribute("dtype"), made.inputs(), 0, shape(array)).build();
    List<NodeDef> nodes = constants.computeIfAbsent(taking, n -> new ArrayList<>());
    nodes.addAll(constants.getOrDefault(made, List.of()));
    nodes.add(list);
    remade.put(new Port(taking, 0), made.name());
  }

  /** Returns what an input is called: of an array, the list is the only output. */
  private String text(Port port) {
    String name = remade.get(port);
    if (name != null) {
      return name;
    }
    if (ArrayKind.of(port.node()) == ArrayKind.NONE || isLeft(port.node())) {
      return port.text();
    }
    return switch (ArrayKind.of(port.node())) {
      case ARRAY -> port.node().name();
      case GRADIENT -> port.output() == 0 ? port.text() : text(port.node().input(1));
      default -> port.text();
    };
  }

  private NodeDef.Builder list(Node node) {
    AttrValue dtype = node.attribute(node.proto().containsAttr("dtype") ? "dtype" : "T");
    switch (ArrayKind.of(node)) {
      case ARRAY:
        return shaped(node, RESERVE, dtype, List.of(node.input(0)), 0, shape(node));
      case GRADIENT:
        return written(node, List.of(node.input(0))).setOp("Identity").putAttr("T", VARIANT);
      case WRITE:
        return written(node, List.of(node.input(3), node.input(1), node.input(2)))
            .setOp("TensorListSetItem")
            .putAttr("element_dtype", dtype)
            .putAttr(
                "resize_if_index_out_of_bounds",
                AttrValue.newBuilder().setB(array(node).attribute("dynamic_size").getB()).build());
      case READ:
        return shaped(
            node,
            "TensorListGetItem",
            dtype,
            List.of(node.input(2), node.input(1)),
            2,
            shape(array(node)));
      case GATHER:
        return shaped(
            node,
            "TensorListGather",
            dtype,
            List.of(node.input(2), node.input(1)),
            2,
            node.attribute("element_shape").getShape());
      case SCATTER:
        return scatter(node, dtype);
      case PACK:
        return shaped(
                node,
                "TensorListStack",
                dtype,
                List.of(node.input(1)),
                1,
                node.attribute("element_shape").getShape())
            .putAttr("num_elements", AttrValue.newBuilder().setI(-1).build());
      case UNPACK:
        return shaped(
            node, "TensorListFromTensor", dtype, List.of(node.input(1)), 1, shape(array(node)));
      case SIZE:
        return written(node, List.of(node.input(1))).setOp("TensorListLength");
      case CONCAT:
        return concat(node, dtype);
      case SPLIT:
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
    if (flows.isFirst(node.input(3)) && !array.attribute("dynamic_size").getB()) {
      Port list = node.input(3);
      List<Port> rows = List.of(node.input(2), node.input(1));
      boolean made = list.node() == array;
      return inserted(
          shaped(node, "TensorListScatterV2", dtype, rows, 2, shape(array)),
          3,
          made ? text(array.input(0)) : length(node, list));
    }
    return written(node, List.of(node.input(3), node.input(2), node.input(1)))
        .setOp("TensorListScatterIntoExistingList")
        .putAttr("element_dtype", dtype);
  }

  private Node array(Node node) {
    return flows.base(flows.array(node.input(0)).orElseThrow());
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
    if (!NUMBERED.contains(type)) {
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
    String name = library.unique(node.name() + "/" + role);
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
