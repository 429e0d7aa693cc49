package io.millrace.compiler.lowering;

import io.millrace.GraphException;
import io.millrace.MillraceException;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.UnsupportedException;
import io.millrace.ir.Control;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.Loop;
import io.millrace.op.Lowering;
import io.millrace.op.RuleException;
import io.millrace.reference.KnownTurns;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Lowers a loop to one instruction: its turn becomes a program of its own, which computes the
 * body's results and then whether another turn follows.
 *
 * <p>The elements of a list may get their shape in a turn. Then the loop is lowered again, with
 * zeros of that shape at the beginning.
 */
final class LoopLowering {
  private final Lowerer outer;
  private final Frame frame;
  private final Operation operation;
  private final Loop loop;

  /** Says what stands before and after the loop. */
  private final Lowering around;

  private final Lowerer inner;
  private final Frame body;
  private final Lowering turn;
  private final Origin origin;

  /** What the turn finds, with its value before the first turn. */
  private final Map<Resource, Value> firsts = new LinkedHashMap<>();

  private final Map<Integer, Resource> carried = new HashMap<>();

  /** The types of carried lists that a turn made of ones without elements, by position. */
  private final Map<Integer, TensorType> made;

  private final List<Collected> collected = new ArrayList<>();
  private final List<Value> scanned = new ArrayList<>();

  /** What the turn is fed that stays the same, as it is outside. */
  private final List<Value> kept = new ArrayList<>();

  /** By the slot that the turn is fed it in, the input that stays the same. */
  private final Map<Integer, Integer> keptInputs = new HashMap<>();

  /** Whether constants say that there is a first turn. */
  private boolean begins;

  /** What a turn adds to a stack, and what takes the stack. */
  private record Collected(Value row, Consumer<Value> taker) {}

  LoopLowering(Lowerer outer, Frame frame, Operation operation, Loop loop, Lowering around) {
    this(outer, frame, operation, loop, around, Map.of());
  }

  private LoopLowering(
      Lowerer outer,
      Frame frame,
      Operation operation,
      Loop loop,
      Lowering around,
      Map<Integer, TensorType> made) {
    this.made = new HashMap<>(made);
    this.outer = outer;
    this.frame = frame;
    this.operation = operation;
    this.loop = loop;
    this.around = around;
    inner = new Lowerer(outer);
    Map<Output, Place> same = new LinkedHashMap<>();
    for (int i = 0; i < loop.body().parameters().size(); i++) {
      if (loop.isSame(i)) {
        Output argument = operation.input(loop.first() + i);
        same.put(loop.body().parameters().get(i), new Place(frame, argument));
      }
    }
    body = new Frame(inner, frame, operation, loop.body(), Origin.Site.NO_TURN, same);
    turn = new NodeLowering(inner, body, operation, List.of(), (v, i) -> {});
    origin = frame.path().origin(operation);
  }

  void lower() {
    Value go;
    if (loop.condition().isPresent()) {
      Frame first = asked(frame, operation::input);
      Output result = loop.condition().get().results().get(0);
      Optional<Literal> known = first.asking().known(result);
      if (known.isPresent() && Conditions.isZero(known.get())) {
        doNothing();
        return;
      }
      begins = known.isPresent();
      go = Conditions.isTrue(around, first.fetched(result));
    } else {
      if (isNothing()) {
        doNothing();
        return;
      }
      go = around.map(around.input(0), n -> n.gt(0));
    }
    try {
      repeat(go);
    } catch (NotFixedException e) {
      if (outer.isInside()) {
        throw e;
      }
      String reason = String.valueOf(e.getMessage());
      new TurnByTurn(outer, frame, operation, loop, around, reason).lower();
    }
  }

  private Frame asked(Frame in, IntFunction<Output> parameters) {
    return Conditions.run(
        in, operation, loop, Origin.Site.NO_TURN, i -> new Place(in, parameters.apply(i)));
  }

  /** Returns whether there is no turn, and nothing is known of what it would take. */
  private boolean isNothing() {
    boolean isUnknown = false;
    for (int i = loop.carried(); i < loop.carried() + loop.scanned(); i++) {
      isUnknown |= frame.dead().contains(operation.input(loop.first() + i));
    }
    return isUnknown
        && frame.asking().known(operation.input(0)).filter(Conditions::isZero).isPresent();
  }

  private void doNothing() {
    outer.note(frame, operation, "no turn, as the condition is known");
    Map<Integer, TensorType> types = madeByTurn();
    for (int i = 0; i < loop.carried(); i++) {
      TensorType type = types.get(i);
      if (type == null) {
        frame.pass(operation.input(loop.first() + i), operation.output(i));
      } else {
        around.output(i, Lists.zeros(around, type));
      }
    }
    for (int j = 0; j < loop.collected(); j++) {
      frame.dead().kill(operation.output(loop.carried() + j), true);
    }
    operation.traces().values().forEach(t -> frame.dead().kill(t, true));
    frame.tell(operation.turns(), Literal.scalar(DType.INT64, 0));
  }

  /** Returns the types that a turn, if there were one, would give lists without elements. */
  private Map<Integer, TensorType> madeByTurn() {
    List<Integer> unmade = new ArrayList<>();
    for (int i = 0; i < loop.carried(); i++) {
      Output argument = operation.input(loop.first() + i);
      if (argument.type().isList()
          && !loop.isSame(i)
          && !frame.dead().contains(argument)
          && !around.input(loop.first() + i).isMade()) {
        unmade.add(i);
      }
    }
    if (!unmade.isEmpty()) {
      try {
        give();
        body.lower(loop.body(), List.of());
        unmade.stream().filter(i -> result(i).isMade()).forEach(this::carry);
      } catch (MillraceException | NotFixedException e) {
        // What a turn gives is of no concern where there is none.
        return Map.of();
      }
    }
    return made;
  }

  private void repeat(Value go) {
    give();
    Map<Output, Output> traces = CallLowering.traces(frame, operation, loop.body());
    lowerTurn(traces.keySet());
    List<Value> fetches = new ArrayList<>();
    fetches.add(another());
    int known = made.size();
    for (int i = 0; i < loop.carried(); i++) {
      if (!loop.isSame(i)) {
        carry(i);
      }
    }
    if (made.size() > known) {
      LoopLowering again = new LoopLowering(outer, frame, operation, loop, around, made);
      again.begins = begins;
      again.repeat(go);
      return;
    }
    for (int j = 0; j < loop.collected(); j++) {
      int position = loop.carried() + j;
      collected.add(new Collected(result(position), rows -> around.output(position, rows)));
    }
    traces.forEach(
        (inside, trace) ->
            collected.add(new Collected(body.fetched(inside), rows -> frame.set(trace, rows))));
    collected.stream().map(Collected::row).filter(Value::isMade).forEach(fetches::add);
    addState();
    Program built = inner.build(fetches);
    boolean limited = !scanned.isEmpty() || fetches.size() > 1 || !inner.drawn().isEmpty();
    Optional<KnownTurns> turns =
        limited && loop.condition().isPresent() ? known(built) : Optional.empty();
    long capacity =
        turns.isPresent() ? turns.get().count() : limited ? rows() : Control.Repeat.UNLIMITED;
    for (Lowerer.Drawn drawn : inner.drawn()) {
      long blocks = Math.multiplyExact(drawn.blocks(), capacity);
      firsts.put(
          drawn.counter(), outer.reserve(drawn.frame(), drawn.operation(), blocks, drawn.seeded()));
    }
    inner.requireDevice(frame.device(operation));
    outer.note(
        frame,
        operation,
        capacity == Control.Repeat.UNLIMITED
            ? "one instruction, whose turns have the same types"
            : "one instruction, whose turns have the same types, with rows for " + capacity);
    emit(
        withoutUnchanged(built),
        go,
        capacity,
        turns.filter(k -> begins).map(k -> Literal.scalar(DType.INT64, k.count())));
  }

  /** Lowers the turn; what is wrong with one is none's fault if there is none. */
  private void lowerTurn(Set<Output> traced) {
    try {
      body.lower(loop.body(), traced);
    } catch (GraphException | UnsupportedException e) {
      if (begins || loop.condition().isEmpty()) {
        throw e;
      }
      throw new NotFixedException(
          "a turn, if there is one, is refused: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  /** Gives the parameters their values in the turn. */
  private void give() {
    List<Output> parameters = loop.body().parameters();
    for (int i = 0; i < parameters.size(); i++) {
      if (loop.isScanned(i)) {
        if (frame.rows().differ(operation.input(loop.first() + i))) {
          throw new NotFixedException(
              "the rows of %s differ in shape".formatted(operation.input(loop.first() + i)));
        }
        Value stack = around.input(loop.first() + i);
        if (stack.isMade()) {
          scanned.add(stack);
          body.give(parameters.get(i), inner.feed(Rows.row(stack.type()), origin));
        } else {
          body.give(parameters.get(i), Value.unmade(Rows.row(stack.type())));
        }
      }
    }
    for (int i = 0; i < parameters.size(); i++) {
      Output argument = operation.input(loop.first() + i);
      if (loop.isScanned(i)) {
        continue;
      }
      boolean isBound =
          loop.isSame(i)
              ? frame.isBound(parameters.get(i), argument)
              : frame.dead().contains(argument);
      if (isBound) {
        body.bind(parameters.get(i), new Place(frame, argument));
      } else if (loop.isSame(i)) {
        body.give(parameters.get(i), keep(loop.first() + i));
      } else {
        giveCarried(i, parameters.get(i), around.input(loop.first() + i));
      }
    }
  }

  private void giveCarried(int position, Output parameter, Value argument) {
    TensorType type = made.get(position);
    Value value = type == null ? argument : Lists.zeros(around, type);
    if (value.isMade()) {
      Resource resource = new Resource("carried " + position, value.type(), true);
      carried.put(position, resource);
      firsts.put(resource, value);
      body.give(parameter, inner.carried(resource, origin));
    } else {
      body.give(parameter, value);
    }
  }

  private Value keep(int input) {
    Value outside = around.input(input);
    if (!outside.isMade()) {
      return outside;
    }
    keptInputs.put(scanned.size() + kept.size(), input);
    kept.add(outside);
    return inner.feed(outside.type(), origin);
  }

  /** Returns a result of the body, which has a value in every turn. */
  private Output live(int position) {
    Output result = loop.body().results().get(position);
    if (body.dead().contains(result)) {
      throw new NotFixedException(result + " has no value in some turns");
    }
    return result;
  }

  private Value result(int position) {
    return body.fetched(live(position));
  }

  private void carry(int position) {
    Resource resource = carried.get(position);
    Value next = result(position);
    if (resource == null && next.isMade()) {
      made.put(position, Lists.made(around.input(loop.first() + position), next.type()));
      return;
    }
    TensorType before =
        resource == null ? around.input(loop.first() + position).type() : resource.type();
    if (!next.type().equals(before)) {
      throw new NotFixedException(
          "%s goes in as %s and comes out as %s"
              .formatted(loop.body().parameters().get(position), before, next.type()));
    }
    if (resource == null) {
      around.output(position, next);
    } else {
      inner.carry(resource, next);
    }
  }

  /** Returns whether another turn follows, as the turn says it. */
  private Value another() {
    if (loop.condition().isPresent()) {
      Frame again = asked(body, this::live);
      return Conditions.isTrue(turn, again.fetched(loop.condition().get().results().get(0)));
    }
    Resource done = new Resource("turns done", TensorType.of(DType.INT64), true);
    firsts.put(done, around.literal(Literal.scalar(DType.INT64, 0)));
    Value next = turn.map(inner.carried(done, origin), t -> t.plus(1));
    inner.carry(done, next);
    return turn.map(next, keep(0), (t, n) -> t.lt(n));
  }

  /** Lets the loop carry the variables that its turns use. */
  private void addState() {
    for (Resource resource : inner.variables().used()) {
      firsts.put(inner.variables().own(resource), outer.variables().read(resource, operation));
    }
  }

  /** Returns what constants say of the turns, if they end them. */
  private Optional<KnownTurns> known(Program turn) {
    Map<Resource, Integer> positions = new HashMap<>();
    carried.forEach((position, resource) -> positions.put(resource, position));
    return KnownTurns.of(
        turn,
        new KnownTurns.Known() {
          @Override
          public Optional<Literal> first(Resource resource) {
            return Optional.ofNullable(positions.get(resource))
                .flatMap(position -> around.known(loop.first() + position));
          }

          @Override
          public Optional<Literal> fed(int slot, long number) {
            return Optional.ofNullable(keptInputs.get(slot)).flatMap(around::known);
          }
        });
  }

  /** Returns how many rows there are of what the loop scans or collects. */
  private long rows() {
    if (!scanned.isEmpty()) {
      long rows = scanned.get(0).type().shape().dim(0);
      for (Value stack : scanned) {
        if (stack.type().shape().dim(0) != rows) {
          throw new RuleException(
              "the stacks have %d and %d rows, but must have as many"
                  .formatted(rows, stack.type().shape().dim(0)));
        }
      }
      return rows;
    }
    Optional<Literal> length = loop.condition().isPresent() ? Optional.empty() : around.known(0);
    return length.isPresent()
        ? length.get().getLong(0)
        : outer.answer(new Question.CapacityOf(frame.path().name(operation))).getLong(0);
  }

  /** Feeds the turn what it would carry without changing it. */
  private Program withoutUnchanged(Program program) {
    Map<Resource, Value> ends = new LinkedHashMap<>();
    for (Resource resource : Unchanged.in(List.of(program), firsts.keySet())) {
      ends.put(resource, Objects.requireNonNull(firsts.remove(resource)));
    }
    kept.addAll(ends.values());
    carried.forEach(
        (position, resource) ->
            Optional.ofNullable(ends.get(resource))
                .ifPresent(value -> around.output(position, value)));
    return Unchanged.fed(program, List.copyOf(ends.keySet()));
  }

  private void emit(Program program, Value go, long capacity, Optional<Literal> turns) {
    List<Resource> resources = List.copyOf(firsts.keySet());
    List<Value> inputs = new ArrayList<>();
    inputs.add(go);
    boolean counted = loop.condition().isEmpty();
    inputs.add(counted ? around.input(0) : around.literal(Literal.scalar(DType.INT64, 0)));
    inputs.addAll(firsts.values());
    inputs.addAll(scanned);
    inputs.addAll(kept);
    List<TensorType> types = new ArrayList<>(List.of(TensorType.of(DType.INT64)));
    resources.forEach(r -> types.add(r.type()));
    for (Value fetch : program.fetches().subList(1, program.fetches().size())) {
      types.add(Rows.stacked(fetch.type(), capacity));
    }
    Control.Repeat.Walk walk =
        loop.backward() ? Control.Repeat.Walk.BACKWARD : Control.Repeat.Walk.FORWARD;
    Control.Repeat repeat =
        new Control.Repeat(program, resources, Collections.nCopies(scanned.size(), walk), capacity);
    List<Value> outputs = around.emit(repeat, inputs, types);
    if (!program.checks().isEmpty()) {
      outer.require(frame, operation, outputs.get(0));
    }
    frame.set(operation.turns(), turns.map(around::literal).orElse(outputs.get(0)));
    carried.forEach(
        (position, resource) -> {
          int at = resources.indexOf(resource);
          if (at >= 0) {
            around.output(position, outputs.get(repeat.firstOutput() + at));
          }
        });
    for (Resource resource : inner.variables().used()) {
      int at = resources.indexOf(inner.variables().own(resource));
      if (at >= 0) {
        outer.variables().write(resource, outputs.get(repeat.firstOutput() + at), operation);
      }
    }
    for (int i = 0; i < loop.carried(); i++) {
      if (loop.isSame(i)) {
        frame.pass(operation.input(loop.first() + i), operation.output(i));
      }
    }
    int next = repeat.firstCollected();
    for (Collected each : collected) {
      if (each.row().isMade()) {
        Value rows = outputs.get(next++);
        each.taker().accept(loop.backward() ? turned(rows) : rows);
      } else {
        each.taker().accept(Value.unmade(Rows.stacked(each.row().type(), capacity)));
      }
    }
  }

  /** Returns rows in the order of what the turns took, not of the turns. */
  private Value turned(Value rows) {
    long capacity = rows.type().shape().dim(0);
    Shape flat =
        Shape.of(1, 1, capacity, capacity == 0 ? 0 : rows.type().shape().size() / capacity);
    Value turns =
        around.mapViews(
            Shape.of(1, capacity),
            List.of(around.input(0)),
            List.of(View.of(0, 0, 0)),
            (b, s) -> s.get(0).minus(1).minus(b.index(1)));
    Value moved =
        around.emit(
            new Primitive.Gather(),
            List.of(around.reshape(rows, flat), turns),
            rows.type().withShape(flat));
    return around.reshape(moved, rows.type().shape());
  }
}
