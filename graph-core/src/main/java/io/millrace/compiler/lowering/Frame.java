package io.millrace.compiler.lowering;

import io.millrace.ExecutionException;
import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.op.Inference;
import io.millrace.op.RuleException;
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
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lowers the operations of one graph, one after another: those of the session's graph, or those of
 * a function's body for one call of it. What tensors are is a matter of the frame; what the run
 * does and what variables hold, of the {@link Lowerer} that all frames share.
 */
final class Frame {
  private final Lowerer lowerer;
  private final @Nullable Caller caller;
  private final CallPath path;
  private final Predicate<Output> given;
  private final Map<Output, Value> values = new HashMap<>();

  /** What tensors that are no values refer to, as it was at the beginning of the run. */
  private final Map<Output, Resource> references = new HashMap<>();

  private final Asking asking;
  private final SharedMemory shared;
  private final Set<Output> wanted;

  /** What is fetched of variables, as it was at its own place. */
  private final Map<Output, Value> fetched = new HashMap<>();

  private final DeadValues dead;

  /** Where in the run's order a tensor is needed last. */
  private final Map<Output, Integer> lastUses = new HashMap<>();

  /** What the operation that is lowered now says by itself, and what it counted its sizes with. */
  private final List<Value> own = new ArrayList<>();

  private Supplier<List<Value>> held = List::of;
  private final Rows rows = new Rows();

  /** Makes the frame of the session's graph. */
  Frame(Lowerer lowerer, List<Output> wanted, Predicate<Output> fed) {
    this(lowerer, wanted, fed, null, new CallPath(List.of()));
  }

  /**
   * Makes the frame of a function's body.
   *
   * @param outer the frame that the function is called in
   * @param turn which turn of a loop that is, or {@link Origin.Site#NO_TURN}
   * @param arguments what parameters are, as far as they are tensors of other frames
   */
  Frame(
      Lowerer lowerer,
      Frame outer,
      Operation operation,
      GraphFunction function,
      long turn,
      Map<Output, Place> arguments) {
    this(
        lowerer,
        function.results(),
        Set.copyOf(function.parameters())::contains,
        new Caller(outer, operation, function, turn, arguments),
        outer.path.to(operation, turn));
  }

  private Frame(
      Lowerer lowerer,
      List<Output> wanted,
      Predicate<Output> given,
      @Nullable Caller caller,
      CallPath path) {
    this.lowerer = lowerer;
    this.wanted = new LinkedHashSet<>(wanted);
    this.given = given;
    this.caller = caller;
    this.path = path;
    dead = new DeadValues(given);
    shared =
        new SharedMemory(lowerer.variables(), given, o -> Optional.ofNullable(references.get(o)));
    asking = new Asking(lowerer, this, shared, given);
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
      throw Faults.broken(operation, types(operation), path, e);
    }
    place(operation);
    for (Output output : operation.outputs()) {
      Resource resource = resource(output);
      if (resource != null && wanted.contains(output)) {
        fetched.putIfAbsent(output, lowerer.variables().read(resource, operation));
      }
    }
  }

  /** Returns what finds the values that shapes and branches depend on. */
  Asking asking() {
    return asking;
  }

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
      Output first = operation.output(0);
      if (given.test(first)) {
        bind(first, shared.whole(first).orElseThrow());
        continue;
      }
      for (Output output : operation.outputs()) {
        if (wanted.contains(output) && !given.test(output)) {
          fetched.putIfAbsent(output, value(output));
        }
      }
      lowerNeeded(operation);
    }
  }

  /** Makes a parameter what a variable holds, now and when it is written to. */
  private void bind(Output parameter, Resource variable) {
    Resource current = lowerer.variables().current(variable);
    values.put(parameter, lowerer.variables().read(current, parameter.operation()));
    shared.bind(parameter, variable);
  }

  /**
   * Returns whether a function has its parameter bound to a tensor of this frame even where it
   * becomes a program of its own: to a variable, or the memory of one, or what has no value.
   */
  boolean isBound(Output parameter, Output argument) {
    return dead.contains(argument)
        || shared.whole(argument).isPresent()
        || (parameter.isReference() && references.containsKey(argument));
  }

  private void lower(Operation operation) {
    own.clear();
    asking.begin();
    held = List::of;
    lowerer.homes().begin();
    Inference inference =
        new Inference(
            types(operation),
            i -> Optional.of(asking.constant(operation.input(i), operation)),
            i -> asking.known(operation.input(i)),
            () -> asking.sizes(operation),
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
          .forEach(asking::known);
    }
    operation.outputs().stream()
        .filter(o -> !given.test(o) && !dead.contains(o))
        .forEach(o -> Faults.requireFit(o, made(o), types.get(o.index())));
  }

  private Optional<TensorType> made(Output output) {
    boolean isMade =
        values.containsKey(output) || references.containsKey(output) || rows.of(output) != null;
    return isMade ? Optional.of(type(output)) : Optional.empty();
  }

  /**
   * Runs the body of a function here, and returns its frame.
   *
   * @param turn which turn of a loop that is, or {@link Origin.Site#NO_TURN}
   * @param arguments what the function's parameters are
   * @param more tensors of the body that are wanted besides its results
   */
  Frame run(
      Operation operation,
      GraphFunction function,
      long turn,
      Map<Output, Place> arguments,
      Collection<Output> more) {
    Frame body = new Frame(lowerer, this, operation, function, turn, arguments);
    arguments.forEach(body::bind);
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
  void bind(Output parameter, Place place) {
    Frame from = place.frame();
    Output argument = place.output();
    if (from.dead.contains(argument)) {
      dead.bind(parameter, from.dead.isAbsent(argument));
      return;
    }
    List<Place> own = from.ownRows(argument);
    Resource resource = from.references.get(argument);
    if (own != null) {
      rows.put(parameter, own);
    } else if (resource != null && parameter.isReference()) {
      references.put(parameter, resource);
    } else {
      from.shared
          .whole(argument)
          .ifPresentOrElse(
              variable -> bind(parameter, variable),
              () -> values.put(parameter, from.input(argument, parameter.operation())));
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

  /** Makes an output what a tensor is in another frame. */
  void take(Output output, Place place) {
    if (given.test(output)) {
      return;
    }
    if (place.frame().dead.contains(place.output())
        || place.frame().ownRows(place.output()) != null) {
      bind(output, place);
    } else {
      values.put(output, place.value());
    }
  }

  /** Returns the rows of a tensor that has no other value. */
  private @Nullable List<Place> ownRows(Output output) {
    return values.containsKey(output) ? null : rows.of(output);
  }

  /** Sets a tensor to what is known. */
  void tell(Output output, Literal value) {
    asking.tell(output, value);
    set(output, lowerer.literal(value, path.origin(output.operation())));
  }

  /** Says what the operation that is lowered now will need of what it did so far. */
  void hold(Supplier<List<Value>> values) {
    held = values;
  }

  /** Returns the tensors that turns of loops made row by row. */
  Rows rows() {
    return rows;
  }

  /** Returns the value of a tensor, or those of its rows; none of a variable. */
  Stream<Value> held(Output output) {
    Value value = values.get(output);
    List<Place> own = rows.of(output);
    return value != null
        ? Stream.of(value).filter(Value::isMade)
        : own == null ? Stream.empty() : Rows.values(own);
  }

  /** Returns whether the run gives a tensor to who asked for it. */
  boolean isFetched(Output output) {
    return caller == null && wanted.contains(output);
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

  /** Returns what a parameter is outside; nothing for a variable and for what is no parameter. */
  Optional<Place> argument(Output output) {
    return caller == null || references.containsKey(output) || shared.isShared(output)
        ? Optional.empty()
        : Optional.ofNullable(caller.arguments().get(output));
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
    later.addAll(asking.later());
    later.addAll(own);
    later.addAll(held.get());
    later.addAll(rows.values());
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
    if (frame.caller != null && caller.isAfter(frame.caller)) {
      return true;
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
        .or(() -> rows.type(output))
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

  List<TensorType> types(Operation operation) {
    return operation.inputs().stream().map(this::type).toList();
  }

  /** Returns what a tensor is for an operation that is lowered now. */
  Value input(Output output, Operation operation) {
    Resource resource = resource(output);
    return resource != null ? lowerer.variables().read(resource, operation) : value(output);
  }

  /** Returns the value of a tensor that is given or computed. */
  private Value value(Output output) {
    List<Place> own = ownRows(output);
    if (own != null) {
      Primitive.Move stack = rows.stack(output);
      List<Value> all = own.stream().map(Place::value).toList();
      List<TensorType> types = List.of(Rows.stacked(all.get(0).type(), own.size()));
      values.put(output, lowerer.emit(this, output.operation(), stack, all, types).get(0));
    }
    return Objects.requireNonNull(values.get(output), output.name());
  }

  void set(Output output, Value value) {
    if (!given.test(output)) {
      values.put(output, value);
    }
  }

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

  /** Has the operation that is lowered now say something that nothing of what follows needs. */
  void apart(Runnable says) {
    int before = own.size();
    says.run();
    own.subList(before, own.size()).clear();
  }

  Operation call() {
    return Objects.requireNonNull(caller).operation();
  }

  /** Notes what an operation says by itself. */
  void emitted(Primitive primitive, List<Value> inputs, List<Value> outputs) {
    if (primitive instanceof Primitive.Renaming) {
      shared.rename(inputs.get(0), outputs.get(0));
    }
    own.addAll(outputs);
  }

  CallPath path() {
    return path;
  }
}
