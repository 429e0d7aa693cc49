package io.millrace;

import io.millrace.op.Argument;
import io.millrace.op.Arguments;
import io.millrace.op.OpFamilies;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.SourceLine;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A function while it is built: a graph of its own, with arguments.
 *
 * <p>What its operations take from the graphs around it becomes further arguments, captures: a call
 * passes them. They are added to when several functions have to take the same, as the branches of a
 * condition do. Belongs to one thread.
 */
public final class FunctionBody {
  private final String name;
  private final Optional<Graph> outer;
  private final SourceLine source;
  private final Graph graph;
  private final List<Output> parameters = new ArrayList<>();

  /** The arguments that stand for tensors of the graph around this. */
  private final Map<Output, Output> captures = new LinkedHashMap<>();

  /** The arguments that stand for a row of a tensor of the graph around this. */
  private final Map<Output, Output> rows = new LinkedHashMap<>();

  private final Set<Operation> before = new LinkedHashSet<>();

  /** What constants around this are here: said again, they are no arguments. */
  private final Map<Output, Output> copies = new HashMap<>();

  /** Another body whose tensors this may use, and what stands for them around this. */
  private Optional<Graph> seen = Optional.empty();

  private Function<Output, Output> stand = o -> o;

  private FunctionBody(String name, Optional<Graph> outer, SourceLine source) {
    this.name = Arguments.require(name, "name");
    this.outer = outer;
    this.source = source;
    graph = new Graph(this);
  }

  /** Begins a function inside a graph, or inside the function that the thread is building there. */
  public static FunctionBody in(Graph graph, String name) {
    Graph outer = Arguments.require(graph, "graph").current();
    return new FunctionBody(name, Optional.of(outer), OpFamilies.caller());
  }

  /** Begins a function that stands alone. */
  public static FunctionBody alone(String name) {
    return alone(name, OpFamilies.caller());
  }

  /**
   * Begins a function that stands alone and counts as begun at this line, as one of a file does.
   */
  public static FunctionBody alone(String name, SourceLine source) {
    return new FunctionBody(name, Optional.empty(), Arguments.require(source, "source"));
  }

  /**
   * Lets the body use tensors of another one, as a gradient does those of what it is the gradient
   * of.
   *
   * @param body the other body's graph
   * @param stand gives what stands for one of its tensors, here or in the graph around this
   */
  public FunctionBody seeing(Graph body, Function<Output, Output> stand) {
    seen = Optional.of(body);
    this.stand = stand;
    return this;
  }

  /** Returns the graph around this, if there is one. */
  Optional<Graph> outer() {
    return outer;
  }

  /** Returns the body's graph. */
  public Graph graph() {
    return graph;
  }

  /**
   * Adds an argument.
   *
   * @param name the wished name of its node
   * @param type what is known of it; calls are checked against that
   */
  public Output parameter(String name, TensorType type) {
    Arguments.require(type, "type");
    return parameter(name, new Argument(type, type.dtype() == DType.RESOURCE));
  }

  /**
   * Adds an argument that is a variable itself, which the body may write to.
   *
   * @param name the wished name of its node
   * @param type what is known of what the variable holds
   */
  public Output reference(String name, TensorType type) {
    return parameter(name, new Argument(Arguments.require(type, "type"), true));
  }

  private Output parameter(String name, Argument argument) {
    Output parameter = graph.addFirst(argument, name).output(0);
    parameters.add(parameter);
    return parameter;
  }

  /** Lets this thread build the body: what it adds to the graph around is added here. */
  public <T> T build(Supplier<T> body) {
    try (Graph.Scope own = graph.building(graph);
        Graph.Scope other = seen.orElse(graph).building(graph)) {
      return body.get();
    }
  }

  /** Returns what stands here for a tensor of a graph around this; nothing for others. */
  Optional<Output> capture(Output tensor) {
    if (!reaches(tensor.graph())) {
      return Optional.empty();
    }
    boolean isSeen = seen.filter(g -> g == tensor.graph()).isPresent();
    return Optional.of(isConstant(tensor) ? copy(tensor) : argument(tensor, isSeen));
  }

  /**
   * Returns the argument that stands for a tensor around this, of which only this much is known
   * here.
   */
  public Output take(Output tensor, TensorType type) {
    Output around = outer.orElseThrow().local(tensor).orElseThrow();
    return captures.computeIfAbsent(
        around, a -> graph.addFirst(new Argument(type, a.isReference()), "taken").output(0));
  }

  /** Returns the argument that stands for one row of a tensor around this, for one each turn. */
  public Output row(Output stack) {
    Output around = outer.orElseThrow().local(stack).orElseThrow();
    Output known = rows.get(around);
    if (known == null) {
      Shape shape = around.shape();
      Shape row = shape.isRankKnown() ? shape.slice(1, shape.rank()) : shape;
      Argument argument = new Argument(around.type().withShape(row), false);
      known = graph.addFirst(argument, "row").output(0);
      rows.put(around, known);
    }
    return known;
  }

  /** Returns the tensors around this of which it takes a row, in the order of its arguments. */
  public List<Output> rows() {
    return List.copyOf(rows.keySet());
  }

  /** Returns whether the body may use tensors of a graph. */
  boolean reaches(Graph other) {
    return seen.filter(g -> g == other).isPresent()
        || outer.filter(o -> o.reaches(other)).isPresent();
  }

  private static boolean isConstant(Output tensor) {
    Operation operation = tensor.operation();
    return operation.inputs().isEmpty()
        && operation.controlInputs().isEmpty()
        && !operation.op().isStateful()
        && !tensor.isTrace();
  }

  private Output copy(Output constant) {
    Output known = copies.get(constant);
    if (known == null) {
      Operation operation = constant.operation();
      known = graph.addFirst(operation.op(), operation.name()).output(constant.index());
      copies.put(constant, known);
    }
    return known;
  }

  private Output argument(Output tensor, boolean isSeen) {
    Output stands = isSeen ? stand.apply(tensor) : tensor;
    if (stands.graph() == graph) {
      return stands;
    }
    Output around = outer.orElseThrow().local(stands).orElseThrow();
    Output known = captures.get(around);
    if (known == null) {
      Argument argument = new Argument(around.type(), around.isReference());
      String name = around.operation().name().replace('/', '_');
      known = graph.addFirst(argument, name).output(0);
      captures.put(around, known);
    }
    return known;
  }

  /** Returns what a tensor of the body holds, if it is an argument whose value is known outside. */
  Optional<Literal> staticValue(Output output) {
    return output.operation().op() instanceof Argument
        ? captures.entrySet().stream()
            .filter(c -> c.getValue().equals(output))
            .findFirst()
            .flatMap(c -> c.getKey().graph().staticValue(c.getKey()))
        : Optional.empty();
  }

  /** Returns whether an operation is around this; then every call has to run after it. */
  boolean follows(Operation operation) {
    if (outer.isEmpty()) {
      return false;
    }
    if (operation.graph() == outer.get()) {
      before.add(operation);
      return true;
    }
    return outer.get().follows(operation);
  }

  /** Returns the tensors around this that the body takes so far. */
  public List<Output> captures() {
    return List.copyOf(captures.keySet());
  }

  /** Returns the tensors around this that it has to take to return these. */
  public List<Output> captures(List<Output> results) {
    results.forEach(graph::local);
    return captures();
  }

  /**
   * Ends the function.
   *
   * @param results what it returns, of its own graph or those around
   * @param taken the tensors around it that it takes, in the order of its arguments for them; those
   *     that it does not use are arguments all the same
   */
  public GraphFunction finish(List<? extends Operand> results, List<Output> taken) {
    List<Output> returned = new ArrayList<>();
    for (Operand result : Arguments.requireAll(results, "results")) {
      returned.add(
          graph
              .local(result.asOutput())
              .orElseThrow(
                  () ->
                      new GraphException(
                          "%s returns %s, which belongs to another graph\n  at %s"
                              .formatted(this, result.asOutput(), OpFamilies.caller()))));
    }
    List<Output> arguments = new ArrayList<>(parameters);
    arguments.addAll(rows.values());
    for (Output tensor : taken) {
      arguments.add(argument(tensor, false));
    }
    if (arguments.size() != parameters.size() + rows.size() + captures.size()) {
      throw new IllegalArgumentException(this + " takes more than " + taken);
    }
    return new GraphFunction(name, graph, arguments, returned, taken, before, source);
  }

  /** Returns what people call it. */
  @Override
  public String toString() {
    return "the function '" + name + "' made at " + source;
  }
}
