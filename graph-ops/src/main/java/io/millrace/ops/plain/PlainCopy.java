package io.millrace.ops.plain;

import io.millrace.FunctionBody;
import io.millrace.Graph;
import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.op.Argument;
import io.millrace.op.Op;
import io.millrace.ops.Ops;
import io.millrace.ops.flow.LoopOps;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Says the operations of one graph in another. */
final class PlainCopy {
  private final Graph target;
  private final Ops tf;
  private final Map<Output, Output> copies = new HashMap<>();
  private final Map<Operation, Operation> operations = new HashMap<>();

  /** The lists whose elements, stacked, are what traces of loops are. */
  private final Map<Output, Output> lists = new HashMap<>();

  /** What is taken of traces in the graph that is copied, and numbers of turns. */
  private final Set<Output> taken = new HashSet<>();

  /** Functions that were made already, however often and from wherever they are called. */
  private final Map<Wanted, GraphFunction> functions;

  /**
   * A function that is called.
   *
   * @param more what it returns besides
   */
  private record Wanted(GraphFunction function, List<Output> more) {}

  PlainCopy(Graph target) {
    this(target, new HashMap<>());
  }

  private PlainCopy(Graph target, Map<Wanted, GraphFunction> functions) {
    this.target = target;
    this.functions = functions;
    tf = Ops.of(target);
  }

  /** Returns a copy for the body of a function that is called here. */
  PlainCopy inside(FunctionBody made) {
    return new PlainCopy(made.graph(), functions);
  }

  /**
   * Copies all operations of a graph whose arguments were set.
   *
   * @param wanted tensors that are asked for then
   */
  void copy(Graph source, Collection<Output> wanted) {
    wanted.stream().filter(Output::isTrace).forEach(taken::add);
    for (Operation operation : source.operations()) {
      operation.inputs().stream().filter(Output::isTrace).forEach(taken::add);
    }
    for (Operation operation : source.operations()) {
      if (!(operation.op() instanceof Argument)) {
        try (Graph.Scope line = target.at(operation.source());
            Graph.Scope device = target.device(operation.device())) {
          copy(operation);
        }
      }
    }
  }

  private void copy(Operation operation) {
    Map<Output, Output> traces = new LinkedHashMap<>(operation.traces());
    traces.values().retainAll(taken);
    if (operation.op() instanceof LoopOps.Scan scan) {
      CountedLoop.copy(this, operation, scan, traces);
    } else if (operation.op() instanceof LoopOps.While loop
        && (!traces.isEmpty() || taken.contains(operation.turns()))) {
      PlainLoop.copy(this, operation, loop, traces);
    } else {
      List<Output> inside = List.copyOf(traces.keySet());
      Operation copy = add(operation, calling(operation.op(), inside), inputs(operation));
      operation.outputs().forEach(o -> set(o, copy.output(o.index())));
      for (int i = 0; i < inside.size(); i++) {
        Output trace = Objects.requireNonNull(traces.get(inside.get(i)));
        set(trace, copy.output(operation.outputs().size() + i));
      }
    }
  }

  /** Adds an operation in the place of another. */
  Operation add(Operation operation, Op op, List<Output> inputs) {
    Operation copy = target.add(op, operation.name() + "/", inputs, controls(operation));
    operations.put(operation, copy);
    return copy;
  }

  /** Returns what the copy of an operation has to run after. */
  List<Operation> controls(Operation operation) {
    return operation.controlInputs().stream()
        .map(c -> Objects.requireNonNull(operations.get(c)))
        .toList();
  }

  /** Returns an operation that calls plain functions, which return these tensors too. */
  private Op calling(Op op, List<Output> more) {
    List<GraphFunction> called = new ArrayList<>();
    for (GraphFunction function : op.functions()) {
      Wanted wanted = new Wanted(function, more);
      GraphFunction known = functions.get(wanted);
      if (known == null) {
        known = function(function, more);
        functions.put(wanted, known);
      }
      called.add(known);
    }
    return called.equals(op.functions()) ? op : op.calling(called);
  }

  /**
   * Returns a function that returns more tensors: those of other functions, which are not run then,
   * as anything of their type.
   */
  private GraphFunction function(GraphFunction function, List<Output> more) {
    if (more.isEmpty() && PlainGraph.isPlain(function, new HashSet<>())) {
      return function;
    }
    FunctionBody made = FunctionBody.alone(function.name(), function.source());
    PlainCopy copy = inside(made);
    copy.takeArguments(made, function);
    List<Output> own = more.stream().filter(o -> o.graph() == function.body()).toList();
    copy.copyBody(function, own);
    List<Output> results = copy.results(function);
    for (Output output : more) {
      results.add(own.contains(output) ? copy.of(output) : copy.anything(output.type()));
    }
    return made.finish(results, List.of());
  }

  /** Makes arguments like those of a function. */
  void takeArguments(FunctionBody made, GraphFunction function) {
    for (Output parameter : function.parameters()) {
      String name = parameter.operation().name();
      boolean isVariable = parameter.isReference() && !parameter.isHandle();
      Output argument =
          isVariable
              ? made.reference(name, parameter.type())
              : made.parameter(name, parameter.type());
      set(parameter, argument);
    }
  }

  /** Copies the body of a function whose arguments are set. */
  void copyBody(GraphFunction function, Collection<Output> more) {
    List<Output> wanted = new ArrayList<>(function.results());
    wanted.addAll(more);
    copy(function.body(), wanted);
  }

  /** Returns what a function whose body was copied returns. */
  List<Output> results(GraphFunction function) {
    List<Output> results = new ArrayList<>();
    function.results().forEach(r -> results.add(of(r)));
    return results;
  }

  /** Returns some tensor of a type, as small as it may be. */
  private Output anything(TensorType type) {
    if (type.isList()) {
      return Lists.empty(tf, type.target().dtype(), Shape.unknown());
    }
    long[] dims = type.shape().isRankKnown() ? type.shape().dims() : new long[0];
    return tf.zeros(type.dtype(), Shape.of(Arrays.stream(dims).map(d -> Math.max(d, 0)).toArray()));
  }

  /** Makes a tensor of this graph what another one is here. */
  void set(Output output, Output copy) {
    copies.put(output, copy);
  }

  /** Makes a trace the elements of a list, stacked. */
  void setList(Output trace, Output list) {
    lists.put(trace, list);
  }

  /** Returns the list whose elements, stacked, a tensor is. */
  @Nullable Output list(Output output) {
    return lists.get(output);
  }

  /** Returns what a tensor is here. */
  Output of(Output output) {
    return copies.computeIfAbsent(
        output,
        o -> Lists.stack(tf, Objects.requireNonNull(lists.get(o), o.name()), row(o.type())));
  }

  List<Output> inputs(Operation operation) {
    return operation.inputs().stream().map(this::of).toList();
  }

  private static TensorType row(TensorType stack) {
    Shape shape = stack.shape();
    return stack.withShape(shape.isRankKnown() ? shape.slice(1, shape.rank()) : shape);
  }

  Ops tf() {
    return tf;
  }

  /** Adds operations that belong to another under its name. */
  <T> T within(Operation operation, Supplier<T> adds) {
    try (Graph.Scope scope = target.nameScope(operation.name() + "/")) {
      return adds.get();
    }
  }

  void within(Operation operation, Runnable adds) {
    within(
        operation,
        () -> {
          adds.run();
          return operation;
        });
  }
}
