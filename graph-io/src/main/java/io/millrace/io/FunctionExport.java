package io.millrace.io;

import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.io.proto.AttrValue;
import io.millrace.io.proto.FunctionDef;
import io.millrace.io.proto.GraphDef;
import io.millrace.io.proto.NodeDef;
import io.millrace.io.proto.OpDef;
import io.millrace.op.Argument;
import io.millrace.op.NodeList;
import io.millrace.op.NodeNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes the functions that the nodes of a graph call, and those that these call. */
final class FunctionExport {
  /** Operations that decide what runs, which is no effect to wait for. */
  private static final Set<String> CONTROL_FLOW =
      Set.of(
          "Switch",
          "RefSwitch",
          "Merge",
          "RefMerge",
          "Enter",
          "RefEnter",
          "Exit",
          "RefExit",
          "NextIteration",
          "RefNextIteration",
          "LoopCond");

  private final FilePlace place;

  /** The functions of files whose nodes the engine does not have. */
  private final Functions foreign = new Functions();

  private final NodeList unsupported;
  private final Set<String> taken = new HashSet<>();
  private final Map<GraphFunction, String> names = new HashMap<>();

  /** The names of functions written so far by what they say, their names left out. */
  private final Map<FunctionDef, String> written = new HashMap<>();

  private final List<FunctionDef> functions = new ArrayList<>();
  private long bytes;

  /**
   * Begins with the functions that nodes of files call.
   *
   * @param unsupported gets the nodes of functions that TensorFlow does not have
   */
  FunctionExport(List<Operation> operations, NodeList unsupported, FilePlace place) {
    this.place = place;
    this.unsupported = unsupported;
    addForeign(operations, new HashSet<>());
    taken.addAll(foreign.names());
  }

  private void addForeign(List<Operation> operations, Set<GraphFunction> seen) {
    for (Operation operation : operations) {
      if (operation.op() instanceof FileOp file) {
        foreign.add(file.library(), place);
      }
      for (GraphFunction function : operation.op().functions()) {
        if (seen.add(function)) {
          addForeign(function.body().operations(), seen);
        }
      }
    }
  }

  /** Puts the functions into a file. */
  GraphDef.Builder addTo(GraphDef.Builder file) {
    foreign.addTo(file);
    if (!functions.isEmpty()) {
      file.getLibraryBuilder().addAllFunction(functions);
    }
    return file;
  }

  /** Returns the bytes of the functions written so far. */
  long bytes() {
    return bytes;
  }

  /**
   * Returns the name of a function, which is written now if it was not before.
   *
   * @throws GraphDefException if it writes to a variable around it
   */
  String name(GraphFunction function) {
    String known = names.get(function);
    if (known != null) {
      return known;
    }
    FunctionDef nameless = new Body(function).write();
    String name = written.get(nameless);
    if (name == null) {
      name = unique(function.name());
      written.put(nameless, name);
      FunctionDef.Builder named = nameless.toBuilder();
      named.getSignatureBuilder().setName(name);
      functions.add(named.build());
      bytes += nameless.getSerializedSize();
    }
    names.put(function, name);
    return name;
  }

  /** Returns a name that neither a function nor an operation of TensorFlow's has. */
  private String unique(String wished) {
    String plain = wished.replaceAll("[^A-Za-z0-9_]", "_");
    String name = plain.isEmpty() || Character.isDigit(plain.charAt(0)) ? "f_" + plain : plain;
    String candidate = name;
    for (int i = 1; OutputTable.of(candidate).isPresent() || !taken.add(candidate); i++) {
      candidate = name + "_" + i;
    }
    return candidate;
  }

  /** Returns where the outputs of an operation stand; nothing if TensorFlow does not have it. */
  private Optional<List<OutputTable.Range>> outputs(Operation operation, NodeDef node) {
    return operation.op() instanceof FileOp file
        ? new FileFunctions(GraphDef.newBuilder().setLibrary(file.library()).build(), place)
            .outputs(node)
        : OutputTable.of(node.getOp()).map(e -> OutputTable.ranges(e, node.getAttrMap()));
  }

  /** Writes one function. */
  private final class Body {
    private final GraphFunction function;
    private final FunctionDef.Builder written = FunctionDef.newBuilder();
    private final Map<Output, String> arguments = new HashMap<>();

    /** Where the outputs of each operation stand. */
    private final Map<Operation, Optional<List<OutputTable.Range>>> ranges = new HashMap<>();

    Body(GraphFunction function) {
      this.function = function;
    }

    FunctionDef write() {
      addArguments();
      addNodes();
      for (int i = 0; i < function.results().size(); i++) {
        Output result = function.results().get(i);
        String name = "output_" + i;
        written.getSignatureBuilder().addOutputArg(argument(name, result));
        written.putRet(name, text(result));
      }
      for (Operation target : function.targets()) {
        if (!CONTROL_FLOW.contains(target.type()) && References.hasEffects(target)) {
          written.getSignatureBuilder().setIsStateful(true).addControlOutput(target.name());
          written.putControlRet(target.name(), target.name());
        }
      }
      return written.build();
    }

    private static OpDef.ArgDef argument(String name, Output tensor) {
      return OpDef.ArgDef.newBuilder()
          .setName(name)
          .setType(ElementTypes.encode(tensor.dtype()))
          .build();
    }

    private void addArguments() {
      Set<String> others = new HashSet<>();
      for (Operation operation : function.body().operations()) {
        if (!(operation.op() instanceof Argument)) {
          others.add(operation.name());
        }
      }
      for (int i = 0; i < function.parameters().size(); i++) {
        Output parameter = function.parameters().get(i);
        requireRead(parameter, i);
        String wished =
            parameter
                .operation()
                .name()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9_]", "_")
                .replaceFirst("^[^a-z]+", "");
        String name = wished.isEmpty() ? "argument" : wished;
        String candidate = name;
        for (int k = 1; !others.add(candidate); k++) {
          candidate = name + "_" + k;
        }
        arguments.put(parameter, candidate);
        written.getSignatureBuilder().addInputArg(argument(candidate, parameter));
        if (parameter.shape().isRankKnown()) {
          AttrValue.Builder shapes = AttrValue.newBuilder();
          shapes.getListBuilder().addShape(ShapeCodec.encode(parameter.shape()));
          written.putArgAttr(
              i,
              FunctionDef.ArgAttrs.newBuilder()
                  .putAttr(FunctionInstance.SHAPES, shapes.build())
                  .build());
        }
      }
    }

    private void requireRead(Output parameter, int index) {
      Optional<Operation> taking = References.taking(function, parameter);
      if (taking.isPresent() && !parameter.isHandle()) {
        int captured = index - function.parameters().size() + function.captures().size();
        Operation variable =
            captured < 0 ? parameter.operation() : function.captures().get(captured).operation();
        throw place.broken(
            "the function "
                + NodeNames.quote(function.name())
                + " made at "
                + function.source()
                + " writes to the variable "
                + NodeNames.quote(variable.name())
                + " in "
                + taking.get()
                + " made at "
                + taking.get().source()
                + ", and TensorFlow's functions take only resource variables: let it return the new"
                + " value and assign that outside");
      }
    }

    private void addNodes() {
      List<Operation> operations = function.body().operations();
      Set<String> taken = NodeExport.names(operations);
      taken.addAll(arguments.values());
      NodeExport nodes =
          new NodeExport(FunctionExport.this::name, this::text, name -> name + ":output:0", taken);
      WriteOrder order = new WriteOrder(function.body());
      for (Operation operation : operations) {
        if (operation.op() instanceof Argument) {
          continue;
        }
        if (!operation.op().signature().isKnown() && !(operation.op() instanceof FileOp)) {
          unsupported.add(
              operation.type(),
              function.name() + "/" + operation.name(),
              "TensorFlow does not have this operation");
          ranges.put(operation, Optional.empty());
          continue;
        }
        List<NodeDef> own = nodes.nodes(operation, order.waits(operation));
        ranges.put(operation, outputs(operation, own.get(own.size() - 1)));
        written.addAllNodeDef(own);
      }
    }

    private String text(Output tensor) {
      String argument = arguments.get(tensor);
      if (argument != null) {
        return argument;
      }
      Operation operation = tensor.operation();
      Optional<List<OutputTable.Range>> known = ranges.get(operation);
      if (known == null) {
        // Only loops lead to operations that come later, and such are a file's.
        known = outputs(operation, ((FileOp) operation.op()).node());
      }
      for (OutputTable.Range range : known.orElse(List.of())) {
        int index = tensor.index() - range.first();
        if (index < range.count()) {
          return operation.name() + ":" + range.name() + ":" + index;
        }
      }
      return operation.name() + ":output:" + tensor.index();
    }
  }
}
