package io.millrace.compiler.passes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.compiler.Verifier;
import io.millrace.ir.BinaryFn;
import io.millrace.ir.Control;
import io.millrace.ir.Control.Repeat.Walk;
import io.millrace.ir.Instruction;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.Scalar;
import io.millrace.ir.Value;
import io.millrace.primitives.LoopWriter;
import io.millrace.primitives.ProgramWriter;
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * What passes make of programs inside programs; that they keep their meaning is tested elsewhere.
 */
final class ControlPassesTest {
  private static final TensorType MATRIX = TensorType.of(DType.FLOAT32, 1, 3, 3);
  private static final long UNLIMITED = Control.Repeat.UNLIMITED;

  private final ProgramWriter outer = new ProgramWriter();
  private final LoopWriter loop = new LoopWriter(outer);

  private static Program after(Pass pass, Program program) {
    Verifier.verify(program);
    Program after = pass.apply(program);
    Verifier.verify(after);
    return after;
  }

  private static Instruction loopOf(Program program) {
    return program.instructions().stream()
        .filter(i -> i.primitive() instanceof Control.Repeat)
        .findFirst()
        .orElseThrow();
  }

  private static Program turn(Program program) {
    return loopOf(program).primitive().programs().get(0);
  }

  private static boolean has(Program program, Class<? extends Primitive> kind) {
    return program.instructions().stream().anyMatch(i -> kind.isInstance(i.primitive()));
  }

  private List<Value> times() {
    return loop.times(outer.feed(TensorType.of(DType.INT32)), rows(), UNLIMITED);
  }

  private Value rows() {
    return outer.scalar(DType.INT64, 0);
  }

  private Value product(ProgramWriter in, Value x, Value y) {
    return in.emit(new Primitive.Contract(false, false), MATRIX, x, y);
  }

  @Test
  void whatStaysTheSameIsComputedBeforeTheLoop() {
    Value same = loop.keep(outer.feed(MATRIX));
    Value x = loop.carry("x", outer.feed(MATRIX));
    Value square = product(loop.turn, same, loop.turn.reshape(loop.turn.reshape(same, 9), 1, 3, 3));
    loop.next("x", loop.turn.map(s -> s.get(0).plus(s.get(1)), x, square));
    Program after = after(new Hoist(), outer.fetch(times()));
    assertTrue(has(after, Primitive.Contract.class), after::toString);
    assertFalse(has(turn(after), Primitive.Contract.class), after::toString);
    assertFalse(has(turn(after), Primitive.Reshape.class), after::toString);
    assertTrue(has(turn(after), Primitive.Map.class), after::toString);
  }

  @Test
  void whatMayFailOrGrowsStaysInTheLoop() {
    Value divisor = loop.keep(outer.feed(TensorType.of(DType.INT32)));
    Value scale = loop.keep(outer.feed(TensorType.of(DType.FLOAT32)));
    Value x = loop.carry("x", outer.feed(MATRIX));
    Value quotient =
        loop.turn.map(s -> s.get(0).constant(7).apply(BinaryFn.DIV, s.get(0)), divisor);
    loop.collect(quotient);
    Value large = loop.turn.broadcast(scale, MATRIX.shape());
    loop.next("x", loop.turn.map(s -> s.get(0).plus(s.get(1)), x, large));
    List<Value> results = loop.times(outer.feed(TensorType.of(DType.INT32)), rows(), 3);
    Program before = outer.fetch(results);
    Program after = after(new Hoist(), before);
    assertEquals(turn(before).instructions(), turn(after).instructions());
    assertEquals(before.instructions(), after.instructions());
  }

  @Test
  void whatStaysTheSameLeavesInnerLoopsToo() {
    Value same = loop.keep(outer.feed(MATRIX));
    LoopWriter inner = new LoopWriter(loop.turn);
    Value again = inner.keep(same);
    Value x = inner.carry("x", same);
    inner.next(
        "x", inner.turn.map(s -> s.get(0).plus(s.get(1)), x, product(inner.turn, again, again)));
    List<Value> sums =
        inner.times(loop.turn.scalar(DType.INT32, 2), loop.turn.scalar(DType.INT64, 0), UNLIMITED);
    Value y = loop.carry("y", outer.feed(MATRIX));
    loop.next("y", loop.turn.map(s -> s.get(0).plus(s.get(1)), y, sums.get(1)));
    Program after = after(new Hoist(), outer.fetch(times()));
    assertTrue(has(after, Primitive.Contract.class), after::toString);
    assertFalse(has(turn(after), Primitive.Contract.class), after::toString);
    assertFalse(has(turn(turn(after)), Primitive.Contract.class), after::toString);
  }

  @Test
  void whatNobodyUsesIsNeitherCarriedNorCollected() {
    Value row = loop.scan(Walk.FORWARD, outer.feed(TensorType.of(DType.FLOAT32, 5, 2)));
    Value used = loop.carry("used", outer.scalar(DType.FLOAT32, 1));
    Value needed = loop.carry("needed", outer.scalar(DType.FLOAT32, 1));
    Value unused = loop.carry("unused", outer.scalar(DType.FLOAT32, 1));
    Value kept = loop.keep(outer.feed(TensorType.of(DType.FLOAT32)));
    loop.next("used", loop.turn.map(s -> s.get(0).plus(s.get(1)), used, needed));
    loop.next("needed", loop.turn.map(s -> s.get(0).times(2), needed));
    loop.next("unused", loop.turn.map(s -> s.get(0).plus(s.get(1)), unused, kept));
    loop.collect(loop.turn.sum(row));
    List<Value> results = loop.times(outer.feed(TensorType.of(DType.INT32)), rows(), 5);
    Instruction after = loopOf(after(new TrimControl(), outer.fetch(List.of(results.get(1)))));
    Control.Repeat repeat = (Control.Repeat) after.primitive();
    assertEquals(
        List.of("used", "needed", "number"),
        repeat.carried().stream().map(Resource::name).toList());
    assertEquals(List.of(), repeat.scanned());
    assertEquals(0, repeat.collected());
    assertEquals(5, repeat.capacity());
    assertEquals(repeat.firstKept() + 1, after.inputs().size());
  }

  @Test
  void checksKeepWhatTheyNeed() {
    Value checked = loop.carry("checked", outer.scalar(DType.FLOAT32, 1));
    loop.next("checked", loop.turn.map(s -> s.get(0).plus(1), checked));
    loop.turn.check("small", loop.turn.map(s -> s.get(0).lt(s.get(0).constant(9)), checked));
    List<Value> results = times();
    Program after = after(new TrimControl(), outer.fetch(List.of(results.get(0))));
    assertTrue(has(turn(after), Primitive.Check.class), after::toString);
    assertEquals(2, loopOf(after).inputs().size() - 3);
  }

  @Test
  void constantsAndWhatNeverChangesAreKnownInside() {
    Value ten = loop.keep(outer.scalar(DType.FLOAT32, 10));
    Value still = loop.carry("still", outer.feed(TensorType.of(DType.FLOAT32)));
    Value x = loop.carry("x", outer.feed(TensorType.of(DType.FLOAT32)));
    loop.next("x", loop.turn.map(s -> s.get(0).times(s.get(1)).plus(s.get(2)), x, ten, still));
    loop.next("still", still);
    Program program = outer.fetch(times().subList(1, 3));
    Program after = after(new KnownInside(), program);
    assertEquals(
        List.of("x", "number"),
        ((Control) loopOf(after).primitive()).carried().stream().map(Resource::name).toList());
    assertEquals(2, turn(after).feeds().size());
    assertTrue(has(turn(after), Primitive.Constant.class));
    assertTrue(
        after.instructions().stream()
            .filter(i -> i.primitive() instanceof Primitive.Feed)
            .anyMatch(i -> i.output().equals(after.fetches().get(0))));
  }

  @Test
  void theBranchThatIsKnownTakesItsChoicesPlace() {
    Resource carried = new Resource("carried", TensorType.of(DType.FLOAT32), true);
    List<Program> branches = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ProgramWriter branch = new ProgramWriter();
      int plus = i;
      Value found = branch.read(carried);
      Value fed = branch.feed(carried.type());
      branch.builder.update(carried, branch.map(s -> s.get(0).plus(plus), found));
      branch.check("same", branch.map(s -> s.get(0).eq(s.get(0)), found));
      branches.add(branch.fetch(List.of(branch.map(s -> s.get(0).times(s.get(1)), found, fed))));
    }
    Value x = outer.feed(carried.type());
    List<Value> results =
        outer.builder.emit(
            new Control.Choose(branches, List.of(carried)),
            List.of(outer.scalar(DType.INT32, 1), x, x),
            List.of(carried.type(), carried.type()),
            Origin.of("choice"));
    Program after = after(new KnownInside(), outer.fetch(results));
    assertFalse(has(after, Control.Choose.class), after::toString);
    assertEquals(1, after.checks().size());
    assertTrue(after.toString().contains("map {add(p0, 1)}"), after::toString);
    assertFalse(after.toString().contains("map {add(p0, 2)}"), after::toString);
  }

  @Test
  void turnsAreFusedAsProgramsAre() {
    Value x = loop.carry("x", outer.feed(MATRIX));
    loop.next("x", loop.turn.map(s -> s.get(0).tanh(), loop.turn.map(s -> s.get(0).exp(), x)));
    Program program = Passes.apply(outer.fetch(times()), new ArrayList<>());
    Verifier.verify(program);
    assertTrue(turn(program).toString().contains("map {tanh(exp(p0))}"), program::toString);
  }

  private Program choice(TensorType type, Function<Scalar, Scalar> rule) {
    ProgramWriter one = new ProgramWriter();
    Program same = one.fetch(List.of(one.feed(type)));
    ProgramWriter other = new ProgramWriter();
    Program changed = other.fetch(List.of(other.map(s -> rule.apply(s.get(0)), other.feed(type))));
    Value x = outer.feed(type);
    return outer.fetch(
        outer.builder.emit(
            new Control.Choose(List.of(same, changed), List.of()),
            List.of(outer.feed(TensorType.of(DType.INT32)), x),
            List.of(type),
            Origin.of("choice")));
  }

  @Test
  void littleIsComputedForAllBranches() {
    Program after = after(new SelectCheap(), choice(TensorType.of(DType.INT32, 3), s -> s.plus(7)));
    assertFalse(has(after, Control.Choose.class), after::toString);
    assertTrue(after.toString().contains("select(eq(p0, 0), p1, p2)"), after::toString);
  }

  @Test
  void muchOrWhatMayFailIsChosen() {
    TensorType little = TensorType.of(DType.INT32, 3);
    TensorType much = TensorType.of(DType.INT32, 1000);
    for (Program program :
        List.of(
            choice(much, s -> s.plus(7)),
            new ControlPassesTest().choice(little, s -> s.constant(7).apply(BinaryFn.DIV, s)))) {
      assertEquals(program, after(new SelectCheap(), program));
    }
  }
}
