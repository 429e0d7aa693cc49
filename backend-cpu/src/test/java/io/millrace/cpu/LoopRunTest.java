package io.millrace.cpu;

import io.millrace.compiler.planning.Planner;
import io.millrace.ir.Control;
import io.millrace.ir.Program;
import io.millrace.ir.Value;
import io.millrace.primitives.LoopWriter;
import io.millrace.primitives.ProgramWriter;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the turns of a loop allocate on the heap: nothing. */
@Tag("alone")
class LoopRunTest {
  /** Rows that are copied and rows that are not, and a choice in each of many turns. */
  @Test
  void turnsOfALoopAllocateNothing() {
    Allocations.assertNone(Planner.plan(manyTurns(300)), 1);
  }

  private static Program manyTurns(int turns) {
    ProgramWriter outer = new ProgramWriter();
    LoopWriter loop = new LoopWriter(outer);
    Value wide =
        loop.scan(
            Control.Repeat.Walk.FORWARD,
            outer.constant(Literal.fill(TensorType.of(DType.FLOAT32, turns, 16), 1)));
    Value narrow =
        loop.scan(
            Control.Repeat.Walk.BACKWARD,
            outer.constant(Literal.fill(TensorType.of(DType.FLOAT32, turns, 3), 1)));
    Value sum = loop.carry("sum", outer.constant(Literal.fill(wide.type(), 0)));
    ProgramWriter branch = new ProgramWriter();
    Value fed = branch.feed(wide.type());
    Program doubled = branch.fetch(List.of(branch.map(s -> s.get(0).times(2), fed)));
    Value chosen =
        loop.turn.emit(
            new Control.Choose(List.of(doubled, doubled), List.of()),
            wide.type(),
            loop.turn.scalar(DType.INT32, 1),
            wide);
    loop.next("sum", loop.turn.map(s -> s.get(0).plus(s.get(1)), sum, chosen));
    loop.collect(loop.turn.map(s -> s.get(0).plus(1), narrow));
    loop.collect(loop.turn.map(s -> s.get(0).plus(1), wide));
    List<Value> results =
        loop.times(outer.scalar(DType.INT32, turns), outer.scalar(DType.INT64, turns), turns);
    return outer.fetch(results);
  }
}
