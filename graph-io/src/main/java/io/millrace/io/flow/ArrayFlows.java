package io.millrace.io.flow;

import io.millrace.io.proto.AttrValue;
import io.millrace.io.proto.DataType;
import io.millrace.io.proto.NodeDef;
import io.millrace.io.proto.TensorProto;
import io.millrace.io.proto.TensorShapeProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Finds where the handles and the flows of arrays of tensors lead. An array of gradients, which
 * belongs to another and has a source, is an array too: what reads of that array leave for its
 * gradient is added up in flows.
 */
final class ArrayFlows {
  /** What hands on a flow or a handle, as its first input. */
  private static final Set<String> PASSING =
      Set.of("Enter", "Exit", "NextIteration", "Switch", "Merge", "Identity");

  /** What adds flows of gradients. */
  private static final Set<String> ADDING = Set.of("AddN", "Add", "AddV2");

  private static final String SAME = "identical_element_shapes";

  private final List<Node> nodes;
  private final Frames frames;
  private final Library library;
  private final Map<Node, Integer> positions = new HashMap<>();
  private final Map<Node, List<Node>> users;

  /** The array that each handle is one of. */
  private final Map<Port, Node> handles = new LinkedHashMap<>();

  /** The array that each flow is one of. */
  private final Map<Port, Node> flows = new LinkedHashMap<>();

  /** The array of gradients that stands for all that belong to one array and have one source. */
  private final Map<List<Object>, Node> gradients = new HashMap<>();

  private final Stacks stacks;

  /** New nodes, by which handles enter frames, and that make zeros. */
  private final List<Node> added = new ArrayList<>();

  /** What is like a list, and zeros. */
  private final Map<Port, Port> likes = new HashMap<>();

  /** Arrays that lists cannot be: of types the engine does not have, or of several shapes. */
  private final Set<Node> left = new HashSet<>();

  /**
   * Finds them.
   *
   * @param nodes so that each comes after those that it needs
   */
  ArrayFlows(List<Node> nodes, Frames frames, Library library) {
    this.nodes = nodes;
    this.frames = frames;
    this.library = library;
    users = Nodes.users(nodes);
    nodes.forEach(node -> positions.put(node, positions.size()));
    stacks = new Stacks(nodes, frames);
    for (Node node : nodes) {
      if (ArrayKind.of(node) == ArrayKind.ARRAY) {
        handle(new Port(node, 0), node);
      }
    }
    nodes.forEach(this::begin);
    for (Node node : nodes) {
      ArrayKind kind = ArrayKind.of(node);
      if (kind == ArrayKind.ARRAY && !library.isKnown(node.attribute("dtype").getTypeValue())) {
        left.add(node);
      }
      if (kind == ArrayKind.SPLIT) {
        array(node.input(0))
            .map(this::base)
            .filter(base -> !base.attribute(SAME).getB())
            .ifPresent(left::add);
      }
    }
    for (Port flow : List.copyOf(flows.keySet())) {
      back(flow);
    }
  }

  private void begin(Node node) {
    ArrayKind kind = ArrayKind.of(node);
    if (kind == ArrayKind.ARRAY) {
      flow(new Port(node, 1), node);
    }
    if (kind.givesFlow() && kind.inputs() == node.inputs().size()) {
      Node array = handles.get(node.input(0));
      if (array != null) {
        flow(new Port(node, 0), array);
      }
    }
  }

  /** Makes flows of what flows are joined with, which are zeros where no list was yet. */
  private void back(Port flow) {
    Deque<Port> open = new ArrayDeque<>(List.of(flow));
    while (!open.isEmpty()) {
      Port next = open.pop();
      Node array = Objects.requireNonNull(flows.get(next));
      for (int i : joined(next.node())) {
        Port input = next.node().input(i);
        if (isPassed(input.node()) && !flows.containsKey(input) && !handles.containsKey(input)) {
          outputs(input.node()).forEach(output -> flow(output, array));
          open.add(input);
        }
      }
    }
  }

  private static boolean isPassed(Node node) {
    return PASSING.stream().anyMatch(node::is);
  }

  /** Returns which inputs of a node are flows if what it gives is one. */
  private static int[] joined(Node node) {
    if (ADDING.contains(node.proto().getOp()) || node.is("Merge")) {
      return IntStream.range(0, node.inputs().size()).toArray();
    }
    return isPassed(node) ? new int[] {0} : new int[0];
  }

  /** Leads lists to where flows were none: numbers that stood for zeros, or for nothing. */
  void fill() {
    for (Node node : nodes) {
      ArrayKind kind = ArrayKind.of(node);
      if (kind.takesFlow() && kind != ArrayKind.GRADIENT) {
        Node array = Objects.requireNonNull(handles.get(node.input(0)));
        int last = kind.inputs() - 1;
        if (flows.get(node.input(last)) != array && !isLeft(array)) {
          node.inputs().set(last, begin(node, array, node.input(last)));
        }
      }
      boolean takesNumbers =
          kind == ArrayKind.NONE
              && !isPassed(node)
              && !ADDING.contains(node.proto().getOp())
              && stacks.popped(node).isEmpty();
      if (takesNumbers) {
        node.inputs().replaceAll(input -> flows.containsKey(input) ? number(input) : input);
      }
      Node array = flows.get(new Port(node, 0));
      if (array != null && !isLeft(array)) {
        for (int i : joined(node)) {
          Port input = node.input(i);
          if (!flows.containsKey(input)) {
            node.inputs().set(i, where(input.node(), zeros(frames.of(input.node()), array)));
          }
        }
      }
    }
  }

  /** Returns the list of an array of which a node is the first to do something. */
  private Port begin(Node node, Node array, Port flow) {
    Frame frame = frames.of(node);
    boolean isForward = isGradient(array) && flows.get(flow) == handles.get(array.input(0));
    boolean makes = ArrayKind.of(node).givesFlow();
    if (isForward && (!makes || grows(array))) {
      return like(flow);
    }
    return makes ? first(frame, array) : zeros(frame, array);
  }

  /**
   * Returns the list of an array of gradients to which nothing was added. Where neither its length
   * nor the shape of elements is known from the beginning, it is like what it is the gradient of.
   */
  private Port zeros(Frame frame, Node array) {
    if (isGradient(array) && (grows(array) || !isShaped(array))) {
      Node forward = handles.get(array.input(0));
      Optional<Port> last =
          flows.keySet().stream()
              .filter(port -> flows.get(port) == forward && frames.of(port.node()) == frame)
              .filter(port -> !port.node().is("Switch") && !port.node().is("NextIteration"))
              .max(Comparator.comparingInt(port -> positions.getOrDefault(port.node(), -1)));
      if (last.isPresent()) {
        return like(last.get());
      }
    }
    return first(frame, array);
  }

  /** Returns a list that is only where a node is, as that may be on a side of a switch. */
  private Port where(Node node, Port list) {
    if (node.inputs().isEmpty() && node.controls().isEmpty()) {
      return list;
    }
    NodeDef.Builder proto = Node.identity(DataType.DT_VARIANT_VALUE);
    Node here =
        new Node(proto.setName(library.unique(node.name() + "/list")).build(), node.number());
    here.inputs().add(list);
    here.controls().add(node);
    frames.place(here);
    added.add(here);
    return new Port(here, 0);
  }

  private Port like(Port list) {
    return likes.computeIfAbsent(
        list,
        port -> {
          NodeDef.Builder proto =
              NodeDef.newBuilder()
                  .setName(library.unique(port.node().name() + "/ZerosLike"))
                  .setOp("ZerosLike")
                  .putAttr("T", Node.type(DataType.DT_VARIANT_VALUE));
          Node node = new Node(proto.build(), port.node().number());
          node.inputs().add(port);
          frames.place(node);
          added.add(node);
          return new Port(node, 0);
        });
  }

  /** Returns the number that a flow is, for what only asks for its shape or zeros like it. */
  private Port number(Port flow) {
    if (!isList(flow)) {
      return flow;
    }
    Node node = flow.node();
    NodeDef.Builder proto = NodeDef.newBuilder().setName(library.unique(node.name() + "/number"));
    TensorProto.Builder zero = TensorProto.newBuilder().setDtype(DataType.DT_FLOAT).addFloatVal(0);
    zero.getTensorShapeBuilder();
    AttrValue type = Node.type(DataType.DT_FLOAT_VALUE);
    if (node.is("Switch")) {
      proto.setOp("Switch").putAttr("T", type);
    } else {
      AttrValue value = AttrValue.newBuilder().setTensor(zero).build();
      proto.setOp("Const").putAttr("dtype", type).putAttr("value", value);
    }
    Node number = new Node(proto.build(), node.number());
    if (node.is("Switch")) {
      number.inputs().add(number(node.input(0)));
      number.inputs().add(node.input(1));
    } else {
      number.controls().add(node);
    }
    frames.place(number);
    added.add(number);
    return new Port(number, node.is("Switch") ? flow.output() : 0);
  }

  private static boolean isGradient(Node array) {
    return ArrayKind.of(array) == ArrayKind.GRADIENT;
  }

  private boolean grows(Node array) {
    return base(array).attribute("dynamic_size").getB();
  }

  /** Returns whether an array says which shape its elements have. */
  private boolean isShaped(Node array) {
    TensorShapeProto shape = base(array).attribute("element_shape").getShape();
    return !shape.getUnknownRank() && shape.getDimList().stream().allMatch(d -> d.getSize() >= 0);
  }

  /** Returns an array's list before anything was done with it, in a frame. */
  private Port first(Frame frame, Node array) {
    Node base = base(array);
    Optional<Port> handle =
        handles.keySet().stream()
            .filter(port -> base(Objects.requireNonNull(handles.get(port))) == base)
            .filter(port -> frames.of(port.node()) == frame && !port.node().is("Switch"))
            .findFirst();
    if (handle.isPresent()) {
      return handle.get();
    }
    Port outside =
        first(
            frame.outer().orElseThrow(() -> new FlowException(base, "is used outside of its loop")),
            array);
    NodeDef enter =
        frame.enters().get(0).proto().toBuilder()
            .setName(library.unique(base.name() + "/Enter"))
            .setOp("Enter")
            .putAttr("is_constant", AttrValue.newBuilder().setB(true).build())
            .build();
    Node node = new Node(enter, frame.enters().get(0).number());
    node.inputs().add(outside);
    frames.place(node);
    added.add(node);
    Port port = new Port(node, 0);
    handles.put(port, base);
    return port;
  }

  /** Returns the array that an array of gradients belongs to, however far; else itself. */
  Node base(Node array) {
    Node base = array;
    while (ArrayKind.of(base) == ArrayKind.GRADIENT) {
      base = Objects.requireNonNull(handles.get(base.input(0)));
    }
    return base;
  }

  /** Returns the array that a handle is one of. */
  Optional<Node> array(Port handle) {
    return Optional.ofNullable(handles.get(handle));
  }

  /** Returns whether a tensor is a list now. */
  boolean isList(Port port) {
    Node array = flows.getOrDefault(port, handles.get(port));
    return array != null && !isLeft(array);
  }

  /** Returns whether a list is that of an array with which nothing was done yet. */
  boolean isFirst(Port list) {
    return handles.containsKey(list) || ArrayKind.of(list.node()) == ArrayKind.ARRAY;
  }

  /** Returns whether a node makes a stack of handles, pushes on it or takes from it. */
  boolean isForHandles(Node node) {
    return stacks.pushed(node).stream().anyMatch(port -> isList(port) && handles.containsKey(port));
  }

  /** Returns whether a node makes a stack of lists, pushes on it or takes from it. */
  boolean isForLists(Node node) {
    return stacks.pushed(node).stream().anyMatch(this::isList);
  }

  /** Returns whether an array stays as it is. */
  boolean isLeft(Node array) {
    return left.contains(base(array));
  }

  /** Returns whether a node takes an array from a stack. */
  boolean isTaken(Port port) {
    return stacks.isPop(port.node()) && handles.containsKey(port) && isList(port);
  }

  /** Returns the nodes that the graph needs besides its own. */
  List<Node> added() {
    return added;
  }

  private void handle(Port port, Node array) {
    Deque<Port> open = new ArrayDeque<>(List.of(port));
    handles.put(port, array);
    while (!open.isEmpty()) {
      Port next = open.pop();
      Node own = Objects.requireNonNull(handles.get(next));
      for (Node user : users.getOrDefault(next.node(), List.of())) {
        if (ArrayKind.of(user) == ArrayKind.GRADIENT && user.input(0).equals(next)) {
          AttrValue source = user.attribute("source");
          put(new Port(user, 0), gradients.computeIfAbsent(List.of(own, source), k -> user), open);
        }
        for (Port passed : passed(user, next)) {
          put(passed, own, open);
        }
      }
    }
  }

  private void put(Port port, Node array, Deque<Port> open) {
    if (handles.putIfAbsent(port, array) == null) {
      open.add(port);
    }
  }

  private void flow(Port port, Node array) {
    Deque<Port> open = new ArrayDeque<>();
    if (flows.putIfAbsent(port, array) == null) {
      open.add(port);
    }
    while (!open.isEmpty()) {
      Port next = open.pop();
      for (Node user : users.getOrDefault(next.node(), List.of())) {
        List<Port> passed = new ArrayList<>(passed(user, next));
        if (ADDING.contains(user.proto().getOp())) {
          passed.add(new Port(user, 0));
        }
        for (Port after : passed) {
          if (flows.putIfAbsent(after, array) == null) {
            open.add(after);
          }
        }
      }
    }
  }

  /** Returns the tensors that are the same as one because of a node that takes it. */
  private List<Port> passed(Node user, Port port) {
    if (ArrayKind.of(user) == ArrayKind.GRADIENT && user.input(1).equals(port)) {
      return List.of(new Port(user, 1));
    }
    List<Port> popped = stacks.popped(user);
    if (!popped.isEmpty()) {
      return user.input(1).equals(port) ? popped : List.of();
    }
    boolean passes = PASSING.stream().anyMatch(user::is);
    if (!passes
        || !(user.is("Merge") ? user.inputs().contains(port) : user.input(0).equals(port))) {
      return List.of();
    }
    return outputs(user);
  }

  /** Returns what a node gives that hands something on. */
  private static List<Port> outputs(Node passing) {
    Port first = new Port(passing, 0);
    return passing.is("Switch") ? List.of(first, new Port(passing, 1)) : List.of(first);
  }
}
