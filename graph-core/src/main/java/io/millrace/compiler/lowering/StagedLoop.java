package io.millrace.compiler.lowering;

import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ir.Origin;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.op.Loop;
import io.millrace.op.Lowering;
import io.millrace.op.RuleException;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Has the run go through the turns of a loop, each a stage of its own, because they differ and only
 * the data know how many there are. A turn's plan depends on the types of what it is given and on
 * nothing else of the turns before, so that turns alike share one.
 *
 * <p>The stage before the first turn, and each turn, leaves what the next one takes in places of
 * its own, in the same order.
 */
final class StagedLoop {
  private final Lowerer lowerer;
  private final Frame frame;
  private final Operation operation;
  private final Loop loop;
  private final Lowering around;

  /** The parameters that each turn makes anew, by position. */
  private final List<Integer> carried;

  /** What all other parameters are. */
  private final Map<Output, Place> same = new LinkedHashMap<>();

  StagedLoop(Lowerer lowerer, Frame frame, Operation operation, Loop loop, Lowering around) {
    this.lowerer = lowerer;
    this.frame = frame;
    this.operation = operation;
    this.loop = loop;
    this.around = around;
    carried = IntStream.range(0, loop.carried()).filter(i -> !loop.isSame(i)).boxed().toList();
  }

  /**
   * Lowers the loop, and returns a frame in which the body's parameters are what the loop ends as.
   *
   * @param first what they are before the first turn
   * @param go whether there is a first turn
   */
  Frame lower(Map<Output, Place> first, Value go) {
    List<Value> begin = new ArrayList<>();
    first.forEach(
        (parameter, place) -> {
          int position = loop.body().parameters().indexOf(parameter);
          if (!carried.contains(position)) {
            same.put(parameter, place);
          } else {
            begin.add(value(place));
          }
        });
    int entry = lowerer.stages().number();
    List<Value> needed = Rows.values(List.copyOf(same.values())).toList();
    Stages.Stage before =
        lowerer.cut(frame, operation, go, left(begin, List.of()), needed, 0, entry);
    lowerer.stages().enterLoop();
    Question.Another turn =
        lowerer
            .turnOf(frame.path(), operation)
            .orElseThrow(() -> new Unanswered(asking(begin, List.of()), Optional.of(before)));
    Frame body = new Frame(lowerer, frame, operation, loop.body(), Origin.Site.NO_TURN, same);
    take(body, turn, entry + 1);
    same.forEach(body::bind);
    if (lowerer.isTrue(turn)) {
      throw turn(body, turn, entry + 1);
    }
    return body;
  }

  /** Returns a value, which may be a list without elements. */
  private Value value(Place place) {
    if (place.frame().dead().contains(place.output())
        || place.frame().rows().differ(place.output())) {
      throw RuleException.unsupported(
          "%s has no value in some turns of a loop whose turns differ".formatted(place.output()));
    }
    return place.value();
  }

  private Question.Another asking(List<Value> values, List<Resource> written) {
    List<TensorType> types = values.stream().map(Value::type).toList();
    return new Question.Another(frame.path(), operation, types, written);
  }

  private List<Stages.Left> left(List<Value> values, List<Resource> written) {
    List<Stages.Left> left = new ArrayList<>();
    for (Value value : values) {
      if (value.isMade()) {
        left.add(new Stages.Left(value, place(left.size(), "left", value.type())));
      }
    }
    for (Resource variable : written) {
      Value held = Objects.requireNonNull(lowerer.variables().held(variable));
      left.add(new Stages.Left(held, place(left.size(), "left", held.type())));
    }
    return left;
  }

  private Resource place(int index, String how, TensorType type) {
    String name = frame.path() + operation.name();
    return new Resource("turn of %s, %s %d".formatted(name, how, index), type, true);
  }

  /** Gives a turn what the one before left. */
  private void take(Frame body, Question.Another turn, int number) {
    Origin origin = frame.path().origin(operation);
    int index = 0;
    for (int i = 0; i < carried.size(); i++) {
      TensorType type = turn.carried().get(i);
      boolean isMade = !type.isList();
      body.give(
          loop.body().parameters().get(carried.get(i)),
          isMade
              ? lowerer.take(place(index, "taken", type), origin, number, index)
              : Value.unmade(type));
      index += isMade ? 1 : 0;
    }
    for (Resource variable : turn.written()) {
      Value value = lowerer.take(place(index, "taken", variable.type()), origin, number, index);
      lowerer.variables().write(variable, value, operation);
      index++;
    }
    frame.place(operation);
  }

  /** Lowers a turn, and returns what asks whether another one follows. */
  private Unanswered turn(Frame body, Question.Another turn, int number) {
    GraphFunction function = loop.body();
    int checks = lowerer.checked();
    int retyped = lowerer.retyped().size();
    Map<Resource, Integer> writes = new HashMap<>(lowerer.variables().writes());
    body.lower(function, List.of());
    if (lowerer.retyped().size() > retyped) {
      throw RuleException.unsupported("a variable changes its shape in a loop whose turns differ");
    }
    Map<Output, Place> next = new LinkedHashMap<>(same);
    List<Value> values = new ArrayList<>();
    for (int position : carried) {
      Place place = new Place(body, function.results().get(position));
      values.add(value(place));
      next.put(function.parameters().get(position), place);
    }
    frame.hold(() -> Rows.values(List.copyOf(next.values())).toList());
    IntFunction<Place> places = i -> Objects.requireNonNull(next.get(function.parameters().get(i)));
    Frame asked = Conditions.run(frame, operation, loop, Origin.Site.NO_TURN, places);
    Output result = loop.condition().orElseThrow().results().get(0);
    Value go = Conditions.isTrue(around, asked.fetched(result));
    List<Resource> written = new ArrayList<>(turn.written());
    lowerer
        .variables()
        .writes()
        .forEach(
            (variable, count) -> {
              if (!count.equals(writes.get(variable)) && !written.contains(variable)) {
                written.add(variable);
              }
            });
    Stages.Stage stage =
        lowerer.cut(frame, operation, go, left(values, written), List.of(), checks, number);
    return new Unanswered(asking(values, written), Optional.of(stage));
  }
}
