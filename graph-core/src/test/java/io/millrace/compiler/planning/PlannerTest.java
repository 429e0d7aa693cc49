package io.millrace.compiler.planning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.compiler.TinyProgram;
import io.millrace.ir.Control;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.primitives.LoopWriter;
import io.millrace.primitives.ProgramRun;
import io.millrace.primitives.ProgramWriter;
import io.millrace.spi.Place;
import io.millrace.spi.Plan;
import io.millrace.spi.Step;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Pins what plans look like where state is overwritten. */
final class PlannerTest {
  private static final Resource A = TinyProgram.resource("a", 2);
  private static final Resource B = TinyProgram.resource("b", 2);

  private final TinyProgram p = new TinyProgram();

  private static Literal filled(double value) {
    return Literal.fill(A.type(), value);
  }

  private static ProgramRun run(Plan plan) {
    return ProgramRun.execute(plan, List.of(), Map.of("a", filled(1), "b", filled(2)));
  }

  @Test
  void swapsVariables() {
    p.builder.update(A, p.read(B));
    p.builder.update(B, p.read(A));
    assertEquals(Map.of("a", filled(2), "b", filled(1)), run(Planner.plan(p.fetch())).resources());
  }

  @Test
  void fetchesTheValueBeforeTheUpdate() {
    Value old = p.read(A);
    p.builder.update(A, p.map("add", s -> s.get(0).plus(1), old));
    ProgramRun got = run(Planner.plan(p.fetch(old)));
    assertEquals(List.of(filled(1)), got.fetches());
    assertEquals(filled(2), got.resources().get("a"));
  }

  @Test
  void updatesInPlaceWithoutArenaOrCopy() {
    p.builder.update(A, p.map("add", s -> s.get(0).plus(1), p.read(A)));
    Plan plan = Planner.plan(p.fetch());
    assertEquals(1, plan.steps().size());
    assertEquals(0, plan.arenaBytes());
    assertTrue(plan.steps().get(0).output().sameStart(plan.steps().get(0).inputs().get(0)));
  }

  @Test
  void takesBytesForOtherNumbersWithoutAStep() {
    Value x = p.map("add", s -> s.get(0).plus(1), p.read(A));
    TensorType bits = A.type().withDType(DType.INT32);
    Value cast = p.builder.emit(new Primitive.Bitcast(), List.of(x), bits, Origin.of("bitcast"));
    Plan plan = Planner.plan(p.fetch(cast));
    assertEquals(1, plan.steps().size());
    assertEquals(0, plan.arenaBytes());
    int two = Float.floatToRawIntBits(2);
    assertEquals(List.of(Literal.ofInts(two, two)), run(plan).fetches());
  }

  private Value scatter(Value base, Value updates) {
    return p.builder.emit(
        new Primitive.Scatter(Primitive.Scatter.Combine.ADD),
        List.of(p.reshape(base, 2, 1), p.rows(1, 1), p.reshape(updates, 2, 1)),
        base.type().withShape(Shape.of(2, 1)),
        Origin.of("scatter"));
  }

  @Test
  void scattersIntoAVariableInPlace() {
    p.builder.update(A, p.reshape(scatter(p.read(A), p.read(B)), 2));
    Plan plan = Planner.plan(p.fetch());
    assertEquals(1, plan.steps().size());
    assertEquals(0, plan.arenaBytes());
    assertTrue(plan.steps().get(0).output().sameStart(plan.steps().get(0).inputs().get(0)));
    assertEquals(rows(1, 5), run(plan).resources().get("a"));
  }

  @Test
  void scatterNeverOverwritesItsUpdates() {
    Value updates = p.map("add", s -> s.get(0).plus(1), p.read(A));
    Value scattered = scatter(p.read(B), updates);
    p.builder.update(A, p.reshape(scatter(scattered, p.read(A)), 2));
    Plan plan = Planner.plan(p.fetch(scattered));
    assertEquals(rows(2, 8), run(plan).resources().get("a"));
    assertEquals(List.of(rows(2, 6).reshape(Shape.of(2, 1))), run(plan).fetches());
  }

  @Test
  void scatterTakesOverABaseThatDies() {
    Value base = p.map("add", s -> s.get(0).plus(1), p.read(A));
    Value scattered = scatter(base, p.map("times", s -> s.get(0).times(3), p.read(B)));
    Plan plan = Planner.plan(p.fetch(p.map("late", s -> s.get(0).negate(), scattered)));
    assertEquals(2 * 64, plan.arenaBytes());
    assertEquals(List.of(rows(-2, -14).reshape(Shape.of(2, 1))), run(plan).fetches());
  }

  private static Literal rows(double... values) {
    Literal.Builder literal = new Literal.Builder(A.type());
    for (int i = 0; i < values.length; i++) {
      literal.setDouble(i, values[i]);
    }
    return literal.build();
  }

  @Test
  void copiesWhenAnotherReadsTheOldValueLater() {
    Value old = p.read(A);
    Value next = p.map("add", s -> s.get(0).plus(1), old);
    p.builder.update(A, next);
    Value late = p.map("mix", s -> s.get(0).times(s.get(1)), old, next);
    Plan plan = Planner.plan(p.fetch(late));
    assertEquals(Place.Space.ARENA, plan.steps().get(0).output().space());
    assertEquals(filled(2), run(plan).resources().get("a"));
    assertEquals(List.of(filled(2)), run(plan).fetches());
  }

  @Test
  void checksRunBeforeAnythingIsWritten() {
    Value next = p.map("add", s -> s.get(0).plus(1), p.read(A));
    p.builder.update(A, next);
    p.builder.update(B, p.map("times", s -> s.get(0).times(2), p.read(B)));
    p.check(p.map("late", s -> s.get(0).plus(s.get(1)), next, p.read(B)));
    Plan plan = Planner.plan(p.fetch());
    List<Step> steps = plan.steps();
    int check =
        IntStream.range(0, steps.size())
            .filter(i -> steps.get(i).primitive() instanceof Primitive.Check)
            .findFirst()
            .orElseThrow();
    for (int i = 0; i < check; i++) {
      assertEquals(Place.Space.ARENA, steps.get(i).output().space());
    }
    assertEquals(Map.of("a", filled(2), "b", filled(4)), run(plan).resources());
  }

  @Test
  void oneValueMayUpdateTwoVariablesAndBeFetched() {
    Value next = p.map("add", s -> s.get(0).plus(s.get(1)), p.read(A), p.read(B));
    p.builder.update(A, next);
    p.builder.update(B, next);
    Program program = p.fetch(next, next);
    ProgramRun got = run(Planner.plan(program));
    assertEquals(List.of(filled(3), filled(3)), got.fetches());
    assertEquals(Map.of("a", filled(3), "b", filled(3)), got.resources());
  }

  /** What a turn makes of the values that it carries lies where they do, from the first turn on. */
  @Test
  void turnsChangeWhatTheyCarryInPlace() {
    ProgramWriter outer = new ProgramWriter();
    Value first = outer.map(s -> s.get(0).plus(1), outer.read(A));
    LoopWriter loop = new LoopWriter(outer);
    loop.next("x", loop.turn.map(s -> s.get(0).times(2), loop.carry("x", first)));
    Value last =
        loop.times(outer.scalar(DType.INT32, 3), outer.scalar(DType.INT64, 0), UNLIMITED).get(1);
    Plan plan = Planner.plan(outer.fetch(List.of(outer.map(s -> s.get(0).minus(1), last))));
    Step repeat = loop(plan);
    Place carried = repeat.outputs().get(1);
    assertTrue(carried.sameStart(repeat.inputs().get(2)));
    List<Step> turn = repeat.bodies().get(0).steps();
    assertEquals(3, turn.size());
    Step doubles =
        turn.stream().filter(s -> s.output().type().equals(A.type())).findFirst().orElseThrow();
    assertEquals(carried, doubles.output());
    assertEquals(List.of(carried), doubles.inputs());
    assertEquals(List.of(filled(15)), run(plan).fetches());
  }

  @Test
  void loopsChangeVariablesInPlaceAndEndNoMore() {
    ProgramWriter outer = new ProgramWriter();
    LoopWriter loop = new LoopWriter(outer);
    Value x = loop.carry("x", outer.read(A));
    loop.next("x", loop.turn.map(s -> s.get(0).times(s.get(1)), x, loop.keep(outer.read(B))));
    outer.builder.update(
        A,
        loop.times(outer.scalar(DType.INT32, 3), outer.scalar(DType.INT64, 0), UNLIMITED).get(1));
    Plan plan = Planner.plan(outer.fetch(List.of()));
    assertEquals(Place.Space.RESOURCE, loop(plan).outputs().get(1).space());
    assertFalse(loop(plan).bodies().get(0).interruptible());
    assertEquals(Map.of("a", filled(8), "b", filled(2)), run(plan).resources());
  }

  /** A loop that may take more turns than it has rows must not have changed a variable by then. */
  @Test
  void loopsThatMayFailLeaveVariablesToACopy() {
    ProgramWriter outer = new ProgramWriter();
    LoopWriter loop = new LoopWriter(outer);
    Value x = loop.carry("x", outer.read(A));
    loop.next("x", loop.turn.map(s -> s.get(0).times(2), x));
    loop.collect(x);
    List<Value> results = loop.times(outer.scalar(DType.INT32, 3), outer.scalar(DType.INT64, 0), 3);
    outer.builder.update(A, results.get(1));
    Plan plan = Planner.plan(outer.fetch(List.of(results.get(3))));
    assertEquals(Place.Space.ARENA, loop(plan).outputs().get(1).space());
    assertTrue(loop(plan).bodies().get(0).interruptible());
    assertEquals(filled(8), run(plan).resources().get("a"));
  }

  private static final long UNLIMITED = Control.Repeat.UNLIMITED;

  private static Step loop(Plan plan) {
    return plan.steps().stream()
        .filter(s -> s.primitive() instanceof Control.Repeat)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void printsWhatIsInside() {
    ProgramWriter outer = new ProgramWriter();
    LoopWriter loop = new LoopWriter(outer);
    Value row =
        loop.scan(Control.Repeat.Walk.BACKWARD, outer.feed(TensorType.of(DType.FLOAT32, 4, 2)));
    loop.collect(loop.turn.sum(row));
    Program program =
        outer.fetch(loop.times(outer.scalar(DType.INT32, 3), outer.scalar(DType.INT64, 3), 4));
    String text = program.toString();
    assertTrue(
        text.contains(" = repeat carrying number scanning backward up to 4 turns of "), text);
    assertTrue(text.contains("\n    turn\n      %0: float32[2] = feed 0"), text);
    assertTrue(text.contains("\n      update number = "), text);
    String plan = Planner.plan(program).toString();
    assertTrue(plan.contains("\n       turn: row0:float32[2] constant0:int32[] to @"), plan);
    assertTrue(plan.contains(" row1:float32[] = sum "), plan);
    assertTrue(plan.contains(" written if each repeat has one turn; arena"), plan);
  }
}
