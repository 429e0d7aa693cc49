package io.millrace.primitives;

import io.millrace.ir.Control;
import io.millrace.ir.Control.Repeat.Walk;
import io.millrace.ir.Origin;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Writes a loop for tests: first what is scanned, then what stays the same. */
public final class LoopWriter {
  private final ProgramWriter outer;
  public final ProgramWriter turn = new ProgramWriter();
  private final List<Resource> carried = new ArrayList<>();
  private final List<Value> first = new ArrayList<>();
  private final List<Walk> walks = new ArrayList<>();
  private final List<Value> scanned = new ArrayList<>();
  private final List<Value> kept = new ArrayList<>();
  private final List<Value> collected = new ArrayList<>();

  public LoopWriter(ProgramWriter outer) {
    this.outer = outer;
  }

  /** Carries a value, and returns it as a turn finds it. */
  public Value carry(String name, Value from) {
    Resource resource = new Resource(name, from.type(), true);
    carried.add(resource);
    first.add(from);
    return turn.read(resource);
  }

  /** Says what the next turn finds of the carried value of this name. */
  public void next(String name, Value value) {
    carried.stream().filter(r -> r.name().equals(name)).forEach(r -> turn.builder.update(r, value));
  }

  /** Scans a tensor, and returns a turn's row. */
  public Value scan(Walk walk, Value tensor) {
    walks.add(walk);
    scanned.add(tensor);
    int rank = tensor.type().shape().rank();
    return turn.feed(tensor.type().withShape(tensor.type().shape().slice(1, rank)));
  }

  /** Returns a value as each turn has it. */
  public Value keep(Value value) {
    kept.add(value);
    return turn.feed(value.type());
  }

  public void collect(Value value) {
    collected.add(value);
  }

  /** Adds a loop of so many turns; returns the number of turns, the carried, the collected. */
  public List<Value> times(Value count, Value rows, long capacity) {
    Value number = carry("number", outer.scalar(DType.INT32, 0));
    Value limit = keep(count);
    Value next = turn.map(s -> s.get(0).plus(1), number);
    next("number", next);
    Value another = turn.map(s -> s.get(0).lt(s.get(1)), next, limit);
    return repeat(outer.map(s -> s.get(0).gt(0), count), rows, another, capacity);
  }

  /** Adds the loop. */
  public List<Value> repeat(Value go, Value rows, Value another, long capacity) {
    List<Value> inputs = new ArrayList<>(List.of(go, rows));
    inputs.addAll(first);
    inputs.addAll(scanned);
    inputs.addAll(kept);
    List<TensorType> types = new ArrayList<>(List.of(TensorType.of(DType.INT64)));
    carried.forEach(r -> types.add(r.type()));
    List<Value> fetches = new ArrayList<>(List.of(another));
    for (Value value : collected) {
      fetches.add(value);
      types.add(value.type().withShape(Shape.of(capacity).concat(value.type().shape())));
    }
    return outer.builder.emit(
        new Control.Repeat(turn.fetch(fetches), carried, walks, capacity),
        inputs,
        types,
        Origin.of("loop"));
  }
}
