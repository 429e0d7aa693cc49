package io.millrace.compiler.lowering;

import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ir.Primitive;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.Loop;
import io.millrace.op.Lowering;
import io.millrace.op.RuleException;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Writes the turns of a loop out, one after another, because they differ: in shapes, in devices, or
 * in what a turn asks. Whether another one follows is known or a question to the run.
 */
final class TurnByTurn {
  /** The most turns that are written out: beyond, compiling takes longer than anybody waits. */
  private static final int LIMIT = 10_000;

  private final Lowerer lowerer;
  private final Frame frame;
  private final Operation operation;
  private final Loop loop;
  private final Lowering around;

  /** Why the turns differ. */
  private final String reason;

  /** What each parameter is in the next turn, but for rows. */
  private final Map<Output, Place> next = new LinkedHashMap<>();

  /** What the turns so far left, in their order, for each trace and each tensor collected. */
  private final Map<Output, List<Place>> rows = new LinkedHashMap<>();

  TurnByTurn(
      Lowerer lowerer,
      Frame frame,
      Operation operation,
      Loop loop,
      Lowering around,
      String reason) {
    this.lowerer = lowerer;
    this.frame = frame;
    this.operation = operation;
    this.loop = loop;
    this.around = around;
    this.reason = reason;
  }

  /** Lowers all turns. */
  void lower() {
    List<Output> parameters = loop.body().parameters();
    for (int i = 0; i < parameters.size(); i++) {
      if (!loop.isScanned(i)) {
        next.put(parameters.get(i), new Place(frame, operation.input(loop.first() + i)));
      }
    }
    frame.hold(this::held);
    lowerer.note(frame, operation, "its turns are written out, for they differ: " + reason);
    Map<Output, Output> traces = CallLowering.traces(frame, operation, loop.body());
    long turns = 0;
    if (loop.condition().isPresent()) {
      while (isGoingOn(turns, traces)) {
        turn(turns, turns, traces);
        turns++;
      }
    } else {
      long count = frame.asking().constant(operation.input(0), operation).getLong(0);
      requireFew(count);
      for (; turns < count; turns++) {
        turn(turns, loop.backward() ? count - 1 - turns : turns, traces);
      }
    }
    end(turns, traces);
  }

  /** Returns what later turns need, and what the loop leaves. */
  private List<Value> held() {
    List<Value> held = new ArrayList<>();
    Rows.values(List.copyOf(next.values())).forEach(held::add);
    rows.values().forEach(own -> Rows.values(own).forEach(held::add));
    return held;
  }

  private boolean isGoingOn(long turn, Map<Output, Output> traces) {
    Frame asked = Conditions.run(frame, operation, loop, turn, this::place);
    Output result = loop.condition().orElseThrow().results().get(0);
    Conditions.requireScalar(asked.type(result));
    if (traces.isEmpty() && asked.asking().known(result).isEmpty()) {
      Value go = Conditions.isTrue(around, asked.fetched(result));
      Frame last = new StagedLoop(lowerer, frame, operation, loop, around).lower(next, go);
      next.replaceAll((parameter, place) -> new Place(last, parameter));
      lowerer.note(frame, operation, "its turns are stages of the run, for they differ: " + reason);
      return false;
    }
    boolean isGoing = !Conditions.isZero(asked.asking().constant(result, result.operation()));
    requireFew(isGoing ? turn + 1 : turn);
    return isGoing;
  }

  private void requireFew(long turns) {
    if (turns > LIMIT) {
      throw RuleException.unsupported(
          "the loop takes more than %,d turns, which is not supported if they differ: %s"
              .formatted(LIMIT, reason));
    }
  }

  private Place place(int parameter) {
    return Objects.requireNonNull(next.get(loop.body().parameters().get(parameter)));
  }

  /**
   * Lowers one turn.
   *
   * @param row which rows it takes
   */
  private void turn(long number, long row, Map<Output, Output> traces) {
    GraphFunction function = loop.body();
    Map<Output, Place> arguments = new LinkedHashMap<>(next);
    for (int i = loop.carried(); i < loop.carried() + loop.scanned(); i++) {
      Output parameter = function.parameters().get(i);
      row(operation.input(loop.first() + i), row)
          .ifPresent(place -> arguments.put(parameter, place));
    }
    Frame body = new Frame(lowerer, frame, operation, function, number, arguments);
    arguments.forEach(body::bind);
    for (int i = loop.carried(); i < loop.carried() + loop.scanned(); i++) {
      if (!arguments.containsKey(function.parameters().get(i))) {
        body.give(function.parameters().get(i), picked(operation.input(loop.first() + i), row));
      }
    }
    body.lower(function, traces.keySet());
    for (int i = 0; i < loop.carried(); i++) {
      if (!loop.isSame(i)) {
        next.put(function.parameters().get(i), new Place(body, function.results().get(i)));
      }
    }
    for (int j = 0; j < loop.collected(); j++) {
      keep(operation.output(loop.carried() + j), body, function.results().get(loop.carried() + j));
    }
    traces.forEach((inside, trace) -> keep(trace, body, inside));
  }

  private void keep(Output stack, Frame body, Output inside) {
    rows.computeIfAbsent(stack, s -> new ArrayList<>()).add(new Place(body, inside));
  }

  /** Returns the row of a stack that is a tensor of its own, or has no value. */
  private Optional<Place> row(Output stack, long index) {
    List<Place> own = frame.rows().of(stack);
    return frame.dead().contains(stack)
        ? Optional.of(new Place(frame, stack))
        : Optional.ofNullable(own).map(rows -> rows.get(Math.toIntExact(index)));
  }

  private Value picked(Output stack, long index) {
    Value value = frame.input(stack, operation);
    TensorType row = Rows.row(value.type());
    if (!value.isMade()) {
      return Value.unmade(row);
    }
    return around.emit(Rows.pick(value.type(), index), List.of(value), row);
  }

  private void end(long turns, Map<Output, Output> traces) {
    for (int i = 0; i < loop.carried(); i++) {
      if (loop.isSame(i) && !frame.dead().contains(operation.input(loop.first() + i))) {
        frame.pass(operation.input(loop.first() + i), operation.output(i));
      } else {
        frame.take(operation.output(i), place(i));
      }
    }
    frame.tell(operation.turns(), Literal.scalar(DType.INT64, turns));
    for (Output trace : traces.values()) {
      stack(trace);
    }
    for (int j = 0; j < loop.collected(); j++) {
      stack(operation.output(loop.carried() + j));
    }
  }

  private void stack(Output output) {
    List<Place> own = rows.get(output);
    if (own == null) {
      frame.dead().kill(output, true);
      return;
    }
    if (loop.backward()) {
      Collections.reverse(own);
    }
    frame.rows().put(output, own);
    long count = count();
    if (count > own.size() && !frame.rows().differ(output)) {
      frame.set(output, padded(frame.input(output, operation), count));
    } else if (frame.isFetched(output)) {
      frame.set(output, frame.input(output, operation));
    }
  }

  /** Returns how many rows the stacks have that the loop takes rows of. */
  private long count() {
    long count = 0;
    for (int i = loop.carried(); i < loop.carried() + loop.scanned(); i++) {
      Output stack = operation.input(loop.first() + i);
      if (!frame.dead().contains(stack) && !frame.rows().differ(stack)) {
        count = Math.max(count, frame.type(stack).shape().dim(0));
      }
    }
    return count;
  }

  /** Returns a stack with rows of zeros behind, as those have that one loop in a plan leaves. */
  private Value padded(Value stack, long count) {
    Shape shape = stack.type().shape();
    Primitive.Move.Piece all =
        new Primitive.Move.Piece(0, shape, View.dense(shape), View.dense(shape));
    List<Primitive.Move.Piece> pieces = shape.size() == 0 ? List.of() : List.of(all);
    Primitive pad =
        new Primitive.Move(
            pieces, Optional.of(new ScalarFunction.Constant(stack.type().dtype(), 0)));
    return around.emit(pad, List.of(stack), Rows.stacked(Rows.row(stack.type()), count));
  }
}
