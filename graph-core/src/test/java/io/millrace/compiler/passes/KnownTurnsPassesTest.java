package io.millrace.compiler.passes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.compiler.Verifier;
import io.millrace.ir.Control;
import io.millrace.ir.Control.Repeat.Walk;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Value;
import io.millrace.primitives.LoopWriter;
import io.millrace.primitives.ProgramWriter;
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What passes make of loops whose turns constants count; that they keep their meaning is tested
 * elsewhere.
 */
final class KnownTurnsPassesTest {
  private static final long UNLIMITED = Control.Repeat.UNLIMITED;

  private final ProgramWriter outer = new ProgramWriter();
  private final LoopWriter loop = new LoopWriter(outer);

  private static Program after(Pass pass, Program program) {
    Verifier.verify(program);
    Program after = pass.apply(program);
    Verifier.verify(after);
    return after;
  }

  private static Control.Repeat loopOf(Program program) {
    return (Control.Repeat)
        program.instructions().stream()
            .map(i -> i.primitive())
            .filter(Control.Repeat.class::isInstance)
            .findFirst()
            .orElseThrow();
  }

  private static boolean has(Program program, Class<? extends Primitive> kind) {
    return program.instructions().stream().anyMatch(i -> kind.isInstance(i.primitive()));
  }

  private static TensorType floats(long... dims) {
    return TensorType.of(DType.FLOAT32, dims);
  }

  /** Adds a loop of three turns, which constants count. */
  private Program turns(int count, long capacity) {
    List<Value> results =
        loop.times(outer.scalar(DType.INT32, count), outer.scalar(DType.INT64, count), capacity);
    // What decides about the first turn is folded before these passes.
    return new FoldConstants().apply(outer.fetch(results.subList(1, results.size())));
  }

  /** Carries the sum of rows that are picked by the number of the turn, which is returned. */
  private Value picked(Value data) {
    Value number = loop.carry("t", outer.scalar(DType.INT32, 0));
    loop.next("t", loop.turn.map(s -> s.get(0).plus(1), number));
    Value row =
        loop.turn.emit(
            new Primitive.Gather(),
            floats(1, 1, 1, 2),
            loop.turn.reshape(data, 1, 1, 4, 2),
            loop.turn.reshape(number, 1, 1));
    loop.turn.check("is a row", loop.turn.map(s -> s.get(0).lt(s.get(0).constant(4)), number));
    Value sum = loop.carry("sum", outer.feed(floats(2)));
    loop.next("sum", loop.turn.map(s -> s.get(0).plus(s.get(1)), sum, loop.turn.reshape(row, 2)));
    return row;
  }

  @Test
  void rowsThatAreCountedAreScanned() {
    Value data = loop.keep(outer.feed(floats(4, 2)));
    loop.collect(picked(data));
    Program after = after(new RowsByTurn(), turns(4, 4));
    assertEquals(List.of(Walk.FORWARD), loopOf(after).scanned());
    assertFalse(has(loopOf(after).turn(), Primitive.Gather.class), after::toString);
    assertFalse(has(loopOf(after).turn(), Primitive.Check.class), after::toString);
    assertFalse(has(after, Primitive.Gather.class), after::toString);
    // What was collected of them is the tensor itself.
    assertEquals(0, loopOf(after).collected());
  }

  @Test
  void rowsOfSomeNumbersAreGatheredBefore() {
    picked(loop.keep(outer.feed(floats(4, 2))));
    Program after = after(new RowsByTurn(), turns(3, UNLIMITED));
    assertEquals(3, loopOf(after).capacity());
    assertFalse(has(loopOf(after).turn(), Primitive.Gather.class), after::toString);
    assertTrue(has(after, Primitive.Gather.class), after::toString);
  }

  @Test
  void aCheckThatDoesNotHoldInSomeTurnStays() {
    picked(loop.keep(outer.feed(floats(4, 2))));
    Program after = after(new RowsByTurn(), turns(5, UNLIMITED));
    assertTrue(has(loopOf(after).turn(), Primitive.Check.class), after::toString);
  }

  @Test
  void turnsThatDataCountAreLeftAlone() {
    picked(loop.keep(outer.feed(floats(4, 2))));
    List<Value> results =
        loop.times(outer.feed(TensorType.of(DType.INT32)), outer.scalar(DType.INT64, 0), UNLIMITED);
    Program before = outer.fetch(results);
    assertEquals(before.toString(), after(new RowsByTurn(), before).toString());
  }

  @Test
  void aProductOfEachRowIsOneOfAllRows() {
    Value row = loop.scan(Walk.BACKWARD, outer.feed(floats(3, 2, 4)));
    Value w = loop.keep(outer.feed(floats(1, 5, 4)));
    Value product =
        loop.turn.emit(
            new Primitive.Contract(false, true),
            floats(1, 2, 5),
            loop.turn.reshape(row, 1, 2, 4),
            w);
    Value sum = loop.carry("sum", outer.feed(floats(1, 2, 5)));
    loop.next("sum", loop.turn.map(s -> s.get(0).plus(s.get(1)), sum, product));
    Program after = after(new HoistProducts(), turns(3, 3));
    assertFalse(has(loopOf(after).turn(), Primitive.Contract.class), after::toString);
    assertTrue(
        after.instructions().stream()
            .filter(i -> i.primitive() instanceof Primitive.Contract)
            .anyMatch(i -> i.output().type().equals(floats(1, 6, 5))),
        after::toString);
    assertEquals(List.of(Walk.BACKWARD, Walk.BACKWARD), loopOf(after).scanned());
  }

  @Test
  void aProductOfRowsThatMayNotBeReachedStays() {
    Value row = loop.scan(Walk.FORWARD, outer.feed(floats(3, 1, 2, 4)));
    Value w = loop.keep(outer.feed(floats(1, 4, 5)));
    loop.collect(loop.turn.emit(new Primitive.Contract(false, false), floats(1, 2, 5), row, w));
    Program before = turns(2, 3);
    assertEquals(before.toString(), after(new HoistProducts(), before).toString());
  }

  /** Carries a sum of products of a row and something that changes, of so many rows each. */
  private Program sums(long rows, int count) {
    Value row = loop.scan(Walk.BACKWARD, outer.feed(floats(3, 1, rows, 2)));
    Value changing = loop.carry("changing", outer.feed(floats(1, rows, 4)));
    Value next = loop.turn.map(s -> s.get(0).times(2), changing);
    loop.next("changing", next);
    Value sum = loop.carry("sum", outer.feed(floats(2, 4)));
    Value product = loop.turn.emit(new Primitive.Contract(true, false), floats(1, 2, 4), row, next);
    loop.next(
        "sum", loop.turn.map(s -> s.get(0).plus(s.get(1)), sum, loop.turn.reshape(product, 2, 4)));
    return turns(count, 3);
  }

  @Test
  void aSumOfProductsIsOneProductAfterTheLoop() {
    Program after = after(new SinkSums(), sums(2, 3));
    Program turn = new RemoveDead().apply(loopOf(after).turn());
    assertFalse(has(turn, Primitive.Contract.class), after::toString);
    assertEquals(1, loopOf(after).collected());
    assertTrue(
        after.instructions().stream()
            .filter(i -> i.primitive() instanceof Primitive.Contract)
            .anyMatch(i -> i.inputs().get(0).type().equals(floats(1, 6, 2))),
        after::toString);
  }

  @Test
  void aSumWhoseFactorsAreLargerThanItStays() {
    Program before = sums(64, 3);
    assertEquals(before.toString(), after(new SinkSums(), before).toString());
  }

  @Test
  void aSumOfFewerTurnsThanRowsStays() {
    Program before = sums(2, 2);
    assertEquals(before.toString(), after(new SinkSums(), before).toString());
  }
}
