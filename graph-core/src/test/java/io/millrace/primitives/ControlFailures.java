package io.millrace.primitives;

import io.millrace.ir.BinaryFn;
import io.millrace.ir.Control;
import io.millrace.ir.Control.Repeat.Walk;
import io.millrace.ir.Origin;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Loops that fail, and those that nearly do. */
final class ControlFailures {
  private static final long UNLIMITED = Control.Repeat.UNLIMITED;
  private static final TensorType COUNT = TensorType.of(DType.INT32);

  private final List<ControlCase> cases = new ArrayList<>();

  /** Returns all cases. */
  List<ControlCase> all() {
    Resource variable = new Resource("variable", TensorType.of(DType.INT32));
    ProgramWriter outer = new ProgramWriter();
    outer.builder.update(variable, outer.map(s -> s.get(0).plus(1), outer.read(variable)));
    LoopWriter loop = new LoopWriter(outer);
    Value row = loop.scan(Walk.FORWARD, outer.feed(TensorType.of(DType.INT32, 6)));
    loop.turn.check(
        "must not be 5",
        loop.turn.map(s -> s.get(0).apply(BinaryFn.NE, s.get(0).constant(5)), row),
        row);
    Value quotient = loop.carry("quotient", outer.scalar(DType.INT32, 100));
    loop.next(
        "quotient", loop.turn.map(s -> s.get(0).apply(BinaryFn.DIV, s.get(1)), quotient, row));
    List<Value> results = loop.times(outer.scalar(DType.INT32, 6), ControlCases.rows(outer), 6);
    Program program = outer.fetch(List.of(results.get(1)));
    Map<Resource, Literal> before = Map.of(variable, ControlCases.count(1));
    cases.add(
        ControlCase.of(
                "no failure",
                program,
                List.of(Literal.ofInts(1, 2, 1, 2, 1, 1)),
                List.of(ControlCases.count(25)))
            .with(before, Map.of(variable, ControlCases.count(2))));
    cases.add(
        ControlCase.fails(
                "a check",
                program,
                List.of(Literal.ofInts(1, 2, 3, 5, 6, 7)),
                "must not be 5: [5], in turn 3")
            .with(before, before));
    cases.add(
        ControlCase.fails(
                "a division",
                program,
                List.of(Literal.ofInts(1, 2, 3, 4, 0, 7)),
                "integer division by zero, in turn 4")
            .with(before, before));
    failsInside();
    walksTooFar();
    cases.add(exceeding());
    return cases;
  }

  /** Fails in a loop in a choice in a loop. */
  private void failsInside() {
    ProgramWriter outer = new ProgramWriter();
    LoopWriter loop = new LoopWriter(outer);
    Value row = loop.scan(Walk.FORWARD, outer.feed(TensorType.of(DType.INT32, 3)));
    ProgramWriter branch = new ProgramWriter();
    LoopWriter inner = new LoopWriter(branch);
    Value fed = branch.feed(COUNT);
    Value down = inner.carry("down", fed);
    Value divided = inner.turn.map(s -> s.get(0).constant(7).apply(BinaryFn.DIV, s.get(0)), down);
    inner.next("down", inner.turn.map(s -> s.get(0).minus(1), down));
    inner.collect(divided);
    List<Value> sums = inner.times(branch.scalar(DType.INT32, 3), branch.scalar(DType.INT64, 0), 3);
    Program only = branch.fetch(List.of(sums.get(3)));
    Value chosen =
        loop.turn
            .builder
            .emit(
                new Control.Choose(List.of(only), List.of()),
                List.of(row, row),
                List.of(TensorType.of(DType.INT32, 3)),
                Origin.of("choice"))
            .get(0);
    loop.collect(chosen);
    List<Value> results = loop.times(outer.scalar(DType.INT32, 3), ControlCases.rows(outer), 3);
    cases.add(
        ControlCase.of(
            "a loop in a choice in a loop",
            outer.fetch(List.of(results.get(2))),
            List.of(Literal.ofInts(7, 3, 9)),
            List.of(Literal.ofInts(1, 1, 1, 2, 3, 7, 0, 0, 1).reshape(Shape.of(3, 3)))));
    cases.add(
        ControlCase.fails(
            "what is inside",
            outer.fetch(List.of(results.get(2))),
            List.of(Literal.ofInts(7, 2, 9)),
            "integer division by zero, in turn 2 of turn 1"));
  }

  private void walksTooFar() {
    ProgramWriter outer = new ProgramWriter();
    LoopWriter loop = new LoopWriter(outer);
    Value row = loop.scan(Walk.BACKWARD, outer.feed(TensorType.of(DType.INT32, 6)));
    Value last = loop.carry("last", outer.scalar(DType.INT32, 0));
    loop.next("last", loop.turn.map(s -> s.get(0).plus(s.get(1)), last, row));
    List<Value> results = loop.times(outer.scalar(DType.INT32, 5), outer.scalar(DType.INT64, 3), 6);
    cases.add(
        ControlCase.fails(
            "a walk backwards that is too long",
            outer.fetch(List.of(results.get(1))),
            List.of(Literal.ofInts(1, 2, 3, 4, 5, 6)),
            "the loop walks backwards over 3 rows and has no row for turn 3"));
  }

  /** Returns a loop that collects, and may take more turns than it has rows for. */
  static ControlCase exceeding() {
    Resource variable = new Resource("variable", TensorType.of(DType.INT32));
    ProgramWriter outer = new ProgramWriter();
    outer.builder.update(variable, outer.map(s -> s.get(0).plus(1), outer.read(variable)));
    LoopWriter loop = new LoopWriter(outer);
    loop.collect(loop.carry("same", outer.scalar(DType.INT32, 7)));
    List<Value> results = loop.times(outer.feed(COUNT), ControlCases.rows(outer), 4);
    Map<Resource, Literal> before = Map.of(variable, ControlCases.count(1));
    return ControlCase.fails(
            "too few rows",
            outer.fetch(List.of(results.get(3))),
            List.of(ControlCases.count(6)),
            "the loop takes more than the 4 turns that there are rows for")
        .with(before, before);
  }

  /** Returns what lets that loop need one row more than there are. */
  static List<Literal> beyondCapacity() {
    return List.of(ControlCases.count(5));
  }

  /** Returns a loop without end. */
  static Program endless() {
    ProgramWriter outer = new ProgramWriter();
    LoopWriter loop = new LoopWriter(outer);
    Value x = loop.carry("x", outer.scalar(DType.INT32, 1));
    Value next = loop.turn.map(s -> s.get(0).plus(1), x);
    loop.next("x", next);
    Value go = outer.scalar(DType.BOOL, 1);
    Value another = loop.turn.map(s -> s.get(0).eq(s.get(0)), next);
    return outer.fetch(loop.repeat(go, ControlCases.rows(outer), another, UNLIMITED));
  }
}
