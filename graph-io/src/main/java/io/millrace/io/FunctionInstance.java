package io.millrace.io;

import io.millrace.io.flow.FlowFunction;
import io.millrace.io.proto.AttrValue;
import io.millrace.io.proto.FunctionDef;
import io.millrace.io.proto.GraphDef;
import io.millrace.io.proto.NodeDef;
import io.millrace.io.proto.OpDef;
import io.millrace.io.proto.TensorShapeProto;
import io.millrace.op.NodeNames;
import io.millrace.op.RuleException;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A function of a file with values for its attributes, as a graph: first a node for each argument,
 * then the function's own, last one that takes the results, all with inputs as graphs have them.
 *
 * @param place what messages about it begin and end with
 */
record FunctionInstance(
    String name, GraphDef graph, List<Parameter> parameters, List<DType> results, FilePlace place) {
  /** The attribute of an argument that tells its shape. */
  static final String SHAPES = "_output_shapes";

  /** No operation has this name. */
  private static final String RESULTS = "its results";

  /**
   * What a function takes.
   *
   * @param isReference whether it is a variable itself, which is no handle
   */
  record Parameter(TensorType type, boolean isReference) {}

  FunctionInstance {
    parameters = List.copyOf(parameters);
    results = List.copyOf(results);
  }

  /** Returns the function's own nodes. */
  List<NodeDef> nodes() {
    return graph.getNodeList().subList(parameters.size(), graph.getNodeCount() - 1);
  }

  /**
   * Returns a function with these values.
   *
   * @throws RuleException if it takes or returns what the engine does not have
   * @throws GraphDefException if it is malformed
   */
  static FunctionInstance of(
      FunctionDef function, Bindings bindings, FileFunctions functions, FilePlace place) {
    return new Making(function, bindings, functions, place).make();
  }

  /** Returns a function that was a part of a graph, whose types the engine has. */
  static FunctionInstance of(FlowFunction function, FilePlace place) {
    GraphDef.Builder graph = GraphDef.newBuilder();
    List<Parameter> parameters = new ArrayList<>();
    for (FlowFunction.Parameter parameter : function.parameters()) {
      graph.addNode(NodeDef.newBuilder().setName(parameter.name()).setOp("_Arg"));
      DType dtype = ElementTypes.decode(parameter.type());
      TensorType type = new TensorType(dtype, Shape.unknown());
      parameters.add(new Parameter(type, parameter.isReference()));
    }
    graph.addAllNode(function.nodes());
    graph.addNode(
        NodeDef.newBuilder().setName(RESULTS).setOp("_Retval").addAllInput(function.results()));
    List<DType> results = function.types().stream().map(ElementTypes::decode).toList();
    return new FunctionInstance(function.name(), graph.build(), parameters, results, place);
  }

  /** Returns this function with another graph, which has the same arguments and results. */
  FunctionInstance withGraph(GraphDef other) {
    return new FunctionInstance(name, other, parameters, results, place);
  }

  /** Collects the parts. */
  private static final class Making {
    private final FunctionDef function;
    private final OpDef signature;
    private final Bindings bindings;
    private final FileFunctions functions;
    private final FilePlace place;
    private final GraphDef.Builder graph = GraphDef.newBuilder();
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<DType> results = new ArrayList<>();

    /** The nodes of each argument. */
    private final Map<String, List<String>> arguments = new HashMap<>();

    private final Map<String, NodeDef> nodes = new HashMap<>();

    /** What the outputs are called of nodes of whose operation that is not known. */
    private final Map<String, String> called = new HashMap<>();

    Making(FunctionDef function, Bindings bindings, FileFunctions functions, FilePlace place) {
      this.function = function;
      signature = function.getSignature();
      this.bindings = bindings;
      this.functions = functions;
      this.place = place;
    }

    FunctionInstance make() {
      String name = signature.getName();
      try {
        for (int i = 0; i < signature.getInputArgCount(); i++) {
          addArgument(i);
        }
        for (OpDef.ArgDef result : signature.getOutputArgList()) {
          for (int type : types("result", result)) {
            results.add(dtype("result", result, type));
          }
        }
      } catch (RuleException e) {
        throw e.within("the function " + NodeNames.quote(name) + ": ");
      } catch (MalformedException e) {
        throw place.broken(String.valueOf(e.getMessage()));
      }
      for (NodeDef node : function.getNodeDefList()) {
        nodes.put(node.getName(), bound(node));
      }
      for (NodeDef node : function.getNodeDefList()) {
        addNode(Objects.requireNonNull(nodes.get(node.getName())));
      }
      addResults();
      return new FunctionInstance(name, graph.build(), parameters, results, place);
    }

    private List<Integer> types(String role, OpDef.ArgDef argument) {
      try {
        List<Integer> types = bindings.types(argument);
        functions.count(types.size());
        return types;
      } catch (MalformedException e) {
        throw new MalformedException(
            role + " " + NodeNames.quote(argument.getName()) + ": " + e.getMessage());
      }
    }

    private static DType dtype(String role, OpDef.ArgDef argument, int type) {
      String what = role + " " + NodeNames.quote(argument.getName()) + ": ";
      try {
        return ElementTypes.decode(type);
      } catch (RuleException e) {
        throw e.within(what);
      } catch (MalformedException e) {
        throw new MalformedException(what + e.getMessage());
      }
    }

    private void addArgument(int index) {
      OpDef.ArgDef argument = signature.getInputArg(index);
      List<Integer> types = types("argument", argument);
      List<TensorShapeProto> shapes =
          function
              .getArgAttrOrDefault(index, FunctionDef.ArgAttrs.getDefaultInstance())
              .getAttrOrDefault(SHAPES, AttrValue.getDefaultInstance())
              .getList()
              .getShapeList();
      List<String> own = new ArrayList<>();
      for (int i = 0; i < types.size(); i++) {
        String name = types.size() == 1 ? argument.getName() : argument.getName() + "_" + i;
        DType dtype = dtype("argument", argument, types.get(i));
        Shape shape =
            shapes.size() == types.size() ? ShapeCodec.decode(shapes.get(i)) : Shape.unknown();
        parameters.add(new Parameter(new TensorType(dtype, shape), false));
        graph.addNode(NodeDef.newBuilder().setName(name).setOp("_Arg"));
        own.add(name);
      }
      if (arguments.put(argument.getName(), own) != null) {
        throw new MalformedException(
            "two arguments are called " + NodeNames.quote(argument.getName()));
      }
    }

    private NodeDef bound(NodeDef node) {
      try {
        return bindings.bound(node);
      } catch (MalformedException e) {
        throw place.broken(node, String.valueOf(e.getMessage()));
      }
    }

    private void addNode(NodeDef node) {
      NodeDef.Builder added = node.toBuilder().clearInput();
      for (int i = 0; i < node.getInputCount(); i++) {
        String text = node.getInput(i);
        try {
          if (text.startsWith("^")) {
            controls(text.substring(1)).forEach(c -> added.addInput("^" + c));
          } else {
            added.addAllInput(resolved(text));
          }
        } catch (MalformedException e) {
          throw place.broken(
              node, "input " + i + " is " + NodeNames.quote(text) + ", but " + e.getMessage());
        }
      }
      graph.addNode(added);
    }

    private List<String> controls(String name) {
      List<String> argument = arguments.get(name);
      if (argument != null) {
        return argument;
      }
      requireNode(name);
      return List.of(name);
    }

    private NodeDef requireNode(String name) {
      NodeDef node = nodes.get(name);
      if (node == null) {
        throw new MalformedException(
            "the function has neither an argument nor a node " + NodeNames.quote(name));
      }
      return node;
    }

    private void addResults() {
      NodeDef.Builder taking = NodeDef.newBuilder().setName(RESULTS).setOp("_Retval");
      for (OpDef.ArgDef result : signature.getOutputArgList()) {
        String what = "its result " + NodeNames.quote(result.getName()) + " ";
        String text = function.getRetMap().get(result.getName());
        if (text == null) {
          throw place.broken(what + "is not among what it returns, 'ret'");
        }
        try {
          List<String> tensors = resolved(text);
          int count = bindings.types(result).size();
          if (tensors.size() != count) {
            throw new MalformedException(
                "is " + tensors.size() + " tensors, where " + count + " are returned");
          }
          taking.addAllInput(tensors);
        } catch (MalformedException e) {
          throw place.broken(what + "is " + NodeNames.quote(text) + ", but " + e.getMessage());
        }
      }
      for (String control : function.getControlRetMap().values()) {
        if (!nodes.containsKey(control)) {
          throw place.broken(
              "it runs " + NodeNames.quote(control) + ", 'control_ret', but has no such node");
        }
      }
      graph.addNode(taking);
    }

    /** Returns the tensors that a text means, as inputs of a graph's nodes. */
    private List<String> resolved(String text) {
      String[] parts = text.split(":", -1);
      List<String> argument = arguments.get(parts[0]);
      if (argument != null && parts.length <= 2) {
        return parts.length == 1
            ? all(argument)
            : List.of(argument.get(index(parts[1], argument.size(), parts[0])));
      }
      NodeDef node = requireNode(parts[0]);
      if (parts.length == 1 || parts.length > 3) {
        throw new MalformedException("an output of a node is 'node:name:index'");
      }
      Optional<List<OutputTable.Range>> ranges = functions.outputs(node);
      if (ranges.isEmpty()) {
        String other = called.putIfAbsent(parts[0], parts[1]);
        if (other != null && !other.equals(parts[1])) {
          throw new MalformedException(
              "TensorFlow does not tell which outputs of "
                  + NodeNames.quote(node.getOp())
                  + " are "
                  + NodeNames.quote(other)
                  + " and "
                  + NodeNames.quote(parts[1]));
        }
        int index = parts.length == 2 ? 0 : index(parts[2], OutputTable.MOST, parts[1]);
        return List.of(parts[0] + ":" + index);
      }
      for (OutputTable.Range range : ranges.get()) {
        if (range.name().equals(parts[1])) {
          if (parts.length == 3) {
            int index = index(parts[2], range.count(), parts[1]);
            return List.of(parts[0] + ":" + (range.first() + index));
          }
          return all(
              IntStream.range(range.first(), range.first() + range.count())
                  .mapToObj(i -> parts[0] + ":" + i)
                  .toList());
        }
      }
      throw new MalformedException(
          "%s has no output %s, but %s"
              .formatted(
                  NodeNames.node(node.getOp(), node.getName()),
                  NodeNames.quote(parts[1]),
                  ranges.get().isEmpty()
                      ? "none"
                      : NodeNames.some(
                          ranges.get().stream().map(OutputTable.Range::name).toList(), 8)));
    }

    /** Returns all the tensors of a list, which a file can name in few bytes. */
    private List<String> all(List<String> tensors) {
      functions.count(tensors.size() - 1);
      return tensors;
    }

    private static int index(String digits, int count, String of) {
      int index = digits.matches("[0-9]{1,9}") ? Integer.parseInt(digits) : -1;
      if (index < 0 || index >= count) {
        throw new MalformedException(
            "%s is %s, counted from 0"
                .formatted(NodeNames.quote(of), count == 1 ? "1 tensor" : count + " tensors"));
      }
      return index;
    }
  }
}
