package io.millrace.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.compiler.passes.Pass;
import io.millrace.compiler.passes.Passes;
import io.millrace.compiler.planning.Planner;
import io.millrace.ir.Program;
import io.millrace.primitives.ProgramRun;
import io.millrace.primitives.RandomPrograms;
import io.millrace.type.Literal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runs random programs before and after what the compiler does to them. */
final class RandomProgramsTest {
  private static final int PROGRAMS = 400;

  @Test
  void everyPassKeepsEveryBit() {
    for (long seed = 0; seed < PROGRAMS; seed++) {
      Program program = RandomPrograms.program(seed);
      Verifier.verify(program);
      List<Literal> feeds = RandomPrograms.feeds(program, seed);
      Map<String, Literal> resources = RandomPrograms.resources(seed);
      ProgramRun wanted = ProgramRun.interpret(program, feeds, resources);
      for (Pass pass : Passes.ALL) {
        Program after = pass.apply(program);
        String text = pass.name() + ", seed " + seed + "\n" + program + "became\n" + after;
        try {
          Verifier.verify(after);
        } catch (IllegalStateException e) {
          throw new AssertionError(text, e);
        }
        assertEquals(wanted, ProgramRun.interpret(after, feeds, resources), () -> text);
        program = after;
      }
    }
  }

  @Test
  void plansDoWhatProgramsMean() {
    for (long seed = 0; seed < PROGRAMS; seed++) {
      Program program = RandomPrograms.program(seed);
      Program optimized = Passes.apply(program, new ArrayList<>());
      List<Literal> feeds = RandomPrograms.feeds(program, seed);
      Map<String, Literal> resources = RandomPrograms.resources(seed);
      ProgramRun wanted = ProgramRun.interpret(program, feeds, resources);
      for (Program form : List.of(program, optimized)) {
        var plan = Planner.plan(form);
        String text = "seed " + seed + "\n" + form + plan;
        ProgramRun got;
        try {
          got = ProgramRun.execute(plan, feeds, resources);
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError(text, e);
        }
        assertEquals(wanted, got, () -> text);
      }
    }
  }

  @Test
  void compilingTwiceGivesEqualTexts() {
    for (long seed = 0; seed < 50; seed++) {
      assertEquals(
          Planner.plan(Passes.apply(RandomPrograms.program(seed), new ArrayList<>())).toString(),
          Planner.plan(Passes.apply(RandomPrograms.program(seed), new ArrayList<>())).toString());
    }
  }
}
