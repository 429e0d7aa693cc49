package io.millrace.compiler.passes;

import io.millrace.ir.Control;
import io.millrace.ir.Instruction;
import io.millrace.ir.Program;
import java.util.ArrayList;
import java.util.List;

/** Applies all passes to the programs inside choices and loops. */
final class OptimizeInside implements Pass {
  @Override
  public String name() {
    return "inside";
  }

  @Override
  public Program apply(Program program) {
    Rewrite rewrite = new Rewrite(program);
    for (Instruction old : program.instructions()) {
      Instruction instruction = rewrite.updated(old);
      if (instruction.primitive() instanceof Control control) {
        List<Program> inside =
            control.programs().stream().map(p -> Passes.apply(p, new ArrayList<>())).toList();
        instruction = ControlParts.of(instruction).withPrograms(inside).together();
      }
      rewrite.add(instruction);
    }
    return rewrite.build();
  }
}
