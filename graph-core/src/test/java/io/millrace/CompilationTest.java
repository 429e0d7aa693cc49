package io.millrace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.compiler.Compiler;
import io.millrace.compiler.Compiler.Compilation;
import io.millrace.compiler.lowering.Question;
import io.millrace.compiler.lowering.Request;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.spi.Plan;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which operations a run needs, what they read and write, and which values decide shapes. */
class CompilationTest {
  private final Graph graph = new Graph();
  private final TestOps ops = new TestOps(graph);
  private final Output x = ops.placeholder("x", DType.FLOAT32, -1);
  private final Output shape = ops.placeholder("shape", DType.INT64, 1);
  private final Output doubled = ops.add("doubled", x, x);
  private final Output four = ops.add("four", doubled, doubled);
  private final Output v = ops.variable("v", DType.FLOAT32, 2);
  private final Output early = ops.identity("early", v);
  private final Operation write = ops.assign("write", v, ops.constant("c", new float[] {1, 2}));
  private final Output late = ops.identity("late", v);

  private Compilation compile(
      List<Output> fetches, List<Operation> targets, Map<Output, Shape> feeds) {
    return compile(fetches, targets, feeds, Map.of());
  }

  private Compilation compile(
      List<Output> fetches,
      List<Operation> targets,
      Map<Output, Shape> feeds,
      Map<Question, Literal> answers) {
    return Compiler.compile(
        new Request(graph, fetches, targets, feeds, answers, false, o -> "cpu:0", "cpu:0"));
  }

  private static Plan plan(Compilation compilation) {
    assertEquals(1, compilation.schedule().parts().size());
    return compilation.schedule().parts().get(0).plan();
  }

  private static List<String> names(Compilation compilation) {
    return compilation.graphPart().stream().map(Operation::name).toList();
  }

  @Test
  void onlyWhatTheFetchesNeedIsCompiled() {
    Compilation all = compile(List.of(four), List.of(), Map.of(x, Shape.of(3)));
    assertEquals(List.of("doubled", "four"), names(all));
    assertEquals(List.of(x), all.lowered().feeds());
  }

  @Test
  void whatOnlyFedTensorsNeedIsLeftOut() {
    Map<Output, Shape> feeds = Map.of(doubled, Shape.of(3), x, Shape.of(3));
    Compilation cut = compile(List.of(four, doubled), List.of(), feeds);
    assertEquals(List.of("four"), names(cut));
    assertEquals(List.of(doubled), cut.lowered().feeds());
  }

  @Test
  void operationsRunInTheOrderOfTheGraphWhateverIsAskedFirst() {
    Compilation run = compile(List.of(late, early), List.of(write), Map.of());
    assertEquals(List.of("v", "early", "c", "write", "late"), names(run));
    assertEquals(List.of("v"), run.lowered().required().stream().map(Resource::name).toList());
    Program program = run.lowered().program();
    assertEquals(program.fetches().get(0), program.updates().get(0).value());
    assertSame(v.operation(), run.resourceOperations().get("v"));
  }

  @Test
  void aVariableWrittenFirstNeedsNoValue() {
    assertEquals(List.of(), compile(List.of(late), List.of(write), Map.of()).lowered().required());
  }

  @Test
  void controlInputsOfFedTensorsAreLeftOut() {
    Output held;
    try (Graph.Scope control = graph.controlDependencies(List.of(write))) {
      held = ops.identity("held", x);
    }
    Output end = ops.identity("end", held);
    assertTrue(names(compile(List.of(end), List.of(), Map.of(x, Shape.of(2)))).contains("write"));
    assertEquals(
        List.of("end"), names(compile(List.of(end), List.of(), Map.of(held, Shape.of(2)))));
  }

  @Test
  void aValueThatDecidesAShapeIsAskedForAndThenUsed() {
    Output zeros = ops.zeros("zeros", ops.add("sum", shape, shape));
    Map<Output, Shape> feeds = Map.of(shape, Shape.of(1));
    Compilation first = compile(List.of(zeros), List.of(), feeds);
    Question asked = first.lowered().question().orElseThrow();
    assertEquals("sum:0 int64[1]", asked.toString());
    assertEquals(List.of(TensorType.of(DType.INT64, 1)), plan(first).fetches());
    Compilation known =
        compile(List.of(zeros), List.of(), feeds, Map.of(asked, Literal.ofLongs(5)));
    assertEquals(List.of(TensorType.of(DType.FLOAT32, 5)), plan(known).fetches());
  }

  @Test
  void valuesThatFollowFromConstantsAreNotAskedFor() {
    Output two = ops.constant("two", new long[] {2});
    Output zeros = ops.zeros("zeros", ops.add("sum", two, two));
    assertEquals(
        List.of(TensorType.of(DType.FLOAT32, 4)),
        plan(compile(List.of(zeros), List.of(), Map.of())).fetches());
  }

  @Test
  void everyMissingPlaceholderIsNamedBeforeAnyValueIsAskedFor() {
    Output both = ops.add("both", ops.zeros("zeros", ops.add("sum", shape, shape)), x);
    FeedException unfed =
        assertThrows(FeedException.class, () -> compile(List.of(both), List.of(), Map.of()));
    assertTrue(unfed.getMessage().contains("x:0 float32[?]"), unfed.getMessage());
    assertTrue(unfed.getMessage().contains("shape:0 int64[1]"), unfed.getMessage());
  }

  @Test
  void findingAnAnswerWritesNothing() {
    Output zeros = ops.zeros("zeros", ops.placeholder("dims", DType.INT64, 1));
    Output last = ops.add("last", ops.identity("late_again", v), v);
    Compilation first =
        compile(
            List.of(zeros, last), List.of(write), Map.of(zeros.operation().input(0), Shape.of(1)));
    assertEquals(List.of(), first.written());
    assertEquals(List.of(), first.schedule().parts());
  }

  @Test
  void aFeedOfAnImpossibleShapeIsRefused() {
    assertThrows(
        FeedException.class, () -> compile(List.of(four), List.of(), Map.of(x, Shape.of(2, 2))));
  }
}
