package io.millrace.primitives;

import io.millrace.ir.Control;
import io.millrace.ir.Control.Repeat.Walk;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Adds choices and loops to random programs, whose own programs are random too. */
final class RandomControl {
  private static final TensorType COUNT = TensorType.of(DType.INT32);

  private RandomControl() {}

  private static List<Value> some(RandomPrograms outer, int most) {
    List<Value> values = new ArrayList<>();
    for (int i = outer.random.nextInt(most + 1); i > 0; i--) {
      values.add(outer.any());
    }
    return values;
  }

  private static List<Resource> carried(List<Value> first) {
    List<Resource> carried = new ArrayList<>();
    first.forEach(v -> carried.add(new Resource("carried" + carried.size(), v.type(), true)));
    return carried;
  }

  private static void update(RandomPrograms inside, List<Resource> carried) {
    for (Resource resource : carried) {
      if (inside.random.nextInt(4) != 0) {
        inside.builder.update(resource, inside.fitting(resource.type()));
      }
    }
  }

  private static List<TensorType> types(List<Value> values) {
    return values.stream().map(Value::type).toList();
  }

  private static Value constant(RandomPrograms in, Literal literal) {
    return in.builder.emit(new Primitive.Constant(literal), List.of(), literal.type(), in.origin());
  }

  static Value choose(RandomPrograms outer) {
    List<Value> first = some(outer, 2);
    List<Resource> carried = carried(first);
    List<Value> fed = new ArrayList<>(some(outer, 2));
    fed.add(outer.any());
    TensorType fetched = fed.get(0).type();
    List<Program> branches = new ArrayList<>();
    for (int i = outer.random.nextInt(2); i >= 0; i--) {
      RandomPrograms branch = outer.inside(carried, types(fed));
      update(branch, carried);
      branches.add(branch.builder.build(List.of(branch.fitting(fetched))));
    }
    List<Value> inputs = new ArrayList<>();
    inputs.add(constant(outer, Literal.scalar(DType.INT32, outer.random.nextInt(4) - 1)));
    inputs.addAll(first);
    inputs.addAll(fed);
    List<TensorType> types = new ArrayList<>(types(first));
    types.add(fetched);
    return pick(
        outer,
        outer.builder.emit(new Control.Choose(branches, carried), inputs, types, outer.origin()));
  }

  /** Returns one of some outputs. */
  private static Value pick(RandomPrograms outer, List<Value> outputs) {
    return outputs.get(outer.random.nextInt(outputs.size()));
  }

  /** Adds a loop of up to three turns, which often scans and collects. */
  static Value repeat(RandomPrograms outer) {
    List<Value> first = some(outer, 2);
    List<Resource> carried = carried(first);
    List<Walk> walks = new ArrayList<>();
    List<Value> scanned = new ArrayList<>();
    long capacity = 3 + outer.random.nextInt(2);
    for (Value value : some(outer, 3)) {
      if (value.type().shape().rank() > 0 && value.type().shape().dim(0) == capacity) {
        scanned.add(value);
        walks.add(Walk.values()[outer.random.nextInt(2)]);
      }
    }
    List<Value> kept = new ArrayList<>(some(outer, 2));
    kept.add(outer.any());
    List<TensorType> fed = new ArrayList<>();
    scanned.forEach(v -> fed.add(row(v.type())));
    fed.addAll(types(kept));
    RandomPrograms turn = outer.inside(carried, fed);
    update(turn, carried);
    List<Value> fetches = new ArrayList<>();
    fetches.add(another(turn, carried));
    for (int i = outer.random.nextInt(3); i > 0; i--) {
      fetches.add(turn.any());
    }
    int turns = outer.random.nextInt(4);
    List<Value> inputs = new ArrayList<>();
    inputs.add(constant(outer, Literal.scalar(DType.BOOL, turns > 0 ? 1 : 0)));
    inputs.add(constant(outer, Literal.scalar(DType.INT64, turns)));
    inputs.add(constant(outer, Literal.scalar(DType.INT32, turns)));
    inputs.addAll(first);
    inputs.addAll(scanned);
    inputs.addAll(kept);
    List<Resource> all = new ArrayList<>(List.of(left(carried)));
    all.addAll(carried);
    List<TensorType> types = new ArrayList<>(List.of(TensorType.of(DType.INT64)));
    all.forEach(r -> types.add(r.type()));
    fetches
        .subList(1, fetches.size())
        .forEach(v -> types.add(v.type().withShape(Shape.of(capacity).concat(v.type().shape()))));
    boolean rows = !walks.isEmpty() || fetches.size() > 1;
    List<Value> outputs =
        outer.builder.emit(
            new Control.Repeat(
                turn.builder.build(fetches),
                all,
                walks,
                rows ? capacity : Control.Repeat.UNLIMITED),
            inputs,
            types,
            outer.origin());
    List<Value> floating = outputs.subList(2, outputs.size());
    return floating.isEmpty() ? outer.any() : pick(outer, floating);
  }

  private static TensorType row(TensorType tensor) {
    return tensor.withShape(tensor.shape().slice(1, tensor.shape().rank()));
  }

  /** Names the number of turns that are left. */
  private static Resource left(List<Resource> carried) {
    return new Resource("left" + carried.size(), COUNT, true);
  }

  private static Value another(RandomPrograms turn, List<Resource> carried) {
    Resource left = left(carried);
    Value before = turn.builder.emit(new Primitive.Read(left), List.of(), COUNT, turn.origin());
    Value now = map(turn, COUNT, s -> s.minus(1), before);
    turn.builder.update(left, now);
    return map(turn, TensorType.of(DType.BOOL), s -> s.gt(0), now);
  }

  private static Value map(
      RandomPrograms in, TensorType type, Function<Scalar, Scalar> rule, Value x) {
    ScalarBuilder scalars = new ScalarBuilder();
    Scalar element = scalars.parameter(x.type().dtype());
    return in.builder.emit(
        new Primitive.Map(
            scalars.build(List.of(rule.apply(element))), Shape.of(), List.of(View.of(0))),
        List.of(x),
        type,
        in.origin());
  }
}
