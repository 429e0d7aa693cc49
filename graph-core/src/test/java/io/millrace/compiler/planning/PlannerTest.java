package io.millrace.compiler.planning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.compiler.ProgramRun;
import io.millrace.compiler.TinyProgram;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
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
}
