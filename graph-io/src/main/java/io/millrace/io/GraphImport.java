package io.millrace.io;

import io.millrace.FunctionBody;
import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.GraphFunction;
import io.millrace.GraphKeys;
import io.millrace.MillraceException;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.io.flow.Flow;
import io.millrace.io.proto.GraphDef;
import io.millrace.op.Messages;
import io.millrace.op.NodeNames;
import io.millrace.op.Op;
import io.millrace.op.RuleException;
import io.millrace.ops.Variable;
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * A graph from a file, or the body of a function, checked as far as that goes without tensors, to
 * be added to graphs.
 */
final class GraphImport {
  private final FilePlace place;
  private final List<FileNode> nodes;

  /** What each node says, or why the engine does not have that. */
  private final List<Source> sources;

  private final FileFunctions functions;
  private final Optional<FunctionInstance> body;

  /** The types in which each node's outputs are wanted, by those who use them. */
  private final List<List<Optional<DType>>> used;

  private final int[] order;

  /** An operation of the engine's, or the reason why there is none. */
  private record Source(Optional<OpSource> op, String reason) {}

  private GraphImport(
      GraphDef graph, FileFunctions functions, Optional<FunctionInstance> body, FilePlace place) {
    this.place = place;
    this.functions = functions;
    this.body = body;
    nodes = FileNode.of(graph, place);
    sources = sources();
    used = used();
    order = NodeOrder.of(nodes);
  }

  /**
   * Returns what a file holds.
   *
   * @param outputs names of the operations and tensors wanted; empty for all
   * @throws GraphDefException if the file is malformed, or has nothing of such a name
   */
  static GraphImport of(GraphDef file, Optional<Collection<String>> outputs, FilePlace place) {
    GraphDef graph = OldFiles.modern(file);
    GraphDef needed =
        outputs.isEmpty()
            ? graph
            : FilePruner.pruned(graph, FileNode.of(graph, place), outputs.get(), place);
    FileFunctions functions = new FileFunctions(needed, place);
    Flow flow = functions.withoutFrames(needed, place);
    for (String output : outputs.orElse(List.of())) {
      String name = output.replaceFirst(":[^:]*$", "");
      if (flow.inside().containsKey(name)) {
        throw place.broken(
            NodeNames.quote(name)
                + " is in the loop "
                + NodeNames.quote(flow.inside().get(name))
                + ", and computed anew in each turn: ask for what leaves the loop by an Exit");
      }
    }
    return new GraphImport(flow.graph(), functions, Optional.empty(), place);
  }

  /**
   * Returns a function of a file.
   *
   * @param functions those of the file, of which all are made that this one calls
   * @throws GraphDefException if it is malformed
   * @throws GraphException if a node breaks a rule of its operation
   */
  static GraphFunction function(FunctionInstance instance, FileFunctions functions) {
    FilePlace place = instance.place();
    try {
      return new GraphImport(instance.graph(), functions, Optional.of(instance), place).function();
    } catch (MalformedException e) {
      throw place.broken(String.valueOf(e.getMessage()));
    }
  }

  private GraphFunction function() {
    FunctionInstance instance = body.orElseThrow();
    FunctionBody function = FunctionBody.alone(instance.name(), place.line());
    Operation[] added =
        addNodes(
            function.graph(),
            "",
            number -> {
              FunctionInstance.Parameter parameter = instance.parameters().get(number);
              String name = nodes.get(number).name();
              return parameter.isReference()
                  ? function.reference(name, parameter.type()).operation()
                  : function.parameter(name, parameter.type()).operation();
            });
    FileNode taking = nodes.get(nodes.size() - 1);
    List<Output> results = new ArrayList<>();
    for (int i = 0; i < taking.inputs().size(); i++) {
      FileNode.Input input = taking.inputs().get(i);
      Output result = output(taking, i, added[input.node()], input.output());
      DType wanted = instance.results().get(i);
      if (result.knownType().filter(t -> t.dtype() == wanted).isEmpty()) {
        throw place.broken("it returns " + result + " as " + wanted + ", its result " + i);
      }
      results.add(result);
    }
    return function.finish(results, List.of());
  }

  /** Returns whether a node is an argument of a function, or takes its results. */
  private boolean isBoundary(int number) {
    return body.filter(b -> number < b.parameters().size() || number == nodes.size() - 1)
        .isPresent();
  }

  private List<Source> sources() {
    List<Source> found = new ArrayList<>();
    for (FileNode node : nodes) {
      if (isBoundary(found.size())) {
        found.add(new Source(Optional.empty(), ""));
        continue;
      }
      try {
        if (node.inputs().stream().anyMatch(FileNode.Input::back)) {
          throw RuleException.unsupported(
              "it begins a loop that carries what Millrace does not have");
        }
        found.add(new Source(Optional.of(OpSource.of(node, functions)), ""));
      } catch (RuleException e) {
        if (!e.isUnsupported()) {
          throw place.broken(node + " " + e.getMessage());
        }
        found.add(new Source(Optional.empty(), String.valueOf(e.getMessage())));
      } catch (MalformedException e) {
        throw place.broken(node + " " + e.getMessage());
      }
    }
    return found;
  }

  private List<List<Optional<DType>>> used() {
    List<List<Optional<DType>>> found = new ArrayList<>();
    nodes.forEach(n -> found.add(new ArrayList<>()));
    for (int number = 0; number < nodes.size(); number++) {
      Optional<List<DType>> types =
          isBoundary(number)
              ? body.map(FunctionInstance::results)
              : sources.get(number).op().flatMap(OpSource::types);
      for (int i = 0; i < nodes.get(number).inputs().size(); i++) {
        FileNode.Input input = nodes.get(number).inputs().get(i);
        List<Optional<DType>> wanted = found.get(input.node());
        count(input.node(), input.output() - wanted.size());
        while (wanted.size() <= input.output()) {
          wanted.add(Optional.empty());
        }
        if (types.isPresent() && wanted.get(input.output()).isEmpty()) {
          wanted.set(input.output(), Optional.of(types.get().get(i)));
        }
      }
    }
    return found;
  }

  /** Counts the outputs of a node beyond the first. */
  private void count(int number, int more) {
    try {
      functions.count(more);
    } catch (MalformedException e) {
      throw place.broken(nodes.get(number) + " " + e.getMessage());
    }
  }

  /**
   * Adds the nodes to a graph.
   *
   * @param scope what their names get in front: the open name scope, or an empty text
   */
  void addTo(Graph graph, String scope) {
    requireFree(graph, scope);
    addVariables(
        graph,
        addNodes(
            graph,
            scope,
            number -> {
              throw new IllegalStateException(nodes.get(number) + " is no argument");
            }));
  }

  /**
   * Adds the nodes to a graph.
   *
   * @param arguments adds an argument of a function, by its number
   */
  private Operation[] addNodes(Graph graph, String scope, IntFunction<Operation> arguments) {
    Operation[] added = new Operation[nodes.size()];
    int last = body.isPresent() ? nodes.size() - 1 : nodes.size();
    try (Graph.Scope ignored = graph.at(place.line())) {
      for (int number : order) {
        if (number == last) {
          continue;
        }
        try {
          added[number] =
              isBoundary(number) ? arguments.apply(number) : add(graph, scope, number, added);
        } catch (GraphException e) {
          throw refused(nodes.get(number), String.valueOf(e.getMessage()));
        }
        count(number, added[number].outputs().size() - 1);
      }
    }
    return added;
  }

  /** Puts the variables into the graph's collections, which files do not hold. */
  private void addVariables(Graph graph, Operation[] added) {
    Initializers file = new Initializers(nodes);
    for (int number : file.variables()) {
      if (added[number].op() instanceof FileOp) {
        continue;
      }
      Output reference = added[number].output(0);
      Optional<Output> read =
          file.read(number)
              .filter(r -> !(added[r].op() instanceof FileOp))
              .map(r -> added[r].output(0))
              .filter(r -> !r.isHandle())
              .or(() -> Optional.of(reference).filter(r -> !r.isHandle()));
      DType dtype = reference.type().target().dtype();
      boolean trained = dtype.isFloating() && file.isTrainable(number);
      Variable variable =
          new Variable(reference, file.of(number).map(a -> added[a]), read, trained);
      graph.addToCollection(GraphKeys.GLOBAL_VARIABLES, variable);
      if (trained) {
        graph.addToCollection(GraphKeys.TRAINABLE_VARIABLES, variable);
      }
    }
  }

  private void requireFree(Graph graph, String scope) {
    if (graph.size() == 0) {
      return;
    }
    Set<String> taken = new HashSet<>();
    graph.operations().forEach(o -> taken.add(o.name()));
    for (FileNode node : nodes) {
      if (taken.contains(scope + node.name())) {
        throw place.broken(
            node
                + " the graph has an operation "
                + NodeNames.quote(scope + node.name())
                + " already");
      }
    }
  }

  private Operation add(Graph graph, String scope, int number, Operation[] added) {
    FileNode node = nodes.get(number);
    List<Output> inputs = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      FileNode.Input input = node.inputs().get(i);
      if (!input.back()) {
        inputs.add(output(node, i, added[input.node()], input.output()));
      }
    }
    List<Operation> controls = node.controls().stream().map(c -> added[c]).toList();
    Op op = op(scope, number, inputs);
    Operation operation = add(graph, node.device(), op, scope + node.name(), inputs, controls);
    if (!(op instanceof FileOp)) {
      requireOutputs(number, operation);
    }
    return operation;
  }

  /** Returns what is thrown for a node that the graph refuses: it names the file and the node. */
  private MillraceException refused(FileNode node, String message) {
    return message.startsWith("[")
        ? new GraphException(place.what() + message)
        : place.broken(node + " " + message.replace(place.toString(), ""));
  }

  private void requireOutputs(int number, Operation operation) {
    OpSource source = sources.get(number).op().orElseThrow();
    try {
      operation
          .op()
          .signature()
          .requireOutputs(
              source.attributes(), operation.outputs().stream().map(Output::type).toList());
    } catch (RuleException e) {
      throw broken(nodes.get(number), operation.inputs(), e);
    }
  }

  private GraphDefException broken(FileNode node, List<Output> inputs, RuleException e) {
    String consumed = Messages.inputs(inputs.stream().map(Output::toString).toList());
    return place.broken(node + " " + consumed + (inputs.isEmpty() ? "" : ": ") + e.getMessage());
  }

  private Op op(String scope, int number, List<Output> inputs) {
    Source source = sources.get(number);
    if (source.op().isEmpty()) {
      return foreign(scope, number, source.reason());
    }
    for (Output input : inputs) {
      if (input.knownType().isEmpty()) {
        return foreign(
            scope, number, "the element type of its input " + input + " is not supported");
      }
    }
    List<TensorType> types = inputs.stream().map(Output::type).toList();
    try {
      Op op = source.op().get().op(types.stream().map(TensorType::dtype).toList());
      op.signature().require(types);
      return op;
    } catch (RuleException e) {
      if (e.isUnsupported()) {
        return foreign(scope, number, String.valueOf(e.getMessage()));
      }
      throw broken(nodes.get(number), inputs, e);
    }
  }

  private FileOp foreign(String scope, int number, String reason) {
    FileNode node = nodes.get(number);
    Map<Integer, String> back = new LinkedHashMap<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      FileNode.Input input = node.inputs().get(i);
      if (input.back()) {
        String name = scope + nodes.get(input.node()).name();
        back.put(i, input.output() == 0 ? name : name + ":" + input.output());
      }
    }
    try {
      return new FileOp(
          FileOp.under(scope, node.proto()),
          reason,
          ResultTypes.of(node, used.get(number)),
          back,
          functions.library(node));
    } catch (MalformedException e) {
      throw place.broken(node + " " + e.getMessage());
    }
  }

  private Output output(FileNode node, int input, Operation source, int index) {
    int outputs = source.outputs().size();
    if (index >= outputs) {
      throw place.broken(
          node
              + " input "
              + input
              + " is output "
              + index
              + " of "
              + NodeNames.node(source.type(), source.name())
              + ", which has "
              + (outputs == 1 ? "1 output" : outputs + " outputs")
              + ", counted from 0");
    }
    return source.output(index);
  }

  private static Operation add(
      Graph graph,
      String device,
      Op op,
      String name,
      List<Output> inputs,
      List<Operation> controls) {
    if (device.isEmpty()) {
      return graph.add(op, name + "/", inputs, controls);
    }
    try (Graph.Scope ignored = graph.device(device)) {
      return graph.add(op, name + "/", inputs, controls);
    }
  }
}
