package io.millrace.compiler.lowering;

import io.millrace.FeedException;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ir.Instruction;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.ProgramBuilder;
import io.millrace.ir.Resource;
import io.millrace.ir.Scalar;
import io.millrace.ir.Value;
import io.millrace.op.Lowering;
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
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Turns the operations that a run needs into a program, one after another; used once. */
public final class Lowerer {
  private final Request request;
  private final ProgramBuilder builder = new ProgramBuilder();
  private final Stages stages = new Stages();
  private final Variables variables;
  private final Optional<Lowerer> outer;
  private final Frame graph;
  private final List<Operation> unfed = new ArrayList<>();
  private final List<Output> feedOrder = new ArrayList<>();
  private final List<Reservation> reservations = new ArrayList<>();
  private final Homes homes;
  private final Map<Value, Asserted> checks = new LinkedHashMap<>();
  private final List<Drawn> drawn = new ArrayList<>();
  private final Map<String, String> roads = new LinkedHashMap<>();

  /** The devices of what the turns of loops leave, by the resource's name. */
  private final Map<String, String> leftOn = new HashMap<>();

  /** What the session's state was asked so far. */
  private final Set<Question> told = new HashSet<>();

  /**
   * Random numbers that a program inside another takes each time that it is run.
   *
   * @param counter holds how many were taken before
   */
  record Drawn(Frame frame, Operation operation, Resource counter, long blocks, boolean seeded) {}

  /** Where a check comes from. */
  private record Asserted(Frame frame, Operation operation) {}

  public Lowerer(Request request) {
    this.request = request;
    outer = Optional.empty();
    variables = new Variables(builder, Optional.empty());
    homes = new Homes(variables, Optional.empty());
    graph = new Frame(this, request.fetches(), request::isFed);
  }

  /** Begins a program that stands inside that of another one. */
  Lowerer(Lowerer outer) {
    request = outer.request;
    this.outer = Optional.of(outer);
    variables = new Variables(builder, Optional.of(outer.variables));
    homes = new Homes(variables, Optional.of(outer.homes));
    graph = outer.graph;
  }

  /** Returns whether the program stands inside another one. */
  boolean isInside() {
    return outer.isPresent();
  }

  /** Returns the program that computes these. */
  Program build(List<Value> fetches) {
    requireFed();
    return builder.build(fetches);
  }

  /** Declares the next feed. */
  Value feed(TensorType type, Origin origin) {
    return builder.feed(type, origin);
  }

  /** Returns what a resource of the program inside holds as it is run. */
  Value carried(Resource resource, Origin origin) {
    Primitive read = new Primitive.Read(resource);
    return builder.emit(read, List.of(), resource.type(), origin);
  }

  /** Sets what a resource of the program inside holds the next time. */
  void carry(Resource resource, Value value) {
    builder.update(resource, value);
  }

  /** Requires a program inside another to be on one device, that of what runs it. */
  void requireDevice(String device) {
    for (String other : homes.values().values()) {
      if (!other.equals(device)) {
        throw new NotFixedException("it is on " + device + " and on " + other);
      }
    }
  }

  /** Returns the random numbers that are taken each time. */
  List<Drawn> drawn() {
    return drawn;
  }

  /**
   * Returns these operations, which are in the order of the graph, as a program: what leads to the
   * first question without an answer, or if there is none, what no earlier stage did.
   */
  public Lowered lower(List<Operation> operations) {
    addFeeds(operations);
    List<Value> fetches;
    try {
      graph.lower(operations);
      requireFed();
      fetches = request.fetches().stream().map(graph::fetched).toList();
    } catch (Unanswered e) {
      return asking(e);
    }
    Program whole = builder.build(fetches);
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
          Optional.empty(),
          stages.number());
    }
    return lowered(
        stages.write(whole), List.of(), variables.reads(), Optional.empty(), stages.number());
  }

  private void requireFed() {
    if (!unfed.isEmpty()) {
      throw new FeedException(
          unfed.stream()
              .map(o -> "  " + o.output(0) + "\n    at " + o.source())
              .collect(
                  Collectors.joining(
                      "\n", "the run needs values for these placeholders, so feed them:\n", "")));
    }
  }

  private Lowered asking(Unanswered asked) {
    Optional<Question> question = Optional.of(asked.question());
    if (asked.stage().isEmpty()) {
      Program nothing = new ProgramBuilder().build(List.of());
      return new Lowered(
          nothing,
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          Map.of(),
          Map.of(),
          question,
          stages.number() - 1);
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
        asked.stage().get().resources(),
        variables.reads().stream().filter(read::contains).toList(),
        question,
        asked.stage().get().number());
  }

  private Lowered lowered(
      Stages.Written written,
      List<Resource> left,
      List<Resource> required,
      Optional<Question> asks,
      int number) {
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
    resources.putAll(leftOn);
    return new Lowered(
        written.program(),
        feeds.stream().filter(slot -> slot < users).map(feedOrder::get).toList(),
        feeds.stream().filter(slot -> slot >= users).map(s -> reservations.get(s - users)).toList(),
        required,
        written.taken(),
        left,
        local,
        resources,
        asks,
        number);
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

  Homes homes() {
    return homes;
  }

  /** Returns the device that an operation asks for by itself, or that of what asks for none. */
  String device(Operation operation) {
    return request.devices().apply(operation);
  }

  private void addFeeds(List<Operation> operations) {
    Set<Output> needed = new HashSet<>(request.fetches());
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
    Value fed =
        builder.feed(output.type().withShape(shape), graph.path().origin(output.operation()));
    graph.give(output, fed);
  }

  /** Returns a constant. */
  Value literal(Literal literal, Origin origin) {
    return builder.emit(new Primitive.Constant(literal), List.of(), literal.type(), origin);
  }

  /** Returns the shape that a variable has in the session. */
  Shape shape(String variable) {
    return Shape.of(answer(new Question.ShapeOf(variable)).toLongs());
  }

  /** Returns what the session's state tells. */
  Literal answer(Question question) {
    if (outer.isPresent()) {
      return outer.get().answer(question);
    }
    // Only what is asked for the first time has a stage.
    if (told.add(question)) {
      stages.pass();
    }
    Literal answer = request.answers().get(question);
    if (answer == null) {
      throw new Unanswered(question, Optional.empty());
    }
    return answer;
  }

  /**
   * Returns what only computing a value tells.
   *
   * @param asked the tensor whose value that is, if it is one's
   * @param before the operations of the frame that run before it is computed
   * @param asking the operation of the frame that asks
   */
  Literal answer(
      Question question,
      Value value,
      Optional<Output> asked,
      List<Operation> before,
      Frame frame,
      Operation asking) {
    if (outer.isPresent()) {
      throw new NotFixedException(question + " is known in each turn only");
    }
    frame.place(asking);
    Set<Value> later = new HashSet<>(variables.values());
    frame.addLater(asked, asking, later);
    later.addAll(checks.keySet());
    Set<Operation> done = new HashSet<>(before);
    List<Value> held =
        checks.entrySet().stream()
            .filter(c -> frame.follows(c.getValue().frame(), c.getValue().operation(), done))
            .map(Map.Entry::getKey)
            .toList();
    Stages.Stage stage = stages.cut(builder.instructions(), value, held, later);
    Literal answer = request.answers().get(question);
    if (answer == null) {
      throw new Unanswered(question, Optional.of(stage));
    }
    stages.tell(value, answer);
    return answer;
  }

  /** Returns what is known of the turns of a loop that is run stage by stage. */
  Optional<Question.Another> turnOf(CallPath path, Operation loop) {
    return request.answers().keySet().stream()
        .flatMap(q -> q instanceof Question.Another a ? Stream.of(a) : Stream.empty())
        .filter(a -> a.path().equals(path) && a.loop().equals(loop))
        .findFirst();
  }

  /** Returns whether an answer is yes. */
  boolean isTrue(Question question) {
    return Objects.requireNonNull(request.answers().get(question)).getLong(0) != 0;
  }

  /** Returns what cuts the program into stages. */
  Stages stages() {
    return stages;
  }

  /**
   * Cuts before the first turn of a loop, or at the end of one.
   *
   * @param go whether a turn follows
   * @param left what the next turn takes
   * @param more what turns need besides
   * @param before the number of checks that turns before made
   * @param number the stage's number
   */
  Stages.Stage cut(
      Frame frame,
      Operation loop,
      Value go,
      List<Stages.Left> left,
      List<Value> more,
      int before,
      int number) {
    frame.place(loop);
    left.forEach(l -> leftOn.put(l.resource().name(), frame.device(loop)));
    Set<Value> later = new HashSet<>(variables.values());
    frame.addLater(Optional.empty(), loop, later);
    List<Value> held = checks.keySet().stream().skip(before).toList();
    return stages.cut(builder.instructions(), go, held, left, more, later, number);
  }

  /** Returns what another stage left in a place: the one before, or the last of this number. */
  Value take(Resource place, Origin origin, int number, int index) {
    Value value = carried(place, origin);
    stages.take(value, place, number, index);
    homes.emitted(value);
    return value;
  }

  /** Returns how many checks there are so far. */
  int checked() {
    return checks.size();
  }

  boolean isInitialized(Resource resource) {
    return builder.isUpdated(variables.own(resource))
        || answer(new Question.PresenceOf(resource.name())).getLong(0) != 0;
  }

  /** Returns how many of an operation's random numbers were taken before the run takes some. */
  Value reserve(Frame frame, Operation operation, long blocks, boolean seeded) {
    String counter = frame.path().name(operation) + "/counter";
    if (outer.isPresent()) {
      Resource held = new Resource(counter, TensorType.of(DType.INT64), true);
      Value now = carried(held, frame.path().origin(operation));
      Lowering to = new NodeLowering(this, frame, operation, List.of(), (v, i) -> {});
      Value blocksTaken = to.literal(Literal.ofLongs(blocks).reshape(Shape.scalar()));
      carry(held, to.map(now, blocksTaken, Scalar::plus));
      drawn.add(new Drawn(frame, operation, held, blocks, seeded));
      return now;
    }
    reservations.add(new Reservation(counter, blocks, seeded));
    Value before = builder.feed(TensorType.of(DType.INT64), frame.path().origin(operation));
    stages.reserve(before);
    homes.emitted(before);
    return before;
  }

  List<Value> emit(
      Frame frame,
      Operation operation,
      Primitive primitive,
      List<Value> inputs,
      List<TensorType> types) {
    List<Value> outputs = builder.emit(primitive, inputs, types, frame.path().origin(operation));
    homes.emitted(outputs.get(0));
    frame.emitted(primitive, inputs, outputs);
    return outputs;
  }

  void check(
      Frame frame, Operation operation, Value condition, Primitive.Check check, List<Value> shown) {
    List<Value> inputs = new ArrayList<>(List.of(condition));
    inputs.addAll(shown);
    require(
        frame, operation, emit(frame, operation, check, inputs, List.of(condition.type())).get(0));
  }

  /** Demands that a value be computed, because what computes it checks something. */
  void require(Frame frame, Operation operation, Value checked) {
    checks.put(checked, new Asserted(frame, operation));
    builder.check(checked);
  }

  /** Notes in words how an operation with functions is run. */
  void note(Frame frame, Operation operation, String how) {
    if (outer.isPresent()) {
      outer.get().note(frame, operation, how);
    } else {
      roads.put(frame.path() + operation.name(), how);
    }
  }

  /** Returns in words how calls, choices and loops are run, by the operation's name. */
  public Map<String, String> roads() {
    return roads;
  }

  /** Notes that an operation's value must be fed. */
  void missing(Operation operation) {
    unfed.add(operation);
  }
}
