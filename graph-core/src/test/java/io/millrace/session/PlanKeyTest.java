package io.millrace.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.compiler.lowering.CallPath;
import io.millrace.compiler.lowering.Question;
import io.millrace.op.Argument;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What makes runs share plans. */
class PlanKeyTest {
  private static final Literal YES = Literal.scalar(DType.BOOL, 1);

  private final Graph graph = new Graph();
  private final Operation loop = add();
  private final Operation inside = add();
  private final PlanKey key = new PlanKey(List.of(loop.output(0)), List.of(), Map.of(), Map.of());

  private Operation add() {
    return graph.add(new Argument(TensorType.of(DType.FLOAT32, 2), false), "x", List.of());
  }

  private Question another(CallPath path, long size) {
    return new Question.Another(path, loop, List.of(TensorType.of(DType.FLOAT32, size)), List.of());
  }

  @Test
  void turnsOfALoopThatAreGivenTheSameTypesAreOne() {
    CallPath here = new CallPath(List.of());
    CallPath turn = new CallPath(List.of(new CallPath.Call(loop, -1)));
    Question asked = new Question.SizesOf(turn, inside);
    PlanKey first = key.with(another(here, 1), YES);
    PlanKey second = first.with(asked, YES).with(another(here, 2), YES);
    assertNotEquals(first, second);
    assertEquals(first, second.with(asked, YES).with(another(here, 1), YES));
  }

  @Test
  void whatWasAskedElsewhereStays() {
    CallPath here = new CallPath(List.of());
    CallPath elsewhere = new CallPath(List.of(new CallPath.Call(inside, -1)));
    PlanKey first = key.with(another(elsewhere, 1), YES).with(another(here, 1), YES);
    assertEquals(2, first.answers().size());
    assertEquals(2, first.with(another(here, 2), YES).answers().size());
  }
}
