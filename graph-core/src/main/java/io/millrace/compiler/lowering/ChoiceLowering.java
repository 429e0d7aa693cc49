package io.millrace.compiler.lowering;

import io.millrace.GraphException;
import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.UnsupportedException;
import io.millrace.ir.Control;
import io.millrace.ir.Origin;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.op.Lowering;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Lowers a choice between functions to one instruction: each becomes a program of its own. They
 * take and give the same; if they cannot, the run has to ask which one is chosen.
 */
final class ChoiceLowering {
  private final Lowerer outer;
  private final Frame frame;
  private final Operation operation;
  private final List<GraphFunction> functions;
  private final int first;

  /** Says what stands around the choice. */
  private final Lowering around;

  private final Origin origin;
  private final List<Value> fed = new ArrayList<>();

  /** What the branches find, with its value before. */
  private final Map<Resource, Value> firsts = new LinkedHashMap<>();

  private final List<Branch> branches = new ArrayList<>();

  /** Each trace that is used, with the branch and the tensor in it. */
  private final Map<Output, Traced> traces = new LinkedHashMap<>();

  private record Branch(Lowerer lowerer, Frame body, Lowering says, GraphFunction function) {}

  private record Traced(Branch branch, Output inside) {}

  ChoiceLowering(
      Lowerer outer,
      Frame frame,
      Operation operation,
      List<GraphFunction> functions,
      int first,
      Lowering around) {
    this.outer = outer;
    this.frame = frame;
    this.operation = operation;
    this.functions = functions;
    this.first = first;
    this.around = around;
    origin = frame.path().origin(operation);
  }

  void lower(Value index) {
    for (int i = first; i < operation.inputs().size(); i++) {
      if (!isBound(i - first)) {
        fed.add(around.input(i));
      }
    }
    try {
      functions.forEach(this::add);
    } catch (GraphException | UnsupportedException e) {
      throw new NotFixedException(String.valueOf(e.getMessage()));
    }
    List<List<Value>> fetches = made(branches.stream().map(this::fetches).toList());
    List<TensorType> given = types(fetches.get(0));
    for (List<Value> others : fetches) {
      if (!given.equals(types(others))) {
        throw new NotFixedException("the branches give " + given + " and " + types(others));
      }
    }
    branches.forEach(b -> b.lowerer().requireDevice(frame.device(operation)));
    branches.forEach(this::requireState);
    addState();
    List<Program> programs = new ArrayList<>();
    for (int i = 0; i < branches.size(); i++) {
      List<Value> made = fetches.get(i).stream().filter(Value::isMade).toList();
      programs.add(branches.get(i).lowerer().build(made));
    }
    List<Resource> unchanged = Unchanged.in(programs, firsts.keySet());
    unchanged.forEach(r -> fed.add(Objects.requireNonNull(firsts.remove(r))));
    emit(index, programs.stream().map(p -> Unchanged.fed(p, unchanged)).toList(), fetches.get(0));
  }

  private static List<TensorType> types(List<Value> values) {
    return values.stream().map(Value::type).toList();
  }

  /** Gives lists without elements those that they have in another branch, as zeros. */
  private List<List<Value>> made(List<List<Value>> fetches) {
    List<List<Value>> all = new ArrayList<>();
    for (int i = 0; i < branches.size(); i++) {
      List<Value> own = new ArrayList<>();
      for (int j = 0; j < fetches.get(i).size(); j++) {
        int position = j;
        Value value = fetches.get(i).get(j);
        Optional<Value> other =
            fetches.stream().map(f -> f.get(position)).filter(Value::isMade).findFirst();
        own.add(
            value.isMade() || other.isEmpty()
                ? value
                : Lists.zeros(branches.get(i).says(), Lists.made(value, other.get().type())));
      }
      all.add(own);
    }
    return all;
  }

  private void add(GraphFunction function) {
    Lowerer inner = new Lowerer(outer);
    Map<Output, Place> arguments = CallLowering.arguments(frame, operation, function, first);
    Frame body = new Frame(inner, frame, operation, function, Origin.Site.NO_TURN, arguments);
    Lowering says = new NodeLowering(inner, body, operation, List.of(), (v, i) -> {});
    Branch branch = new Branch(inner, body, says, function);
    branches.add(branch);
    for (int i = 0; i < function.parameters().size(); i++) {
      Output parameter = function.parameters().get(i);
      if (isBound(i)) {
        body.bind(parameter, new Place(frame, operation.input(first + i)));
      } else {
        body.give(parameter, inner.feed(around.input(first + i).type(), origin));
      }
    }
    Set<Output> inside = new LinkedHashSet<>();
    operation
        .traces()
        .forEach(
            (tensor, trace) -> {
              if (tensor.graph() == function.body() && frame.isUsed(trace)) {
                traces.put(trace, new Traced(branch, tensor));
                inside.add(tensor);
              }
            });
    body.lower(function, inside);
  }

  /** Returns whether the functions take an argument that is not fed to them. */
  private boolean isBound(int argument) {
    return frame.isBound(
            functions.get(0).parameters().get(argument), operation.input(first + argument))
        || !around.input(first + argument).isMade();
  }

  /**
   * Returns what a branch gives: its results, its traces, zeros for those of others, and one value
   * more that says that it was run.
   */
  private List<Value> fetches(Branch branch) {
    List<Value> fetches = new ArrayList<>();
    branch.function().results().forEach(r -> fetches.add(value(branch, r)));
    for (Traced traced : traces.values()) {
      Value own = value(traced.branch(), traced.inside());
      fetches.add(
          branch.equals(traced.branch()) || !own.isMade()
              ? own
              : Lists.zeros(branch.says(), own.type()));
    }
    fetches.add(branch.says().literal(Literal.scalar(DType.BOOL, 1)));
    return fetches;
  }

  private static Value value(Branch branch, Output output) {
    if (branch.body().dead().contains(output)) {
      throw new NotFixedException(output + " has no value");
    }
    return branch.body().fetched(output);
  }

  /** Requires the variables that a branch uses to have values, whichever branch is taken. */
  private void requireState(Branch branch) {
    for (Resource resource : branch.lowerer().variables().used()) {
      if (!outer.variables().used().contains(resource) && !outer.isInitialized(resource)) {
        throw new NotFixedException("the variable '" + resource.name() + "' has no value");
      }
    }
  }

  /** Lets the branches carry the variables and the counters of random numbers that they use. */
  private void addState() {
    for (Branch branch : branches) {
      for (Resource resource : branch.lowerer().variables().used()) {
        Resource own = branch.lowerer().variables().own(resource);
        if (!firsts.containsKey(own)) {
          firsts.put(own, outer.variables().read(resource, operation));
        }
      }
      for (Lowerer.Drawn drawn : branch.lowerer().drawn()) {
        firsts.put(
            drawn.counter(),
            outer.reserve(drawn.frame(), drawn.operation(), drawn.blocks(), drawn.seeded()));
      }
    }
  }

  private void emit(Value index, List<Program> programs, List<Value> given) {
    List<Resource> resources = List.copyOf(firsts.keySet());
    List<Value> inputs = new ArrayList<>(List.of(index));
    inputs.addAll(firsts.values());
    inputs.addAll(fed);
    List<TensorType> types = new ArrayList<>();
    resources.forEach(r -> types.add(r.type()));
    given.stream().filter(Value::isMade).forEach(v -> types.add(v.type()));
    List<Value> outputs = around.emit(new Control.Choose(programs, resources), inputs, types);
    if (programs.stream().anyMatch(p -> !p.checks().isEmpty())) {
      outer.require(frame, operation, outputs.get(outputs.size() - 1));
    }
    Set<Resource> written = new LinkedHashSet<>();
    for (Branch branch : branches) {
      for (Resource resource : branch.lowerer().variables().used()) {
        int at = resources.indexOf(branch.lowerer().variables().own(resource));
        if (at >= 0 && written.add(resource)) {
          outer.variables().write(resource, outputs.get(at), operation);
        }
      }
    }
    int results = functions.get(0).results().size();
    List<Output> taking = List.copyOf(traces.keySet());
    int next = resources.size();
    for (int i = 0; i < given.size() - 1; i++) {
      Value value = given.get(i).isMade() ? outputs.get(next++) : given.get(i);
      if (i < results) {
        around.output(i, value);
      } else {
        frame.set(taking.get(i - results), value);
      }
    }
  }
}
