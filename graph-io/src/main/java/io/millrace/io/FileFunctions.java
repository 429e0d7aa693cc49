package io.millrace.io;

import io.millrace.GraphFunction;
import io.millrace.io.flow.Flow;
import io.millrace.io.flow.FlowException;
import io.millrace.io.flow.FlowFunction;
import io.millrace.io.proto.AttrValue;
import io.millrace.io.proto.FunctionDef;
import io.millrace.io.proto.FunctionDefLibrary;
import io.millrace.io.proto.GraphDef;
import io.millrace.io.proto.NameAttrList;
import io.millrace.io.proto.NodeDef;
import io.millrace.io.proto.OpDef;
import io.millrace.op.NodeNames;
import io.millrace.op.RuleException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The functions of a file, made once for all calls that bind their attributes alike. What no node
 * calls that the engine has is not looked into.
 */
final class FileFunctions {
  /** Deeper than any file nests calls, and far from what the stack holds when one is compiled. */
  private static final int DEEPEST = 200;

  /** How much larger calls with other attributes may make a file. */
  private static final long MOST_BYTES = 1 << 26;

  /** More operations than a run can be compiled of, counted in every call anew. */
  private static final long MOST_OPERATIONS = 1 << 20;

  private final GraphDef graph;
  private final FilePlace place;
  private final AttributeCodec codec = new AttributeCodec(this);
  private final Map<String, FunctionDef> functions = new LinkedHashMap<>();

  /** The functions that loops and branches are, which the file writes in frames. */
  private final Map<String, FlowFunction> flows = new HashMap<>();

  private final Map<NameAttrList, Made> made = new HashMap<>();

  /** How many operations each function has with those that it calls. */
  private final Map<NameAttrList, Long> sizes = new HashMap<>();

  private final Set<String> instantiated = new HashSet<>();
  private Optional<FunctionDefLibrary> foreign = Optional.empty();
  private long bytes;
  private long outputs;

  /** A function, or why the engine does not have it. */
  private record Made(Optional<GraphFunction> function, String reason) {}

  /** A function that is being made: what it calls comes first. */
  private record Open(NameAttrList call, FunctionInstance instance, Deque<Called> calls) {}

  private record Called(NodeDef node, NameAttrList call) {}

  FileFunctions(GraphDef graph, FilePlace place) {
    this.graph = graph;
    this.place = place;
    for (FunctionDef function : graph.getLibrary().getFunctionList()) {
      String name = function.getSignature().getName();
      FunctionDef other = functions.putIfAbsent(name, function);
      if (other != null && !other.equals(function)) {
        throw place.broken("two functions are called " + NodeNames.quote(name));
      }
    }
  }

  /**
   * Returns a graph whose loops are calls of functions, which are among these then, whose arrays of
   * tensors are lists, and whose assertions hold their texts themselves.
   *
   * @throws GraphDefException if a reference leads nowhere, or a frame is not one loop
   */
  Flow withoutFrames(GraphDef file, FilePlace place) {
    GraphDef graph = AssertionTexts.taken(file);
    if (!Flow.isIn(graph)) {
      return new Flow(graph, List.of(), Map.of());
    }
    FileNode.of(graph, place);
    Set<String> taken = new HashSet<>(functions.keySet());
    taken.addAll(flows.keySet());
    try {
      Flow flow = Flow.of(graph, taken, ElementTypes::isKnown);
      flow.functions().forEach(f -> flows.put(f.name(), f));
      return flow;
    } catch (FlowException e) {
      throw place.broken(String.valueOf(e.getMessage()));
    }
  }

  private boolean isFunction(String name) {
    return functions.containsKey(name) || flows.containsKey(name);
  }

  /** Returns the functions that a node needs which the engine cannot compute. */
  FunctionDefLibrary library(FileNode node) {
    boolean calls =
        functions.containsKey(node.type())
            || node.attributes().values().stream()
                .anyMatch(value -> Reachable.functions(value).findAny().isPresent());
    if (!calls) {
      return FunctionDefLibrary.getDefaultInstance();
    }
    if (functions.containsKey(node.type()) || OpSource.isKnown(node.type())) {
      return graph.getLibrary();
    }
    if (foreign.isEmpty()) {
      foreign = Optional.of(new Reachable(graph).byForeignNodes());
    }
    return foreign.get();
  }

  /** Returns the names of the functions. */
  Set<String> names() {
    return functions.keySet();
  }

  AttributeCodec codec() {
    return codec;
  }

  /**
   * Counts outputs of nodes beyond the first of each.
   *
   * @throws MalformedException if the file has too many
   */
  void count(long more) {
    outputs += Math.max(0, more);
    if (outputs > OutputTable.MOST) {
      throw new MalformedException("brings the file to more than " + OutputTable.MOST + " outputs");
    }
  }

  /** Returns where the outputs of a node stand; nothing if TensorFlow does not have it. */
  Optional<List<OutputTable.Range>> outputs(NodeDef node) {
    FunctionDef function = functions.get(node.getOp());
    if (function == null) {
      return OutputTable.of(node.getOp()).map(e -> OutputTable.ranges(e, node.getAttrMap()));
    }
    Bindings bindings = new Bindings(function.getSignature(), node.getAttrMap());
    List<OutputTable.Range> ranges = new ArrayList<>();
    int first = 0;
    for (OpDef.ArgDef result : function.getSignature().getOutputArgList()) {
      int count = bindings.types(result).size();
      ranges.add(new OutputTable.Range(result.getName(), first, count));
      first += count;
    }
    return Optional.of(ranges);
  }

  /**
   * Returns a function as a call binds it.
   *
   * @throws MalformedException if the file has none of that name
   * @throws RuleException if it takes or returns what the engine does not have
   * @throws GraphDefException if it is malformed, or calls itself
   */
  GraphFunction get(NameAttrList called) {
    NameAttrList call = call(called.getName(), called.getAttrMap());
    if (!isFunction(call.getName())) {
      throw new MalformedException("the file has no function " + NodeNames.quote(call.getName()));
    }
    if (!made.containsKey(call)) {
      make(call);
    }
    Made known = Objects.requireNonNull(made.get(call));
    return known.function().orElseThrow(() -> RuleException.unsupported(known.reason()));
  }

  /** Returns the function that a node calls by being of its name. */
  GraphFunction called(FileNode node) {
    return get(call(node.type(), node.attributes()));
  }

  /** Returns a call with what it binds: names that begin with an underscore are notes. */
  private static NameAttrList call(String name, Map<String, AttrValue> attributes) {
    NameAttrList.Builder call = NameAttrList.newBuilder().setName(name);
    attributes.forEach(
        (attribute, value) -> {
          if (!attribute.startsWith("_")) {
            call.putAttr(attribute, value);
          }
        });
    return call.build();
  }

  /** Makes a function, what it calls before it. */
  private void make(NameAttrList wanted) {
    Map<NameAttrList, Open> chain = new LinkedHashMap<>();
    Deque<Open> open = new ArrayDeque<>();
    begin(wanted, chain, open);
    while (!open.isEmpty()) {
      Open top = open.peek();
      Called next = top.calls().poll();
      if (next == null) {
        FunctionInstance instance = top.instance();
        sizes.put(top.call(), size(instance));
        GraphFunction function = GraphImport.function(instance, this);
        made.put(top.call(), new Made(Optional.of(function), ""));
        chain.remove(open.pop().call());
      } else if (!made.containsKey(next.call())) {
        if (chain.containsKey(next.call()) || open.size() == DEEPEST) {
          throw refused(next, chain, top.instance().place());
        }
        begin(next.call(), chain, open);
      }
    }
  }

  private long size(FunctionInstance instance) {
    long size = instance.nodes().size();
    for (NodeDef node : instance.nodes()) {
      size += calls(node).mapToLong(call -> sizes.getOrDefault(call, 0L)).sum();
      if (size > MOST_OPERATIONS) {
        throw instance
            .place()
            .broken(
                node,
                "with the functions that are called, and these call, there are more than "
                    + MOST_OPERATIONS
                    + " operations");
      }
    }
    return size;
  }

  private static GraphDefException refused(
      Called next, Map<NameAttrList, Open> chain, FilePlace place) {
    List<String> names = new ArrayList<>();
    boolean again = false;
    for (NameAttrList call : chain.keySet()) {
      again |= call.equals(next.call());
      if (again || !chain.containsKey(next.call())) {
        names.add(call.getName());
      }
    }
    if (!again) {
      return place.broken(
          next.node(),
          "calls are nested more than "
              + DEEPEST
              + " deep: "
              + NodeNames.some(names, 8)
              + " call each other");
    }
    names.add(next.call().getName());
    List<String> shown = names.size() <= 9 ? names : new ArrayList<>(names.subList(0, 8));
    String ends = names.size() <= 9 ? "" : " calls ... calls " + NodeNames.quote(names.get(0));
    return place.broken(
        next.node(),
        "functions cannot call themselves: "
            + String.join(" calls ", shown.stream().map(NodeNames::quote).toList())
            + ends);
  }

  private void begin(NameAttrList call, Map<NameAttrList, Open> chain, Deque<Open> open) {
    FilePlace inside =
        new FilePlace(
            place.what() + "in the function " + NodeNames.quote(call.getName()) + ": ",
            place.line());
    FlowFunction flow = flows.get(call.getName());
    if (flow != null) {
      begin(call, FunctionInstance.of(flow, inside), chain, open);
      return;
    }
    FunctionDef function = Objects.requireNonNull(functions.get(call.getName()));
    Bindings bindings = new Bindings(function.getSignature(), call.getAttrMap());
    FunctionInstance instance;
    try {
      instance = FunctionInstance.of(function, bindings, this, inside);
    } catch (RuleException e) {
      made.put(call, new Made(Optional.empty(), String.valueOf(e.getMessage())));
      return;
    }
    bytes += bindings.bytes();
    if (!instantiated.add(call.getName())) {
      bytes += function.getSerializedSize();
    }
    if (bytes > MOST_BYTES) {
      throw inside.broken("calls with other attributes make the file too large");
    }
    GraphDef unframed = withoutFrames(instance.graph(), inside).graph();
    begin(call, instance.withGraph(unframed), chain, open);
  }

  private void begin(
      NameAttrList call,
      FunctionInstance instance,
      Map<NameAttrList, Open> chain,
      Deque<Open> open) {
    Deque<Called> calls = new ArrayDeque<>();
    instance.nodes().forEach(node -> calls(node).forEach(c -> calls.add(new Called(node, c))));
    Open begun = new Open(call, instance, calls);
    chain.put(call, begun);
    open.push(begun);
  }

  /** Returns the functions that must be made before a node can be read. */
  private Stream<NameAttrList> calls(NodeDef node) {
    Stream<NameAttrList> calls = Stream.empty();
    if (functions.containsKey(node.getOp())) {
      calls = Stream.of(call(node.getOp(), node.getAttrMap()));
    } else if (OpSource.isKnown(node.getOp())) {
      calls =
          node.getAttrMap().entrySet().stream()
              .filter(attribute -> !attribute.getKey().startsWith("_"))
              .flatMap(attribute -> Reachable.functions(attribute.getValue()))
              .map(f -> call(f.getName(), f.getAttrMap()));
    }
    return calls.filter(c -> isFunction(c.getName()));
  }
}
