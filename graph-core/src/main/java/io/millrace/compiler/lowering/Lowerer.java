package io.millrace.compiler.lowering;

import io.millrace.FeedException;
import io.millrace.GraphException;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ir.Instruction;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.ProgramBuilder;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.op.Inference;
import io.millrace.op.Messages;
import io.millrace.op.RuleException;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Turns the operations that a run needs into a program, one after another; used once. */
public final class Lowerer {
  private final Request request;
  private final ProgramBuilder builder = new ProgramBuilder();
  private final KnownValues known;
  private final Stages stages = new Stages();
  private final Map<Output, Value> values = new HashMap<>();
  private final Variables variables = new Variables(builder);
  private final SharedMemory shared;

  private final Set<Output> wanted;

  /** What is fetched of variables, as it was at its own place. */
  private final Map<Output, Value> fetched = new HashMap<>();

  /** What was told; of the memory of variables it holds until they are written to. */
  private final Map<Question, Literal> told = new HashMap<>();

  private final List<Operation> unfed = new ArrayList<>();
  private final List<Output> feedOrder = new ArrayList<>();
  private final List<Reservation> reservations = new ArrayList<>();
  private final Homes homes;
  private final Set<Operation> skipped = new HashSet<>();
  private final Map<Value, Operation> checks = new LinkedHashMap<>();

  /** Where in the run's order a tensor is needed last. */
  private final Map<Output, Integer> lastUses = new HashMap<>();

  /** What the operation that is lowered now says by itself, and what it counted its sizes with. */
  private final List<Value> own = new ArrayList<>();

  private final Map<Integer, Value> found = new HashMap<>();

  public Lowerer(Request request) {
    this.request = request;
    wanted = Set.copyOf(request.fetches());
    known = new KnownValues(request::isFed, this::type);
    shared = new SharedMemory(variables, request::isFed);
    homes = new Homes(request.devices(), variables);
  }

  /**
   * Returns these operations, which are in the order of the graph, as a program: what leads to the
   * first question without an answer, or if there is none, what no earlier stage did.
   */
  public Lowered lower(List<Operation> operations) {
    addFeeds(operations);
    lastUses.putAll(SharedMemory.lastUses(operations, request.fetches(), request::isFed));
    try {
      operations.forEach(this::lowerNeeded);
    } catch (Unanswered e) {
      return asking(e);
    }
    if (!unfed.isEmpty()) {
      throw new FeedException(
          unfed.stream()
              .map(o -> "  " + o.output(0) + "\n    at " + o.source())
              .collect(
                  Collectors.joining(
                      "\n", "the run needs values for these placeholders, so feed them:\n", "")));
    }
    Program whole = builder.build(request.fetches().stream().map(this::fetched).toList());
    if (!stages.isCut()) {
      return new Lowered(
          whole,
          feedOrder,
          reservations,
          variables.reads(),
          List.of(),
          List.of(),
          homes.values(),
          homes.resources(),
          Optional.empty());
    }
    return lowered(stages.write(whole), List.of(), variables.reads(), Optional.empty());
  }

  private Lowered asking(Unanswered asked) {
    Optional<Question> question = Optional.of(asked.question());
    if (asked.stage().isEmpty()) {
      Program nothing = new ProgramBuilder().build(List.of());
      return new Lowered(
          nothing, List.of(), List.of(), List.of(), List.of(), List.of(), Map.of(), Map.of(),
          question);
    }
    Stages.Written written = stages.write(asked.stage().get());
    Set<Resource> read = new HashSet<>();
    for (Instruction instruction : written.program().instructions()) {
      if (instruction.primitive() instanceof Primitive.Read r) {
        read.add(r.resource());
      }
    }
    return lowered(
        written,
        asked.stage().get().kept(),
        variables.reads().stream().filter(read::contains).toList(),
        question);
  }

  private Lowered lowered(
      Stages.Written written, List<Value> kept, List<Resource> required, Optional<Question> asks) {
    Map<Value, String> local = new HashMap<>();
    written
        .values()
        .forEach(
            (stated, here) -> {
              if (homes.values().containsKey(stated)) {
                local.put(here, homes.of(stated));
              }
            });
    Map<String, String> resources = homes.resources();
    List<Integer> feeds = written.feeds();
    int users = feedOrder.size();
    stages
        .handed()
        .forEach((v, h) -> resources.put(h.resource().name(), homes.of(stages.first(v))));
    return new Lowered(
        written.program(),
        feeds.stream().filter(slot -> slot < users).map(feedOrder::get).toList(),
        feeds.stream().filter(slot -> slot >= users).map(s -> reservations.get(s - users)).toList(),
        required,
        written.taken(),
        kept.stream().map(v -> stages.handed(v).resource()).toList(),
        local,
        resources,
        asks);
  }

  private Value fetched(Output output) {
    Value value = fetched.get(output);
    return value != null ? value : value(output);
  }

  private void lowerNeeded(Operation operation) {
    operation.inputs().forEach(this::renew);
    if (operation.inputs().stream().anyMatch(this::isSkipped)) {
      skipped.add(operation);
      return;
    }
    try {
      lower(operation);
    } catch (RuleException e) {
      throw broken(operation, String.valueOf(e.getMessage()));
    }
    homes.place(operation);
    for (Output output : operation.outputs()) {
      Resource resource = variables.resource(output);
      if (resource != null && wanted.contains(output)) {
        fetched.putIfAbsent(output, variables.read(resource, operation));
      }
    }
  }

  /** Lowers again what was read of a variable that was written to since. */
  private void renew(Output input) {
    for (Operation operation : shared.stale(input)) {
      for (Output output : operation.outputs()) {
        if (wanted.contains(output) && !request.isFed(output)) {
          fetched.putIfAbsent(output, value(output));
        }
      }
      lowerNeeded(operation);
    }
  }

  /** Returns the device of each operation. */
  public Map<Operation, String> placement() {
    return homes.operations();
  }

  /** Returns the operation that owns each resource, by the resource's name. */
  public Map<String, Operation> resourceOperations() {
    return variables.owners();
  }

  /** Returns the resources that stand for those of other types after the run. */
  public List<Resource> retyped() {
    return variables.retyped();
  }

  Variables variables() {
    return variables;
  }

  private void addFeeds(List<Operation> operations) {
    Set<Output> needed = new HashSet<>(wanted);
    operations.forEach(o -> needed.addAll(o.inputs()));
    needed.stream()
        .filter(request::isFed)
        .sorted(
            Comparator.<Output>comparingInt(o -> o.operation().id())
                .thenComparingInt(Output::index))
        .forEach(this::addFeed);
  }

  private void addFeed(Output output) {
    Shape shape = Objects.requireNonNull(request.feeds().get(output));
    if (!shape.isFullyDefined() || !shape.isCompatibleWith(output.shape())) {
      throw new FeedException(
          output + " is fed a tensor of shape " + shape + "\n  at " + output.operation().source());
    }
    feedOrder.add(output);
    values.put(output, builder.feed(output.type().withShape(shape), origin(output.operation())));
  }

  private boolean isSkipped(Output output) {
    return skipped.contains(output.operation()) && !request.isFed(output);
  }

  private void lower(Operation operation) {
    own.clear();
    found.clear();
    homes.begin();
    Inference inference =
        new Inference(
            types(operation),
            i -> Optional.of(constant(operation.input(i), operation)),
            i -> known(operation.input(i)),
            () -> sizes(operation),
            name -> Optional.of(shape(name.apply(operation.name()))));
    List<TensorType> types = inference.typesOf(operation.op());
    own.clear();
    operation
        .op()
        .lower(new NodeLowering(this, operation, types, (v, i) -> set(operation.output(i), v)));
    if (skipped.contains(operation)) {
      return;
    }
    shared.note(operation, values::get);
    if (operation.inputs().stream().anyMatch(shared::isShared)) {
      // What follows from a type that may change has to be known before it does.
      operation.outputs().stream().filter(o -> !shared.isShared(o)).forEach(known::of);
    }
    for (Output output : operation.outputs()) {
      TensorType wanted = types.get(output.index());
      Value value = values.get(output);
      Optional<TensorType> made =
          variables.type(output).or(() -> Optional.ofNullable(value).map(Value::type));
      boolean fits =
          made.filter(m -> m.dtype() == wanted.dtype())
              .filter(m -> m.shape().isCompatibleWith(wanted.shape()))
              .isPresent();
      if (!request.isFed(output) && !fits) {
        throw new IllegalStateException(
            "%s infers its output %s as %s but lowers it to %s"
                .formatted(
                    operation,
                    output.index(),
                    wanted,
                    made.map(TensorType::toString).orElse("nothing")));
      }
    }
  }

  /** Returns the value of a tensor that shapes depend on. */
  Literal constant(Output output, Operation asking) {
    Optional<Literal> value = known(output);
    if (value.isPresent()) {
      return value.get();
    }
    Question question = question(output);
    List<Operation> before = Pruner.needed(List.of(output), List.of(), request::isFed);
    Literal answer = answer(question, input(output, asking), before, asking);
    told.put(question, answer);
    if (!shared.isShared(output)) {
      known.put(output, answer);
    }
    if (variables.resource(output) == null) {
      values.put(output, literal(answer, output.operation()));
    }
    return answer;
  }

  private Question question(Output output) {
    return new Question.ValueOf(output, shared.writes(output));
  }

  /** Returns the value of a tensor if no question is needed for it. */
  Optional<Literal> known(Output output) {
    return shared.isShared(output)
        ? Optional.ofNullable(told.get(question(output)))
        : known.of(output);
  }

  private Value literal(Literal literal, Operation operation) {
    return builder.emit(
        new Primitive.Constant(literal), List.of(), literal.type(), origin(operation));
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
    Question question = new Question.SizesOf(operation);
    List<Operation> before = Pruner.needed(List.of(), List.of(operation), request::isFed);
    return Optional.of(answer(question, found(operation, 0), before, operation).toLongs());
  }

  /** Returns what an operation's program for its sizes set. */
  Value found(Operation operation, int index) {
    if (found.isEmpty()) {
      int before = own.size();
      TensorType sizes = TensorType.of(DType.INT64, operation.op().sizes(types(operation)));
      operation
          .op()
          .lowerSizes(new NodeLowering(this, operation, List.of(sizes), (v, i) -> found.put(i, v)));
      own.subList(before, own.size()).clear();
    }
    return Objects.requireNonNull(found.get(index), operation.name());
  }

  private Shape shape(String variable) {
    return Shape.of(answer(new Question.ShapeOf(variable)).toLongs());
  }

  /** Returns what the session's state tells. */
  private Literal answer(Question question) {
    stages.pass();
    Literal answer = request.answers().get(question);
    if (answer == null) {
      throw new Unanswered(question, Optional.empty());
    }
    return answer;
  }

  /**
   * Returns what only computing a value tells.
   *
   * @param before the operations that run before it is computed
   */
  private Literal answer(Question question, Value value, List<Operation> before, Operation asking) {
    homes.place(asking);
    Set<Value> later = new HashSet<>(variables.values());
    values.forEach(
        (output, v) -> {
          boolean asked = question instanceof Question.ValueOf of && of.output().equals(output);
          if (!asked && lastUses.getOrDefault(output, -1) >= asking.id()) {
            later.add(v);
          }
        });
    later.addAll(fetched.values());
    found.forEach(
        (index, v) -> {
          if (index > 0) {
            later.add(v);
          }
        });
    later.addAll(own);
    later.addAll(checks.keySet());
    Set<Operation> done = new HashSet<>(before);
    List<Value> held =
        checks.entrySet().stream()
            .filter(c -> done.contains(c.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    Stages.Stage stage = stages.cut(builder.instructions(), value, held, later);
    Literal answer = request.answers().get(question);
    if (answer == null) {
      throw new Unanswered(question, Optional.of(stage));
    }
    return answer;
  }

  /** Returns the exact type of a tensor that is given or whose operation was lowered. */
  TensorType type(Output output) {
    Value value = values.get(output);
    if (value != null) {
      return value.type();
    }
    return variables.type(output).orElseThrow(() -> new NoSuchElementException(output.name()));
  }

  private List<TensorType> types(Operation operation) {
    return operation.inputs().stream().map(this::type).toList();
  }

  /** Returns what a tensor is for an operation that is lowered now. */
  Value input(Output output, Operation operation) {
    Resource resource = variables.resource(output);
    return resource != null && !request.isFed(output)
        ? variables.read(resource, operation)
        : value(output);
  }

  /** Returns the value of a tensor that is fed or computed. */
  private Value value(Output output) {
    return Objects.requireNonNull(values.get(output), output.name());
  }

  void set(Output output, Value value) {
    if (!request.isFed(output)) {
      values.put(output, value);
    }
  }

  boolean isInitialized(Operation operation, int input) {
    Resource resource = reference(operation, input);
    return builder.isUpdated(resource)
        || answer(new Question.PresenceOf(resource.name())).getLong(0) != 0;
  }

  Resource reference(Operation operation, int input) {
    Output output = operation.input(input);
    Resource resource = variables.resource(output);
    if (resource == null || request.isFed(output)) {
      throw new RuleException(
          "input " + input + " must be a variable" + (request.isFed(output) ? ", not fed" : ""));
    }
    homes.referenced(resource);
    return resource;
  }

  /** Returns how many of an operation's random numbers were taken before the run takes some. */
  Value reserve(Operation operation, long blocks, boolean seeded) {
    reservations.add(new Reservation(operation.name() + "/counter", blocks, seeded));
    Value before = builder.feed(TensorType.of(DType.INT64), origin(operation));
    stages.reserve(before);
    homes.emitted(before);
    return before;
  }

  List<Value> emit(
      Primitive primitive, List<Value> inputs, List<TensorType> types, Operation operation) {
    List<Value> outputs = builder.emit(primitive, inputs, types, origin(operation));
    homes.emitted(outputs.get(0));
    if (primitive instanceof Primitive.Renaming) {
      shared.rename(inputs.get(0), outputs.get(0));
    }
    own.addAll(outputs);
    return outputs;
  }

  void check(Value condition, Primitive.Check check, List<Value> shown, Operation operation) {
    List<Value> inputs = new ArrayList<>(List.of(condition));
    inputs.addAll(shown);
    Value checked = emit(check, inputs, List.of(condition.type()), operation).get(0);
    checks.put(checked, operation);
    builder.check(checked);
  }

  void missing(Operation operation) {
    unfed.add(operation);
    skipped.add(operation);
  }

  private static Origin origin(Operation operation) {
    return Origin.of(operation.name(), operation.source());
  }

  private GraphException broken(Operation operation, String rule) {
    List<String> inputs = operation.inputs().stream().map(i -> i.name() + " " + type(i)).toList();
    return new GraphException(
        Messages.broken(operation.op(), operation.name(), inputs, rule, operation.source()));
  }
}
