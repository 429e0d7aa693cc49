package io.millrace.io;

import com.google.protobuf.ByteString;
import io.millrace.io.proto.AttrValue;
import io.millrace.io.proto.DataType;
import io.millrace.io.proto.GraphDef;
import io.millrace.io.proto.NodeDef;
import io.millrace.io.proto.TensorProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Moves texts that an Assert tells of between its inputs, where files have them as constants, and
 * its attributes, where the engine has them: no device holds strings.
 */
final class AssertionTexts {
  private static final String ASSERT = "Assert";
  private static final String TYPES = "T";
  private static final String TEXTS = "texts";
  private static final String PLACES = "places";
  private static final String DTYPE = "dtype";
  private static final String VALUE = "value";

  /** Operations whose output is their first input, if they have one. */
  private static final Set<String> PASSING = Set.of("Identity", "Switch", "Enter");

  private final Map<String, NodeDef> nodes = new HashMap<>();
  private final Map<String, Integer> uses = new HashMap<>();

  /** What nodes are now, nothing if they are left out. */
  private final Map<String, Optional<NodeDef>> changed = new HashMap<>();

  private AssertionTexts(GraphDef graph) {
    for (NodeDef node : graph.getNodeList()) {
      nodes.put(node.getName(), node);
      node.getInputList().forEach(input -> uses.merge(source(input), 1, Integer::sum));
    }
  }

  /**
   * Returns a graph whose assertions have texts as attributes, as far as these are constants, and
   * which lacks the nodes that only led there.
   */
  static GraphDef taken(GraphDef graph) {
    boolean tells =
        graph.getNodeList().stream()
            .anyMatch(node -> node.getOp().equals(ASSERT) && types(node).contains(string()));
    return tells ? new AssertionTexts(graph).take(graph) : graph;
  }

  private GraphDef take(GraphDef graph) {
    graph.getNodeList().stream().filter(n -> n.getOp().equals(ASSERT)).forEach(this::take);
    GraphDef.Builder result = graph.toBuilder().clearNode();
    for (NodeDef node : graph.getNodeList()) {
      changed.getOrDefault(node.getName(), Optional.of(node)).ifPresent(result::addNode);
    }
    return result.build();
  }

  private void take(NodeDef node) {
    List<Integer> types = types(node);
    if (!types.contains(string()) || node.getInputCount() <= types.size()) {
      return;
    }
    AttrValue.ListValue.Builder texts = AttrValue.ListValue.newBuilder();
    AttrValue.ListValue.Builder places = AttrValue.ListValue.newBuilder();
    AttrValue.ListValue.Builder left = AttrValue.ListValue.newBuilder();
    NodeDef.Builder told = node.toBuilder().clearInput().addInput(node.getInput(0));
    List<String> dropped = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      String input = node.getInput(i + 1);
      if (types.get(i) != string()) {
        left.addTypeValue(types.get(i));
        told.addInput(input);
        continue;
      }
      Optional<String> text = text(input);
      if (text.isEmpty()) {
        return;
      }
      texts.addS(ByteString.copyFromUtf8(text.get()));
      places.addI(i);
      dropped.add(source(input));
    }
    told.addAllInput(node.getInputList().subList(types.size() + 1, node.getInputCount()))
        .putAttr(TYPES, AttrValue.newBuilder().setList(left).build())
        .putAttr(TEXTS, AttrValue.newBuilder().setList(texts).build())
        .putAttr(PLACES, AttrValue.newBuilder().setList(places).build());
    changed.put(node.getName(), Optional.of(told.build()));
    dropped.forEach(this::release);
  }

  /** Leaves out a node that nothing uses any more, and what only led to it. */
  private void release(String name) {
    Deque<String> released = new ArrayDeque<>(List.of(name));
    while (!released.isEmpty()) {
      String next = released.pop();
      NodeDef node = nodes.get(next);
      boolean isUsed = uses.merge(next, -1, Integer::sum) > 0;
      if (!isUsed && node != null && (isText(node) || PASSING.contains(node.getOp()))) {
        changed.put(next, Optional.empty());
        node.getInputList().forEach(input -> released.push(source(input)));
      }
    }
  }

  /** Returns the text that a tensor holds, the texts of several as one; nothing if not known. */
  private Optional<String> text(String tensor) {
    Set<String> seen = new HashSet<>();
    NodeDef node = nodes.get(source(tensor));
    while (node != null
        && PASSING.contains(node.getOp())
        && node.getInputCount() > 0
        && seen.add(node.getName())) {
      node = nodes.get(source(node.getInput(0)));
    }
    if (node == null || !isText(node)) {
      return Optional.empty();
    }
    TensorProto value = node.getAttrOrDefault(VALUE, AttrValue.getDefaultInstance()).getTensor();
    return Optional.of(
        value.getStringValList().stream()
            .map(ByteString::toStringUtf8)
            .collect(Collectors.joining(" ")));
  }

  private static boolean isText(NodeDef node) {
    return node.getOp().equals("Const")
        && node.getAttrOrDefault(DTYPE, AttrValue.getDefaultInstance()).getTypeValue() == string();
  }

  /**
   * Returns the nodes that a file has for one: an Assert with its texts as inputs, behind the
   * constants that these are.
   *
   * @param taken names that nodes have, to which those of the constants are added
   * @param input writes the output of a constant of this name as an input
   */
  static List<NodeDef> given(NodeDef node, Set<String> taken, UnaryOperator<String> input) {
    if (!node.getOp().equals(ASSERT) || !node.containsAttr(TEXTS)) {
      return List.of(node);
    }
    List<NodeDef> written = new ArrayList<>();
    List<ByteString> texts = node.getAttrOrThrow(TEXTS).getList().getSList();
    List<Long> places = node.getAttrOrThrow(PLACES).getList().getIList();
    List<String> inputs = new ArrayList<>(node.getInputList());
    List<Integer> types = new ArrayList<>(types(node));
    for (int i = 0; i < texts.size(); i++) {
      int place = Math.toIntExact(places.get(i));
      String wished = node.getName() + "/data_" + place;
      String name = wished;
      for (int k = 1; !taken.add(name); k++) {
        name = wished + "_" + k;
      }
      written.add(constant(name, texts.get(i)));
      inputs.add(place + 1, input.apply(name));
      types.add(place, string());
    }
    written.add(
        node.toBuilder()
            .removeAttr(TEXTS)
            .removeAttr(PLACES)
            .clearInput()
            .addAllInput(inputs)
            .putAttr(
                TYPES,
                AttrValue.newBuilder()
                    .setList(AttrValue.ListValue.newBuilder().addAllTypeValue(types))
                    .build())
            .build());
    return written;
  }

  private static NodeDef constant(String name, ByteString text) {
    TensorProto.Builder value = TensorProto.newBuilder().setDtypeValue(string()).addStringVal(text);
    value.getTensorShapeBuilder();
    return NodeDef.newBuilder()
        .setName(name)
        .setOp("Const")
        .putAttr(DTYPE, AttrValue.newBuilder().setTypeValue(string()).build())
        .putAttr(VALUE, AttrValue.newBuilder().setTensor(value).build())
        .build();
  }

  private static List<Integer> types(NodeDef node) {
    return node.getAttrOrDefault(TYPES, AttrValue.getDefaultInstance())
        .getList()
        .getTypeValueList();
  }

  private static int string() {
    return DataType.DT_STRING_VALUE;
  }

  /** Returns the name of the node that an input refers to. */
  private static String source(String input) {
    return input.replaceFirst("^\\^", "").replaceFirst(":[^:]*$", "");
  }
}
