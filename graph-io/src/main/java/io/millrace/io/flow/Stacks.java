package io.millrace.io.flow;

import io.millrace.io.proto.AttrValue;
import io.millrace.io.proto.DataType;
import io.millrace.io.proto.NodeDef;
import io.millrace.io.proto.TensorProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes lists of the stacks on which a loop leaves, turn by turn, what the loop of its gradient
 * takes. There a handle stays the same while what it leads to changes; here each loop that pushes
 * or pops carries the list, gives it back at its end, and what follows goes on with that.
 */
final class Stacks {
  private static final Set<String> MAKING = Set.of("Stack", "StackV2");
  private static final Set<String> PUSHING = Set.of("StackPush", "StackPushV2");
  private static final Set<String> POPPING = Set.of("StackPop", "StackPopV2");
  private static final Set<String> CLOSING = Set.of("StackClose", "StackCloseV2");

  /** What hands on a handle. */
  private static final Set<String> PASSING = Set.of("Enter", "Switch", "Identity");

  private static final AttrValue VARIANT = Node.type(DataType.DT_VARIANT_VALUE);

  /** The stack that each node makes or hands on. */
  private final Map<Node, Node> stacks = new LinkedHashMap<>();

  /** What changes each stack. */
  private final Map<Node, List<Change>> changes = new LinkedHashMap<>();

  /** The stacks that are lists now, and what changes those in each frame. */
  private final Map<Node, Map<Frame, List<Change>>> lists = new LinkedHashMap<>();

  private final Frames frames;

  /**
   * A node that changes a list.
   *
   * @param input which of its inputs is the list before
   * @param output which of its outputs is the list after
   */
  record Change(Node node, int input, int output) {
    Port after() {
      return new Port(node, output);
    }
  }

  /** Finds the stacks of which no more is done than loops and their gradients do. */
  Stacks(List<Node> nodes, Frames frames) {
    this.frames = frames;
    Map<Node, List<Node>> users = Nodes.users(nodes);
    for (Node node : nodes) {
      if (is(node, MAKING)) {
        follow(node, users);
      }
    }
  }

  private static boolean is(Node node, Set<String> types) {
    return types.contains(node.proto().getOp());
  }

  /** Returns whether a node gives a stack's handle. */
  boolean isHandle(Node node) {
    return stacks.containsKey(node);
  }

  /** Returns whether a node takes from a stack. */
  boolean isPop(Node node) {
    return is(node, POPPING) && stacks.containsKey(node.input(0).node());
  }

  /** Returns what is popped of that on which a node pushes; nothing of another node. */
  List<Port> popped(Node push) {
    return is(push, PUSHING) && stacks.containsKey(push.input(0).node())
        ? changes(push.input(0).node(), POPPING).map(node -> new Port(node, 0)).toList()
        : List.of();
  }

  /** Returns what is pushed on the stack that a node makes, takes from or pushes on. */
  List<Port> pushed(Node node) {
    Node handle = stacks.containsKey(node) || node.inputs().isEmpty() ? node : node.input(0).node();
    return stacks.containsKey(handle)
        ? changes(handle, PUSHING).map(push -> push.input(1)).toList()
        : List.of();
  }

  private Stream<Node> changes(Node handle, Set<String> types) {
    return Objects.requireNonNull(changes.get(stacks.get(handle))).stream()
        .map(Change::node)
        .filter(node -> is(node, types));
  }

  /** Finds where a handle leads. */
  private void follow(Node stack, Map<Node, List<Node>> users) {
    List<Change> own = new ArrayList<>();
    Set<Node> handles = new LinkedHashSet<>(List.of(stack));
    Deque<Node> open = new ArrayDeque<>(handles);
    while (!open.isEmpty()) {
      for (Node user : users.getOrDefault(open.pop(), List.of())) {
        int count = user.inputs().size();
        boolean passes = PASSING.stream().anyMatch(user::is);
        if (!handles.contains(user.input(0).node())) {
          return;
        }
        if (passes) {
          if (handles.add(user)) {
            open.push(user);
          }
        } else if ((is(user, PUSHING) && count == 2) || (is(user, POPPING) && count == 1)) {
          own.add(new Change(user, 0, 0));
        } else if (!is(user, CLOSING)) {
          return;
        }
      }
    }
    handles.forEach(handle -> stacks.put(handle, stack));
    changes.put(stack, own);
  }

  /**
   * Makes lists of the stacks, but for those in frames that stay as they are.
   *
   * @param nodes to which new ones are added
   */
  void convert(Set<Frame> kept, Library library, List<Node> nodes) {
    forget(nodes);
    for (Map.Entry<Node, List<Change>> entry : changes.entrySet()) {
      Map<Frame, List<Change>> places = new HashMap<>();
      for (Change change : entry.getValue()) {
        places.computeIfAbsent(frames.of(change.node()), f -> new ArrayList<>()).add(change);
      }
      if (places.keySet().stream().noneMatch(kept::contains)) {
        lists.put(entry.getKey(), places);
      }
    }
    nodes.forEach(node -> node.inputs().replaceAll(this::element));
    lists.keySet().forEach(stack -> convert(stack, library, nodes));
    for (Node node : List.copyOf(nodes)) {
      if (is(node, CLOSING) && lists.containsKey(stacks.get(node.input(0).node()))) {
        node.become(NodeDef.newBuilder().setOp("NoOp"), List.of());
      }
    }
  }

  /**
   * Forgets the stacks of which what is popped is not used: others only wait for it, to do in the
   * order of the stack what flows order already.
   */
  private void forget(List<Node> nodes) {
    Map<Node, List<Node>> users = Nodes.users(nodes);
    Set<Node> unused = new HashSet<>();
    for (Node stack : List.copyOf(changes.keySet())) {
      Set<Node> only = new LinkedHashSet<>();
      if (changes(stack, POPPING).allMatch(pop -> isUnused(pop, users, only))) {
        unused.addAll(only);
        changes.remove(stack);
        stacks.values().removeIf(stack::equals);
        stack.become(NodeDef.newBuilder().setOp("NoOp"), List.of());
      }
    }
    nodes.forEach(node -> node.controls().removeAll(unused));
  }

  /** Returns whether at most names of what a node gives use it, and collects those. */
  private static boolean isUnused(Node node, Map<Node, List<Node>> users, Set<Node> names) {
    names.add(node);
    return users.getOrDefault(node, List.of()).stream()
        .allMatch(user -> user.is("Identity") && isUnused(user, users, names));
  }

  /** Returns what was pushed or popped, where that is meant. */
  private Port element(Port port) {
    Node node = port.node();
    boolean pushes = is(node, PUSHING);
    if (!(pushes || is(node, POPPING)) || !lists.containsKey(stacks.get(node.input(0).node()))) {
      return port;
    }
    return pushes ? element(node.input(1)) : new Port(node, 1);
  }

  private void convert(Node stack, Library library, List<Node> nodes) {
    AttrValue type = stack.attribute("elem_type");
    for (Change change : Objects.requireNonNull(changes.get(stack))) {
      Node node = change.node();
      NodeDef.Builder proto = NodeDef.newBuilder().putAttr("element_dtype", type);
      List<Port> inputs = new ArrayList<>(node.inputs());
      if (is(node, PUSHING)) {
        node.become(proto.setOp("TensorListPushBack"), inputs);
      } else {
        inputs.add(unknown(node, "element_shape", entered(node), library, nodes));
        node.become(proto.setOp("TensorListPopBack"), inputs);
      }
    }
    for (Map.Entry<Node, Node> handle : stacks.entrySet()) {
      Node node = handle.getKey();
      if (handle.getValue() == stack && node != stack) {
        NodeDef.Builder proto = node.proto().toBuilder();
        proto.setOp(node.proto().getOp().replaceFirst("^Ref", "")).putAttr("T", VARIANT);
        node.become(proto, List.copyOf(node.inputs()));
      }
    }
    stack.become(
        NodeDef.newBuilder()
            .setOp("EmptyTensorList")
            .putAttr("element_dtype", type)
            .putAttr("shape_type", Node.type(DataType.DT_INT32_VALUE)),
        List.of(
            unknown(stack, "element_shape", stack, library, nodes),
            unknown(stack, "max_num_elements", stack, library, nodes)));
  }

  /** Returns the node by which a handle comes into the frame of a node that takes it. */
  private static Node entered(Node node) {
    Node handle = node.input(0).node();
    while (handle.is("Switch") || handle.is("Identity")) {
      handle = handle.input(0).node();
    }
    return handle;
  }

  /** Adds a constant that says that a size is not known. */
  private Port unknown(Node user, String role, Node beside, Library library, List<Node> nodes) {
    NodeDef.Builder constant =
        NodeDef.newBuilder()
            .setName(library.unique(user.name() + "/" + role))
            .setOp("Const")
            .putAttr("dtype", Node.type(DataType.DT_INT32_VALUE));
    constant.putAttr(
        "value",
        AttrValue.newBuilder()
            .setTensor(TensorProto.newBuilder().setDtype(DataType.DT_INT32).addIntVal(-1))
            .build());
    Node node = new Node(constant.build(), user.number());
    if (beside != user) {
      node.controls().add(beside);
    }
    frames.place(node);
    nodes.add(node);
    return new Port(node, 0);
  }

  /** Notes that a loop changes the lists that it takes from around and changes itself. */
  void called(Frame frame, Frame around, Node call, List<Node> captures, int first) {
    for (int i = 0; i < captures.size(); i++) {
      Node stack = stacks.get(captures.get(i));
      if (stack != null && lists.containsKey(stack)) {
        Map<Frame, List<Change>> places = Objects.requireNonNull(lists.get(stack));
        if (places.containsKey(frame)) {
          places
              .computeIfAbsent(around, f -> new ArrayList<>())
              .add(new Change(call, first + i, first + i));
        }
      }
    }
  }

  /** Returns what changes lists in a frame, for each the node that makes it. */
  Map<Node, List<Change>> in(Frame frame) {
    Map<Node, List<Change>> found = new LinkedHashMap<>();
    lists.forEach(
        (stack, places) -> {
          if (places.containsKey(frame)) {
            found.put(stack, places.get(frame));
          }
        });
    return found;
  }

  /** Returns the stack that a node hands on, which is a list now. */
  Optional<Node> list(Node node) {
    return Optional.ofNullable(stacks.get(node)).filter(lists::containsKey);
  }
}
