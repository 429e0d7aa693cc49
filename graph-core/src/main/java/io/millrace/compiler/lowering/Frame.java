package io.millrace.compiler.lowering;

import io.millrace.ExecutionException;
import io.millrace.GraphException;
import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ir.Primitive;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.op.Inference;
import io.millrace.op.Messages;
import io.millrace.op.RuleException;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Lowers the operations of one graph, one after another: those of the session's graph, or those of
 * a function's body for one call of it. What tensors are is a matter of the frame; what the run
 * does and what variables hold, of the {@link Lowerer} that all frames share.
 */
final class Frame {
  private final Lowerer lowerer;
  private final @Nullable Call caller;
  private final CallPath path;
  private final Predicate<Output> given;
  private final Map<Output, Value> values = new HashMap<>();

  /** What tensors that are no values refer to, as it was at the beginning of the run. */
  private final Map<Output, Resource> references = new HashMap<>();

  private final KnownValues known;
  private final SharedMemory shared;
  private final Set<Output> wanted;

  /** What is fetched of variables, as it was at its own place. */
  private final Map<Output, Value> fetched = new HashMap<>();

  /** What was told; of the memory of variables it holds until they are written to. */
  private final Map<Question, Literal> told = new HashMap<>();

  private final DeadValues dead;

  /** Where in the run's order a tensor is needed last. */
  private final Map<Output, Integer> lastUses = new HashMap<>();

  /** What the operation that is lowered now says by itself, and what it counted its sizes with. */
  private final List<Value> own = new ArrayList<>();

  private final Map<Integer, Value> found = new HashMap<>();

  /**
   * The call of a function.
   *
   * @param arguments the tensors of the caller's frame that the function's parameters are
   */
  private record Call(
      Frame frame, Operation operation, GraphFunction function, Map<Output, Output> arguments) {}

  /** Makes the frame of the session's graph. */
  Frame(Lowerer lowerer, List<Output> wanted, Predicate<Output> fed) {
    this(lowerer, wanted, fed, null, new CallPath(List.of()));
  }

  /**
   * Makes the frame of a function's body.
   *
   * @param outer the frame that the function is called in
   * @param arguments the tensors of that frame that parameters are
   */
  Frame(
      Lowerer lowerer,
      Frame outer,
      Operation operation,
      GraphFunction function,
      Map<Output, Output> arguments) {
    this(
        lowerer,
        function.results(),
        Set.copyOf(function.parameters())::contains,
        new Call(outer, operation, function, arguments),
        outer.path.to(operation));
  }

  private Frame(
      Lowerer lowerer,
      List<Output> wanted,
      Predicate<Output> given,
      @Nullable Call caller,
      CallPath path) {
    this.lowerer = lowerer;
    this.wanted = new LinkedHashSet<>(wanted);
    this.given = given;
    this.caller = caller;
    this.path = path;
    dead = new DeadValues(given);
    known =
        new KnownValues(
            given, o -> argument(o).flatMap(a -> a.frame().known(a.output())), this::type);
    shared =
        new SharedMemory(lowerer.variables(), given, o -> Optional.ofNullable(references.get(o)));
  }

  /**
   * Lowers these operations, which are in the order of the graph.
   *
   * @throws io.millrace.UnsupportedException if the engine does not have some of them
   */
  void lower(List<Operation> operations) {
    String who = caller == null ? "the run" : "the function '" + caller.function().name() + "'";
    Foreign.refuse(operations, who, path.lines());
    lastUses.putAll(SharedMemory.lastUses(operations, wanted, given));
    operations.forEach(this::lowerNeeded);
  }

  private void lowerNeeded(Operation operation) {
    operation.inputs().forEach(this::renew);
    if (dead.reaches(operation)) {
      return;
    }
    try {
      lower(operation);
    } catch (RuleException e) {
      throw broken(operation, String.valueOf(e.getMessage()));
    }
    place(operation);
    for (Output output : operation.outputs()) {
      Resource resource = resource(output);
      if (resource != null && wanted.contains(output)) {
        fetched.putIfAbsent(output, lowerer.variables().read(resource, operation));
      }
    }
  }

  /** Returns which tensors have no value. */
  DeadValues dead() {
    return dead;
  }

  /** Notes the device of what an operation said so far. */
  void place(Operation operation) {
    lowerer.homes().place(operation, () -> device(operation));
  }

  /** Returns the device that an operation asks for: in a function, if for none, its call's. */
  String device(Operation operation) {
    return operation.device().isEmpty() && caller != null
        ? caller.frame().device(caller.operation())
        : lowerer.device(operation);
  }

  /** Lowers again what was read of a variable that was written to since. */
  private void renew(Output input) {
    for (Operation operation : shared.stale(input)) {
      for (Output output : operation.outputs()) {
        if (wanted.contains(output) && !given.test(output)) {
          fetched.putIfAbsent(output, value(output));
        }
      }
      lowerNeeded(operation);
    }
  }

  private void lower(Operation operation) {
    own.clear();
    found.clear();
    lowerer.homes().begin();
    Inference inference =
        new Inference(
            types(operation),
            i -> Optional.of(constant(operation.input(i), operation)),
            i -> known(operation.input(i)),
            () -> sizes(operation),
            name -> Optional.of(lowerer.shape(name.apply(path.name(operation)))));
    List<TensorType> types = inference.typesOf(operation.op());
    own.clear();
    operation
        .op()
        .lower(
            new NodeLowering(
                lowerer, this, operation, types, (v, i) -> set(operation.output(i), v)));
    if (dead.skipped(operation)) {
      return;
    }
    shared.note(operation, values::get);
    if (operation.inputs().stream().anyMatch(shared::isShared)) {
      // What follows from a type that may change has to be known before it does.
      operation.outputs().stream()
          .filter(o -> !shared.isShared(o) && !dead.contains(o))
          .forEach(known::of);
    }
    operation.outputs().stream()
        .filter(o -> !given.test(o) && !dead.contains(o))
        .forEach(o -> requireFit(o, types.get(o.index())));
  }

  private void requireFit(Output output, TensorType inferred) {
    Optional<TensorType> made =
        values.containsKey(output) || references.containsKey(output)
            ? Optional.of(type(output))
            : Optional.empty();
    boolean fits = made.filter(inferred::isCompatibleWith).isPresent();
    if (!fits) {
      throw new IllegalStateException(
          "%s infers its output %s as %s but lowers it to %s"
              .formatted(
                  output.operation(),
                  output.index(),
                  inferred,
                  made.map(TensorType::toString).orElse("nothing")));
    }
  }

  /**
   * Runs the body of a function here, and returns its frame.
   *
   * @param arguments what the function's parameters are in this frame
   * @param more tensors of the body that are wanted besides its results
   */
  Frame run(
      Operation operation,
      GraphFunction function,
      Map<Output, Output> arguments,
      Collection<Output> more) {
    Frame body = new Frame(lowerer, this, operation, function, arguments);
    arguments.forEach((parameter, argument) -> body.bind(parameter, argument, this));
    body.lower(function, more);
    return body;
  }

  /** Lowers the body of a function whose parameters are bound or given. */
  void lower(GraphFunction function, Collection<Output> more) {
    wanted.addAll(more);
    lower(Pruner.needed(wanted, function.targets(), given));
  }

  /** Returns whether an operation that the run needs takes a tensor. */
  boolean isUsed(Output output) {
    return lastUses.containsKey(output);
  }

  /** Makes a parameter what a tensor is in another frame. */
  void bind(Output parameter, Output argument, Frame from) {
    if (from.dead.contains(argument)) {
      dead.bind(parameter, from.dead.isAbsent(argument));
      return;
    }
    Resource resource = from.references.get(argument);
    if (resource != null && parameter.isReference()) {
      references.put(parameter, resource);
    } else {
      values.put(parameter, from.input(argument, parameter.operation()));
    }
  }

  /** Makes an output what another tensor is. */
  void pass(Output from, Output to) {
    Resource resource = references.get(from);
    if (resource != null && !given.test(to)) {
      references.put(to, resource);
    } else {
      set(to, value(from));
    }
  }

  /** Returns what a fetch gives. */
  Value fetched(Output output) {
    Value value = fetched.get(output);
    if (value == null && dead.contains(output)) {
      throw new ExecutionException(
          "%s has no value in this run: it is on a branch that is not taken\n  at %s"
              .formatted(output, output.operation().source()));
    }
    return value != null ? value : value(output);
  }

  /** Returns the value of a tensor that shapes or branches depend on. */
  Literal constant(Output output, Operation asking) {
    Optional<Literal> value = known(output);
    if (value.isPresent()) {
      return value.get();
    }
    Optional<Literal> told = argument(output).map(a -> a.frame().constant(a.output(), a.call()));
    if (told.isPresent()) {
      known.put(output, told.get());
      values.put(output, lowerer.literal(told.get(), path.origin(output.operation())));
      return told.get();
    }
    Question question = question(output);
    List<Operation> before = Pruner.needed(List.of(output), List.of(), given);
    Literal answer =
        lowerer.answer(question, input(output, asking), Optional.of(output), before, this, asking);
    this.told.put(question, answer);
    if (!shared.isShared(output)) {
      known.put(output, answer);
    }
    if (resource(output) == null) {
      values.put(output, lowerer.literal(answer, path.origin(output.operation())));
    }
    return answer;
  }

  private Question question(Output output) {
    return new Question.ValueOf(path.calls(), output, shared.writes(output));
  }

  /** Returns the value of a tensor if no question is needed for it. */
  Optional<Literal> known(Output output) {
    return shared.isShared(output)
        ? Optional.ofNullable(told.get(question(output)))
        : known.of(output);
  }

  /** A tensor of the caller's frame. */
  private record Argument(Frame frame, Operation call, Output output) {}

  /** Returns what a parameter is outside; nothing for a variable and for what is no parameter. */
  private Optional<Argument> argument(Output output) {
    Output outside =
        caller == null || references.containsKey(output) ? null : caller.arguments().get(output);
    return caller == null || outside == null
        ? Optional.empty()
        : Optional.of(new Argument(caller.frame(), caller.operation(), outside));
  }

  private Optional<long[]> sizes(Operation operation) {
    if (operation.op().sizes(types(operation)) == 0) {
      return Optional.empty();
    }
    Optional<Literal> sizes = known.sizesOf(operation);
    if (sizes.isPresent()) {
      return sizes.map(Literal::toLongs);
    }
    // The rule is kept before the sizes are counted, and asks for nothing to be counted.
    new Inference(types(operation), i -> known.of(operation.input(i))).typesOf(operation.op());
    Question question = new Question.SizesOf(path.calls(), operation);
    List<Operation> before = Pruner.needed(List.of(), List.of(operation), given);
    Value counted = found(operation, 0);
    return Optional.of(
        lowerer.answer(question, counted, Optional.empty(), before, this, operation).toLongs());
  }

  /** Returns what an operation's program for its sizes set. */
  Value found(Operation operation, int index) {
    if (found.isEmpty()) {
      int before = own.size();
      TensorType sizes = TensorType.of(DType.INT64, operation.op().sizes(types(operation)));
      operation
          .op()
          .lowerSizes(
              new NodeLowering(
                  lowerer, this, operation, List.of(sizes), (v, i) -> found.put(i, v)));
      own.subList(before, own.size()).clear();
    }
    return Objects.requireNonNull(found.get(index), operation.name());
  }

  /**
   * Adds the values that may be needed after an operation, in the frames around this too.
   *
   * @param asked what is asked for, which is known then
   */
  void addLater(Optional<Output> asked, Operation operation, Collection<Value> later) {
    values.forEach(
        (output, value) -> {
          if (value.isMade()
              && !asked.filter(output::equals).isPresent()
              && lastUses.getOrDefault(output, -1) >= operation.id()) {
            later.add(value);
          }
        });
    later.addAll(fetched.values());
    found.entrySet().stream().filter(f -> f.getKey() > 0).forEach(f -> later.add(f.getValue()));
    later.addAll(own);
    if (caller != null) {
      caller.frame().addLater(Optional.empty(), caller.operation(), later);
    }
  }

  /** Returns whether an operation of a frame comes before one of this that needs those. */
  boolean follows(Frame frame, Operation operation, Collection<Operation> before) {
    if (frame == this) {
      return before.contains(operation);
    }
    if (caller == null) {
      return false;
    }
    List<Operation> needed =
        Pruner.needed(List.of(), List.of(caller.operation()), caller.frame().given);
    return caller.frame().follows(frame, operation, needed);
  }

  /** Returns the exact type of a tensor that is given or whose operation was lowered. */
  TensorType type(Output output) {
    Value value = values.get(output);
    if (value != null) {
      return Lists.type(output, value);
    }
    return referring(output)
        .or(() -> Optional.of(output).filter(dead::contains).map(Output::type))
        .orElseThrow(() -> new NoSuchElementException(output.name()));
  }

  /** Returns the exact type of a reference: of a handle, that of a handle of what it refers to. */
  private Optional<TensorType> referring(Output output) {
    Resource resource = resource(output);
    return resource == null
        ? Optional.empty()
        : Optional.of(output.isHandle() ? TensorType.handle(resource.type()) : resource.type());
  }

  private List<TensorType> types(Operation operation) {
    return operation.inputs().stream().map(this::type).toList();
  }

  /** Returns what a tensor is for an operation that is lowered now. */
  Value input(Output output, Operation operation) {
    Resource resource = resource(output);
    return resource != null ? lowerer.variables().read(resource, operation) : value(output);
  }

  /** Returns the value of a tensor that is given or computed. */
  private Value value(Output output) {
    return Objects.requireNonNull(values.get(output), output.name());
  }

  /** Sets the value of a tensor. */
  void set(Output output, Value value) {
    if (!given.test(output)) {
      values.put(output, value);
    }
  }

  /** Gives a tensor this value from outside. */
  void give(Output output, Value value) {
    values.put(output, value);
  }

  /** Makes a tensor a reference. */
  void setReference(Output output, Resource resource) {
    if (!given.test(output)) {
      references.put(output, lowerer.variables().referred(output, resource));
    }
  }

  /** Returns what a reference means at this point of the run, or null if a tensor is none. */
  private @Nullable Resource resource(Output output) {
    Resource original = references.get(output);
    return original == null ? null : lowerer.variables().current(original);
  }

  boolean isReference(Output output) {
    return references.containsKey(output);
  }

  /** Returns the variable that an input refers to. */
  Resource reference(Operation operation, int input) {
    Resource resource = resource(operation.input(input));
    if (resource == null) {
      String fed = given.test(operation.input(input)) ? ", not fed" : "";
      throw new RuleException("input " + input + " must be a variable" + fed);
    }
    lowerer.homes().referenced(resource);
    return resource;
  }

  /** Notes what an operation says by itself. */
  void emitted(Primitive primitive, List<Value> inputs, List<Value> outputs) {
    if (primitive instanceof Primitive.Renaming) {
      shared.rename(inputs.get(0), outputs.get(0));
    }
    own.addAll(outputs);
  }

  /** Returns the calls that lead here. */
  CallPath path() {
    return path;
  }

  private GraphException broken(Operation operation, String rule) {
    List<String> inputs = operation.inputs().stream().map(i -> i.name() + " " + type(i)).toList();
    return new GraphException(
        Messages.broken(operation.op(), operation.name(), inputs, rule, operation.source())
            + path.lines());
  }
}
